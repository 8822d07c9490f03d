"""What to do next: wait, make a window, or end. Pure: of what was decided, what was done, and the time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from analysis.coverage.time_coverage import WINDOW_GAP_S
from diag.campaign.campaign import Campaign
from diag.campaign.spread import Slot, may_call_until, next_slot
from diag.campaign.standing import Standing
from diag.campaign.turns import turns
from diag.choice.turns_file import Turn


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing is due before the slot's moment."""

    slot: Slot


@dataclass(frozen=True, slots=True)
class Make:
    """This window is due now, with these turns; its calls may leave until then (Unix seconds)."""

    slot: Slot
    turns: tuple[Turn, ...]
    may_call_until: float


@dataclass(frozen=True, slots=True)
class Over:
    """The campaign is over: every action is done, or its span is."""

    why: Literal["every action is done", "the span is over"]


Step = Wait | Make | Over


def next_step(
    campaign: Campaign, standings: Mapping[str, Standing], begun: int, slot: Slot | None, now: float
) -> Step:
    """Return what to do now. `begun`: windows begun so far; `slot`: the one decided on last, None before the
    first.

    A slot that was missed (the machine slept, the hours are over) is made up for at once where the hours
    allow it, else at the next moment that they do; those after it move closer together."""
    if all(one.done is not None for one in standings.values()):
        return Over("every action is done")
    current = slot_for(campaign, begun, slot, now)
    while current is not None:
        if current.due_at > now:
            return Wait(current)
        until = may_call_until(campaign, now)
        if until is None:
            current = next_slot(campaign, begun, now)
            continue
        chosen = turns(campaign, current, standings, now)
        if chosen:
            return Make(current, chosen, until)
        # Nobody is due (called too recently): the next stratum.
        begin = max(current.ends_at, now + campaign.window_s)
        later = next_slot(campaign, begun, begin)
        current = later if later is None or later.due_at > current.due_at else None
    return Over("the span is over")


def slot_for(campaign: Campaign, begun: int, slot: Slot | None, now: float) -> Slot | None:
    """Return the slot of the window after the `begun` ones: the one decided on, or the next one after it."""
    if slot is None:
        return next_slot(campaign, begun, campaign.began_at)
    if slot.number > begun:
        return slot
    return next_slot(campaign, begun, max(slot.ends_at, now + WINDOW_GAP_S))
