"""Which actions a window calls, how often and how fast.

Fair turns: what a window has room for goes to the actions nearest to their answer first, so that they are
finished one after the other where there is not room for all; a slow action never fills more than its share of
the places in flight; and an action that production calls rarely is called rarely here, too, so that it is as
cold as there."""

import math
from collections.abc import Mapping, Sequence
from typing import Final

from diag.campaign.campaign import FASTEST_GAP_S, RESERVE, Budget, Campaign, ScopedAction
from diag.campaign.spread import Slot
from diag.campaign.standing import WARM_LEAST, Standing
from diag.choice.turns_file import Turn

MARGIN: Final = 4.0
"""Times its first call, a call of an action is expected to take at most, when places in flight are shared
out."""
SINGLE_S: Final = 10.0
"""Within so many seconds the only call of an action leaves that gets one in a window."""
LEAVE_WITHIN: Final = 0.8
"""Of a window: by then its last call should have left, so that the slow ones among them end inside it."""


def gap_s(action: ScopedAction, budget: Budget, first_s: float | None) -> float:
    """Return the seconds between two calls of an action: the same in every window, so that all are one load
    level.

    So long that calls of the length expected (`first_s`: how long the first one took; the timeout where that
    is not known) fill no more than the action's share of the places in flight."""
    longest_s = action.timeout_s if first_s is None else min(action.timeout_s, MARGIN * first_s)
    gap = max(FASTEST_GAP_S, 1.0 / budget.calls_per_s, longest_s / budget.places_each)
    return gap if action.warm else max(gap, action.production_gap_s or 0.0)


def turns(campaign: Campaign, slot: Slot, standings: Mapping[str, Standing], now: float) -> tuple[Turn, ...]:
    """Return who is called in this window, those that take longest first; nobody where nobody is due."""
    wishes = [
        (standing.missing, turn)
        for action in campaign.actions
        if (standing := standings[action.action_id]).done is None
        and (turn := _wish(campaign, slot, action, standing, now)) is not None
    ]
    wishes.sort(key=lambda wish: (wish[0], wish[1].action_id))
    return tuple(sorted(_that_fit(campaign, [turn for _, turn in wishes]), key=lambda turn: -turn.takes_s))


def _that_fit(campaign: Campaign, wishes: Sequence[Turn]) -> list[Turn]:
    """Return as many as the window has room for; the one that does not fit any more gets what is left."""
    room = max(1, int(campaign.budget.calls_per_s * campaign.window_s * LEAVE_WITHIN))
    chosen: list[Turn] = []
    for turn in wishes:
        calls = min(turn.calls, room)
        least = 1 if turn.every_call_counts else min(turn.calls, WARM_LEAST)
        if calls >= least or not chosen:
            chosen.append(Turn(turn.action_id, calls, turn.rate, turn.every_call_counts))
            room -= calls
        if room <= 0:
            break
    return chosen


def _wish(
    campaign: Campaign, slot: Slot, action: ScopedAction, standing: Standing, now: float
) -> Turn | None:
    sent = standing.sent
    gap = gap_s(action, campaign.budget, sent.first_s)
    leave_within_s = LEAVE_WITHIN * campaign.window_s
    apart_s = gap if gap <= leave_within_s else min(SINGLE_S, leave_within_s)
    rate = float(f"{1.0 / apart_s:.6g}")
    if sent.calls == 0:  # one call shows how slow it is
        return Turn(action.action_id, 1, rate, not action.warm)
    if gap > leave_within_s and sent.last_at is not None and now - sent.last_at < gap / 2.0:
        return None
    kept = math.ceil(RESERVE * campaign.windows)
    left = max(1, slot.windows_left - kept)
    calls = math.ceil(standing.missing / left)
    if action.warm and calls < WARM_LEAST:
        done = 1.0 - slot.windows_left / max(campaign.windows, slot.windows_left)
        if standing.lacks is None and sent.calls > 1 + standing.wanted * done:
            return None  # ahead of its pace: the hours to come need calls, too
        calls = WARM_LEAST
    most = max(1, int(leave_within_s / gap))
    return Turn(action.action_id, min(calls, most), rate, not action.warm)
