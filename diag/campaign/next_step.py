"""What to do next: wait, ask again for what is gone, make a window, or end. Pure: of what was decided, what
was done, and the time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from analysis.coverage.time_coverage import WINDOW_GAP_S
from diag.campaign.campaign import Campaign
from diag.campaign.standing import Standing
from diag.campaign.when_next_window import Slot, may_call_until, next_slot
from diag.campaign.window_turns import turns
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
class Ask:
    """This window is due now; before it is made, ask whether these actions, by id, are still gone."""

    slot: Slot
    action_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Over:
    """The campaign is over: every action is done, or its span is."""

    why: Literal["every action is done", "the span is over"]


Step = Wait | Ask | Make | Over

ASK_AGAIN_S: Final = 3600.0
ASK_AGAIN_SHARE: Final = 1 / 12
"""What was found gone twice is asked for once an hour, over a short span after such a part of it: each time
reads the list of actions."""


def next_step(
    campaign: Campaign,
    standings: Mapping[str, Standing],
    begun: int,
    slot: Slot | None,
    now: float,
    visits_apart_s: float | None = None,
) -> Step:
    """Return what to do now. `begun`: windows begun so far; `slot`: the one decided on last, None before the
    first; `visits_apart_s` as of `turns`.

    A slot that was missed (the machine slept, the hours are over) is made up for at once where the hours
    allow it, else at the next moment that they do; those after it move closer together. A campaign does not
    end because of an action that was found gone only once."""
    if all(one.done is not None and (one.gone is None or one.gone.is_certain) for one in standings.values()):
        return Over("every action is done")
    current, until = slot_to_come(campaign, begun, slot, now), may_call_until(campaign, now)
    if current is not None and current.due_at <= now and until is not None:
        asked = _to_ask(campaign, standings, current, now)
        if asked:
            return Ask(current, asked)
        chosen = turns(campaign, current, standings, now, visits_apart_s)
        if chosen:
            return Make(current, chosen, until)
        # Nobody is due (called too recently): the next stratum.
        begin = max(current.ends_at, now + campaign.window_s)
        later = next_slot(campaign, begun, begin)
        current = later if later is None or later.due_at > current.due_at else None
    return Over("the span is over") if current is None else Wait(current)


def slot_to_come(campaign: Campaign, begun: int, slot: Slot | None, now: float) -> Slot | None:
    """Return the slot of the next window; one that was missed is due at once where the hours allow it.

    `begun` and `slot` as in `next_step`. None where no window fits in any more."""
    current = _slot_for(campaign, begun, slot, now)
    if current is None or current.due_at > now or may_call_until(campaign, now) is not None:
        return current
    return next_slot(campaign, begun, now)


def _slot_for(campaign: Campaign, begun: int, slot: Slot | None, now: float) -> Slot | None:
    """The one decided on, or the next one after it; one put off to the end of the span is never made."""
    if slot is None:
        return next_slot(campaign, begun, campaign.began_at)
    if slot.number > begun:
        return slot if slot.due_at < campaign.until else None
    return next_slot(campaign, begun, max(slot.ends_at, now + WINDOW_GAP_S))


def _to_ask(campaign: Campaign, standings: Mapping[str, Standing], slot: Slot, now: float) -> tuple[str, ...]:
    """Those that were not asked for since this window is due: found once, or long ago."""
    apart_s = min(ASK_AGAIN_S, ASK_AGAIN_SHARE * (campaign.until - campaign.began_at))
    return tuple(
        one.action_id
        for one in standings.values()
        if one.gone is not None
        and one.gone.asked_at < slot.due_at
        and (not one.gone.is_certain or now - one.gone.asked_at >= apart_s)
    )
