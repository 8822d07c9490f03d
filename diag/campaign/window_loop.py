"""Carries a campaign out, window by window, until it is over; and after a kill goes on where it was.

Everything that touches the outside (the clock, sleeping, making a window) is in `Outside`, so that a test
drives it on a clock that jumps. Nothing is kept in memory that the folder does not hold: after every step the
process may end."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal, Protocol

from analysis.format.run_folder import RunFolder
from analysis.typed_command import Asked
from diag.campaign.campaign import Campaign
from diag.campaign.folder import CampaignFolder
from diag.campaign.next_step import Ask, Make, Over, Wait, next_step
from diag.campaign.saved import GoneAction, Saved
from diag.campaign.standing import Standing, ended
from diag.campaign.when_next_window import NEWEST_WINDOWS, Slot, next_slot, usual_gap_s
from diag.campaign.windows_judged import WindowsJudged
from diag.choice.turns_file import WindowOrder, order_for

SOON_S: Final = 300.0
"""`--once` waits for a window that is due so soon: run every five minutes, it makes each at its own
moment."""
STILL_AT_WORK_S: Final = 300
"""How long a load that lost the process which started it may take to end by itself."""

Made = Literal["made", "not begun", "interrupted"]


@dataclass(frozen=True, slots=True)
class MadeWindow:
    """How a window ended. `gone`: those of its actions, by id, that cannot be called any more, each with why;
    `refused`: why it could not begin, where that may be another in a later window."""

    made: Made
    gone: Mapping[str, str] = field(default_factory=dict)
    refused: str | None = None


class Outside(Protocol):
    """What carrying a campaign out needs of the outside."""

    def now(self) -> float:
        """Return the time, Unix seconds."""

    def sleep(self, seconds: float) -> None:
        """Wait so long, or less."""

    def rest(self) -> None:
        """Wait a second of this machine's time, in which a load that is still at work may end."""

    def make(self, folder: RunFolder, order: WindowOrder, window_s: float) -> MadeWindow:
        """Make one window. Raises DiagError where trying again would meet the same refusal."""

    def find_gone(self, action_ids: Sequence[str]) -> Mapping[str, str] | None:
        """Return why these cannot be called any more, by id, without those that can; None where the org does
        not answer. Raises UsageError for a mistake in the workload's inputs."""


@dataclass(frozen=True, slots=True)
class Driven:
    """How it ended: over, interrupted, or (`once`) with the window made or not due yet."""

    why: Literal["over", "interrupted", "made", "not due", "not begun"]
    reached: Mapping[str, Standing]
    slot: Slot | None = None


Standings = Mapping[str, Standing]


@dataclass(frozen=True, slots=True)
class Notices:
    """Whom carrying a campaign out notifies, of what."""

    on_wait: Callable[[Slot, int], None] = lambda slot, begun: None
    on_window: Callable[[Standings, Standings, int], None] = lambda before, reached, begun: None
    """Is given where every action stood before a window and stands after it, and the windows begun."""
    on_put_off: Callable[[str, bool], None] = lambda why, made_up_for: None
    """A window could not begin: why, and whether there is time for it later."""
    on_back: Callable[[Sequence[str]], None] = lambda action_ids: None
    """These were gone, and are called again."""


SILENT: Final = Notices()


