"""`diag tune --status`: what is measured, what is open, when it ends; calls nothing."""

from collections.abc import Callable, Sequence
from typing import Final

from diag.campaign.forecast import forecast
from diag.campaign.next_step import slot_to_come
from diag.campaign.saved import Saved
from diag.campaign.unreached_hours import unreached_hours
from diag.campaign.when_next_window import NEWEST_WINDOWS, usual_gap_s
from diag.campaign.window_loop import where_all_stand
from diag.campaign.windows_judged import WindowsJudged
from diag.changes.journal.journal import Journal
from diag.clocks.wall_clock import WallClock
from diag.console import Console
from diag.tuning.apply_plan_once import CarriedOut, how_far
from diag.tuning.campaign_text import beside_lines, not_called_lines, status_lines, status_table
from diag.tuning.campaign_warnings import (
    changed_lines,
    gone_lines,
    probe_lines,
    rare_lines,
    reach_lines,
    unread_lines,
)
from diag.tuning.which_campaign import BesideCampaign, MeantCampaign

PLAN_CARRIED_OUT: Final = (
    "Its plan was carried out; the table has the timeouts before that. What was changed: diag history"
)


def show_status(
    console: Console,
    meant: MeantCampaign,
    zone: str | None,
    journal: Journal,
    clock_for: Callable[[Saved], WallClock],
    beside: Sequence[BesideCampaign] = (),
) -> None:
    """Show where the campaign stands, by the clock of its org, and which others there are (`beside`).

    Raises JournalError where it is not known whether the plan was carried out."""
    _show_this_one(console, meant, zone, clock_for)
    if how_far(meant.folder, journal) is CarriedOut.ENDED:
        console.sentence(PLAN_CARRIED_OUT, indent="")
    assert meant.saved is not None
    for line in beside_lines(beside, zone, clock_for(meant.saved).now()):
        console.sentence(line, indent="")


def _show_this_one(
    console: Console, meant: MeantCampaign, zone: str | None, clock_for: Callable[[Saved], WallClock]
) -> None:
    folder, saved, asked = meant.folder, meant.saved, meant.asked
    assert saved is not None
    if saved.campaign is None:
        why = "Production had every answer"
        if any(one.set_by_diag for one in saved.not_called):
            why = "Every action has its answer"
        if not all(one.settled for one in saved.not_called):
            why = "What production left open is not called"
        result = asked.same_campaign()
        console.sentence(f"{why}; nothing is measured. For the result: {result}", indent="")
        for line in not_called_lines(saved.not_called, asked):
            console.sentence(line, indent="")
        return
    campaign, windows, now = saved.campaign, folder.windows(), clock_for(saved).now()
    judged = WindowsJudged(campaign, saved.question.settings, asked.by(saved.question.settings))
    reached = where_all_stand(folder, judged, remember=False)
    slot = slot_to_come(campaign, len(windows), folder.slot(), now)
    apart_s = usual_gap_s(folder.begun_at(NEWEST_WINDOWS))
    coming = forecast(campaign, reached, slot)
    console.table(status_table(campaign, reached, coming, zone))
    console.result("")
    unreached = unreached_hours(campaign, reached, now)
    names = {one.action_id: one.name for one in campaign.actions}
    for line in (
        *status_lines(saved, reached, slot, now, zone, asked.same_campaign()),
        *(rare_lines(campaign, reached, apart_s) if now < campaign.until else ()),
        *(unread_lines(campaign) if now < campaign.until else ()),
        *(reach_lines(unreached, len(campaign.actions), folder.another) if now < campaign.until else ()),
        *changed_lines(reached, names),
        *gone_lines(reached, names),
        *probe_lines(reached, names),
        *not_called_lines(saved.not_called, asked),
    ):
        console.sentence(line, indent="")
