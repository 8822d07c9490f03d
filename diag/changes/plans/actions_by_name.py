"""Verdicts of calls that other tools made name their actions as people do; an org knows them by id."""

from collections.abc import Iterable
from dataclasses import replace

from analysis.verdicts.recommendation import Analysis, Recommendation
from diag.inventory.named_actions import ids_meant


def with_ids(analysis: Analysis, actions: Iterable[tuple[str, str]]) -> Analysis:
    """Return the analysis with the ids of these actions, given as (id, name), for names that mean one only.

    A name that means none, or several, stays: such an action is not in the org, and nothing is set by it.
    """
    known = tuple(actions)
    rows = tuple(_with_id(row, known) if row.measured_by else row for row in analysis.actions)
    return replace(analysis, actions=rows)


def _with_id(row: Recommendation, known: tuple[tuple[str, str], ...]) -> Recommendation:
    meant = ids_meant(known, row.action_id)
    if len(meant) != 1:
        return row
    (action_id,) = meant
    return replace(row, action_id=action_id, action_name=dict(known)[action_id])
