"""The news of a campaign: what needs someone while it lasts, and its result."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from analysis.typed_command import path_to_type
from analysis.verdicts.evidence_to_set import will_be_set
from analysis.verdicts.recommendation import Analysis, Recommendation
from diag.campaign.saved import Saved
from diag.campaign.standing import Standing
from diag.notifying.news import FoundNow, Item
from diag.tuning.campaign_warnings import back_lines, changed_lines, gone_lines, probe_lines
from reports.wording.headline import headline

MOST_CHANGES: Final = 5
"""Changes of a plan in a message; the report has them all."""
CARRIED_OUT: Final = "Its plan was carried out."
"""Of what becomes of a plan, only this is news again once the campaign is over."""


def under_way(saved: Saved, folder: Path, reached: Mapping[str, Standing], *, made: bool = False) -> FoundNow:
    """Return the news of a campaign that goes on: actions that changed, are gone or need a probe.

    `made`: a window was, since the last time.
    """
    items, fine = _of_actions(saved, reached)
    if made:
        fine[_put_off(saved)] = "Windows are made again."
    return FoundNow(_title(saved, f"the campaign in {path_to_type(folder)}"), tuple(items), fine)


def put_off(saved: Saved, folder: Path, line: str) -> FoundNow:
    """Return that a window could not begin; `line` says why."""
    title = _title(saved, f"the campaign in {path_to_type(folder)}")
    return FoundNow(title, (Item(_put_off(saved), line, line),))


def result(saved: Saved, folder: Path, analysis: Analysis, plan: str, report: Path | None) -> FoundNow:
    """Return what came of a campaign: the headline, what its plan changes, what became of that (`plan`)."""
    changes = [row for row in analysis.actions if will_be_set(row)][:MOST_CHANGES]
    over, mark = f"{headline(analysis.actions)} {plan}", ""
    if plan == CARRIED_OUT:  # nothing of it "can be set now" any more
        over, mark = f"{plan} Before that: {headline(analysis.actions)}", plan
    items = [
        Item(f"{saved.campaign_id} over", over, mark),
        *(Item(f"{saved.campaign_id} change {row.action_id}", _change(row)) for row in changes),
    ]
    return FoundNow(
        _title(saved, f"the campaign in {path_to_type(folder)} is over"), tuple(items), report=report
    )


def _of_actions(saved: Saved, reached: Mapping[str, Standing]) -> tuple[list[Item], dict[str, str]]:
    names = {one.action_id: one.name for one in saved.campaign.actions} if saved.campaign else {}
    items: list[Item] = []
    fine: dict[str, str] = {}
    for action_id, one in reached.items():
        of, alone = f"{saved.campaign_id} {action_id}", {action_id: one}
        if one.gone is None:
            fine[f"{of} gone"] = back_lines([names[action_id]])[0]
        else:
            items += [Item(f"{of} gone", line, one.gone.why) for line in gone_lines(alone, names)]
        items += [Item(f"{of} changed", line) for line in changed_lines(alone, names)]
        items += [Item(f"{of} probe", line) for line in probe_lines(alone, names)]
    return items, fine


def _change(row: Recommendation) -> str:
    now = "" if row.current_timeout_s is None else f"{row.current_timeout_s} s to "
    return f"{row.action_name}: {now}{row.recommended_timeout_s} s. {row.reason}"


def _put_off(saved: Saved) -> str:
    return f"{saved.campaign_id} put off"


def _title(saved: Saved, what: str) -> str:
    of_org = f" ({saved.org_name or saved.host})"
    return f"{'SANDBOX: ' if saved.sandbox else ''}diag tune: {what}{of_org}"