def carry_out(
    folder: CampaignFolder,
    saved: Saved,
    campaign: Campaign,
    outside: Outside,
    *,
    once: bool = False,
    notices: Notices = SILENT,
    asked: Asked | None = None,
) -> Driven:
    """Carry the campaign out and return how it ended; `once`: make the window that is due, if one is.
    `asked`: what the next commands of the standings repeat.

    The caller holds the folder's lock. Raises OSError where the folder cannot be written, and what `make` and
    `find_gone` raise."""
    _wait_for_a_load_left_behind(folder, outside)
    folder.end_killed()
    judged = WindowsJudged(campaign, saved.question.settings, asked)
    reached, started = where_all_stand(folder, judged), outside.now()
    while True:
        begun = len(folder.windows())
        apart_s = usual_gap_s(folder.begun_at(NEWEST_WINDOWS)) if once else None
        step = next_step(campaign, reached, begun, folder.slot(), outside.now(), apart_s)
        match step:
            case Over(why):
                missing = _to_ask_at_the_end(campaign, why, reached, started, outside.now())
                if not missing:
                    return Driven("over", reached)
                notices.on_back(_ask_again(folder, missing, outside))
                reached, started = where_all_stand(folder, judged), 0.0  # once, whatever the clock does
            case Ask(slot, missing):
                _keep(folder, slot)
                notices.on_back(_ask_again(folder, missing, outside))
                reached = where_all_stand(folder, judged)
            case Wait(slot):
                _keep(folder, slot)
                if once and slot.due_at - outside.now() > SOON_S:
                    return Driven("not due", reached, slot)
                notices.on_wait(slot, begun)
                _sleep_until(slot.due_at, outside)
            case Make(slot, turns, until):
                _keep(folder, slot)
                order = order_for(turns, until, campaign.production_weeks)
                window = outside.make(folder.next_window(saved), order, campaign.window_s)
                _wait_for_a_load_left_behind(folder, outside)
                folder.end_killed(newest=1)
                if window.gone:
                    folder.lose(window.gone, outside.now())
                elif window.made == "not begun":
                    later = _put_off(folder, campaign, slot, begun, outside.now())
                    if window.refused is not None:
                        notices.on_put_off(window.refused, later)
                before, reached = reached, where_all_stand(folder, judged)
                if window.made == "interrupted":
                    return Driven("interrupted", reached, slot)
                notices.on_window(before, reached, len(folder.windows()))
                if window.made == "not begun" and window.gone:
                    continue  # it is still due, for those that are left
                if once and not _is_over(campaign, reached, folder, outside.now()):
                    return Driven(window.made, reached, folder.slot())


def where_all_stand(
    folder: CampaignFolder, judged: WindowsJudged, *, remember: bool = True
) -> dict[str, Standing]:
    """Return where every action stands by the windows so far; those that are gone are done. Raises OSError.

    `remember` as in `WindowsJudged.standings`."""
    reached = judged.standings(folder.windows(), remember=remember)
    for action_id, gone in folder.gone().items():
        if action_id in reached:
            reached[action_id] = ended(reached[action_id], gone)
    return reached


def _keep(folder: CampaignFolder, slot: Slot) -> None:
    if folder.slot() != slot:
        folder.decide(slot)


def _put_off(folder: CampaignFolder, campaign: Campaign, slot: Slot, begun: int, now: float) -> bool:
    """No network, say: the window is made up for in the next stratum, not tried again at once. Return whether
    there is one."""
    later = next_slot(campaign, begun, max(slot.ends_at, now + campaign.window_s))
    folder.decide(later or Slot(begun + 1, campaign.until, campaign.until, 1))
    return later is not None


def _ask_again(folder: CampaignFolder, asked: Sequence[str], outside: Outside) -> tuple[str, ...]:
    """Ask whether these are still gone and write it down; return those that are there again.

    Where the org does not answer, nothing is known but that it was asked: the next window asks again."""
    answer, gone = outside.find_gone(asked), folder.gone()
    now = outside.now()
    for action_id in asked:
        known = gone.pop(action_id, None)
        if answer is None and known is not None:
            gone[action_id] = replace(known, asked_at=now)
        elif answer is not None and action_id in answer:
            times = 1 if known is None else known.times + 1
            gone[action_id] = GoneAction(answer[action_id], now, times)
    folder.keep_gone(gone)
    return tuple(each for each in asked if each not in gone)


def _to_ask_at_the_end(
    campaign: Campaign, why: str, reached: Standings, started: float, now: float
) -> tuple[str, ...]:
    """Those whose absence would end the campaign before its span, and that this process did not ask for yet:
    what was put back since the last run is called again."""
    if why != "every action is done" or now >= campaign.until:
        return ()
    return tuple(
        one.action_id for one in reached.values() if one.gone is not None and one.gone.asked_at < started
    )


def _is_over(campaign: Campaign, reached: Mapping[str, Standing], folder: CampaignFolder, now: float) -> bool:
    return isinstance(next_step(campaign, reached, len(folder.windows()), folder.slot(), now), Over)


def _sleep_until(moment: float, outside: Outside) -> None:
    while (left := moment - outside.now()) > 0:
        outside.sleep(left)


def _wait_for_a_load_left_behind(folder: CampaignFolder, outside: Outside) -> None:
    """A load whose starter was killed ends by itself: its calls in flight belong to its window.

    Asked after each window, too: one that was still reading the org when its starter was killed may have
    begun the very window that was to be made here."""
    for _ in range(STILL_AT_WORK_S):
        if folder.at_work() is None:
            return
        outside.rest()
