"""What to do next, as (what it is for, command): only steps that make sense for these verdicts."""

from collections.abc import Mapping
from typing import Final

from analysis.verdicts.apply_rules import held_back, will_be_set
from analysis.verdicts.holds import Hold, hold_on, hold_on_lowering
from analysis.verdicts.recommendation import Recommendation, Verdict
from reports.report_data import ReportData
from reports.wording.verdict_words import wording_of

_LONGER: Final = "observe or measure as long as a lower number needs"
_HELPS: Final[Mapping[Hold | None, str]] = {
    Hold.WEAK_RUNS: "measure again, to the end",
    Hold.REAL_INPUTS: "give real inputs",
    Hold.TIME: _LONGER,
    Hold.CALLS: _LONGER,
}
"""What helps a number that is held back; an unstable one has the words of its verdict."""


def next_steps(data: ReportData) -> tuple[tuple[str, str], ...]:
    """Return the steps in order: set what can be set, find out what is unknown, measure again."""
    actions = data.analysis.actions
    again = "" if data.source is None else f"{data.source} "
    steps: list[tuple[str, str]] = []
    if any(will_be_set(action) for action in actions):
        what = "Preview the changes; nothing changes until you confirm"
        if data.from_production:
            steps.append((what, f"diag observe {again}--out plan.json"))
            steps.append(("Apply exactly that plan", "diag apply plan.json"))
        else:
            steps.append((what, f"diag recommend {again}--apply"))
    elif any(held_back(action) for action in actions):
        preview = "diag observe" if data.from_production else "diag recommend"
        to_see = "--out plan.json" if data.from_production else "--apply --dry-run"
        steps.append(("See why the numbers are held back; nothing changes", f"{preview} {again}{to_see}"))
    for action in actions:
        wording = wording_of(action)
        if action.next_command is None:
            continue
        if wording.tone == "unknown":
            steps.append((f"{action.action_name}: {wording.word.lower()}", action.next_command))
        elif held_back(action):
            steps.append((f"{action.action_name}: {_helps(action)}", action.next_command))
    if any(will_be_set(action) for action in actions):
        steps.append(("Undo the last change, if you need to", "diag undo"))
        steps.append(("Measure again afterwards, and compare", "diag measure"))
    elif data.from_production:
        steps.append(("Observe again when the action or its load has changed", "diag observe"))
    else:
        steps.append(("Measure again when the action or its load has changed", "diag measure"))
    return tuple(steps)


def _helps(action: Recommendation) -> str:
    """Return what the next command of a number that is held back is for."""
    lacking = hold_on_lowering(action) if action.verdict is Verdict.LOWER else None
    return _HELPS.get(lacking or hold_on(action), _LONGER)
