"""What to do next, as (what it is for, command): only steps that make sense for these verdicts."""

from analysis.verdicts.apply_rules import held_back, will_be_set
from reports.report_data import ReportData
from reports.wording.verdict_words import wording_of


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
            helps = (
                "give real inputs" if action.mostly_invented else "measure as long as a lower number needs"
            )
            steps.append((f"{action.action_name}: {helps}", action.next_command))
    if any(will_be_set(action) for action in actions):
        steps.append(("Undo the last change, if you need to", "diag undo"))
        steps.append(("Measure again afterwards, and compare", "diag measure"))
    elif data.from_production:
        steps.append(("Observe again when the action or its load has changed", "diag observe"))
    else:
        steps.append(("Measure again when the action or its load has changed", "diag measure"))
    return tuple(steps)
