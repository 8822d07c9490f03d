"""One analysis of two: what calls have shown, and what production says of actions that were not called."""

from dataclasses import replace

from analysis.verdicts.recommendation import Analysis
from analysis.verdicts.severity import severity


def measured_first(measured: Analysis, production: Analysis) -> Analysis:
    """Return what was measured, and of every action that was not, what production says; most severe first."""
    known = {row.action_id for row in measured.actions}
    others = [row for row in production.actions if row.action_id not in known]
    return replace(
        measured,
        actions=tuple(sorted((*measured.actions, *others), key=severity)),
        facts={**production.facts, **measured.facts},
    )
