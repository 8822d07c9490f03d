"""Carries a campaign out, window by window, until it is over; and after a kill goes on where it was.

Everything that touches the outside (the clock, sleeping, making a window) is in `Outside`, so that a test
drives it on a clock that jumps. Nothing is kept in memory that the folder does not hold: after every step the
process may end."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

from analysis.format.run_folder import RunFolder
from diag.campaign.campaign import Campaign
from diag.campaign.folder import CampaignFolder
from diag.campaign.next_step import Make, Over, Wait, next_step
from diag.campaign.saved import Saved
from diag.campaign.spread import Slot, next_slot
from diag.campaign.standing import Standing, ended
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
    """How a window ended. `gone`: those of its actions, by id, that can be called no more, each with why."""

    made: Made
    gone: Mapping[str, str] = field(default_factory=dict)


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


@dataclass(frozen=True, slots=True)
class Driven:
    """How it ended: over, interrupted, or (`once`) with the window made or not due yet."""

    why: Literal["over", "interrupted", "made", "not due", "not begun"]
    reached: Mapping[str, Standing]
    slot: Slot | None = None


Standings = Mapping[str, Standing]
OnWindow = Callable[[Standings, Standings, int], None]
"""Is given where every action stood before a window and stands after it, and the windows begun."""


def drive(
    folder: CampaignFolder,
    saved: Saved,
    campaign: Campaign,
    outside: Outside,
    *,
    once: bool = False,
    on_wait: Callable[[Slot, int], None] = lambda slot, begun: None,
    on_window: OnWindow = lambda before, reached, begun: None,
) -> Driven:
    """Carry the campaign out and return how it ended; `once`: make the window that is due, if one is.

    The caller holds the folder's lock. Raises OSError where the folder cannot be written, and what `make`
    raises."""
    _wait_for_a_load_left_behind(folder, outside)
    judged = WindowsJudged(campaign, saved.question.settings)
    reached = where_all_stand(folder, judged)
    while True:
        begun = len(folder.windows())
        step = next_step(campaign, reached, begun, folder.slot(), outside.now())
        match step:
            case Over():
                return Driven("over", reached)
            case Wait(slot):
                _keep(folder, slot)
                if once and slot.due_at - outside.now() > SOON_S:
                    return Driven("not due", reached, slot)
                on_wait(slot, begun)
                _sleep_until(slot.due_at, outside)
            case Make(slot, turns, until):
                _keep(folder, slot)
                order = order_for(turns, until, campaign.production_weeks)
                window = outside.make(folder.next_window(saved), order, campaign.window_s)
                _wait_for_a_load_left_behind(folder, outside)
                if window.gone:
                    folder.lose(window.gone)
                elif window.made == "not begun":
                    _put_off(folder, campaign, slot, begun, outside.now())
                before, reached = reached, where_all_stand(folder, judged)
                if window.made == "interrupted":
                    return Driven("interrupted", reached, slot)
                on_window(before, reached, len(folder.windows()))
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
    for action_id, why in folder.gone().items():
        if action_id in reached:
            reached[action_id] = ended(reached[action_id], why)
    return reached


def _keep(folder: CampaignFolder, slot: Slot) -> None:
    if folder.slot() != slot:
        folder.decide(slot)


def _put_off(folder: CampaignFolder, campaign: Campaign, slot: Slot, begun: int, now: float) -> None:
    """No network, say: the window is made up for in the next stratum, not tried again at once."""
    later = next_slot(campaign, begun, max(slot.ends_at, now + campaign.window_s))
    if later is not None:
        folder.decide(later)
    else:
        folder.decide(Slot(begun + 1, campaign.until, campaign.until, 1))


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
