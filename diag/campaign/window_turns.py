"""Which actions a window calls, how often and how fast.

Fair turns: what a window has room for goes to the actions nearest to their answer first, so that they are
finished one after the other where there is not room for all; a slow action never fills more than its share of
the places in flight; and an action that production calls rarely is called rarely here, too, so that it is as
cold as there."""

import math
import random
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from diag.campaign.campaign import (
    LEAVE_WITHIN,
    Campaign,
    ScopedAction,
    gap_s,
    most_calls,
    to_the_end,
)
from diag.campaign.standing import WARM_LEAST, Standing
from diag.campaign.when_next_window import Slot, WindowPace, pace_of_windows
from diag.choice.turns_file import Turn

SINGLE_S: Final = 10.0
"""Within so many seconds the only call of an action leaves that gets one in a window."""
CATCH_UP: Final = 2.0
"""Times its pace so far, an action is called at most for what it wants beyond its first number. Hurried, a
thousand calls of the last two hours would outvote the three hundred of the day: 12 % of such numbers were
wrong."""
EARLY: Final = 0.25
"""Part of a first number's calls before which another pace outvotes nothing."""


def turns(
    campaign: Campaign,
    slot: Slot,
    standings: Mapping[str, Standing],
    now: float,
    visits_apart_s: float | None = None,
) -> tuple[Turn, ...]:
    """Return who is called in this window, those that take longest first; nobody where nobody is due.

    `visits_apart_s`: how far apart windows really come, where they come only when something begins one.
    """
    pace = pace_of_windows(campaign, slot, now, visits_apart_s)
    wishes = [
        ((standing.answered, standing.missing, turn.action_id), turn)
        for action in campaign.actions
        if (standing := standings[action.action_id]).done is None
        and (turn := _wish(campaign, slot, action, standing, now, pace)) is not None
    ]
    wishes.sort(key=lambda wish: wish[0])
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
    campaign: Campaign, slot: Slot, action: ScopedAction, standing: Standing, now: float, pace: WindowPace
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
    calls = _share_of(campaign, slot, standing, pace)
    calls = min(calls, most_calls(gap, campaign.window_s))
    return Turn(action.action_id, calls, rate, not action.warm) if calls else None


def _share_of(campaign: Campaign, slot: Slot, standing: Standing, pace: WindowPace) -> int:
    """Return this window's part of the calls an action wants, 0 where it gets none.

    It keeps to a steady pace, so that no part of the span counts for more than another: what is due by now
    and was not sent, but no more than an equal part of what is missing. Each action rounds at a point of its
    own, so that those called in every third window are not all called in the same one."""
    usable, left, least = max(1.0, pace.whole - 1.0), pace.to_come - 1.0, standing.least  # one may be missed
    sent, windows = standing.sent.calls, max(1.0, left)
    equal = standing.missing / windows
    first_number = min(standing.missing, max(0, to_the_end(standing.fewest) - sent)) / windows
    # A window in which nobody is due has no number: a warm action's pace is one over time.
    made = slot.number - 1.0 if least == 1 else usable - left
    rounding, closer = f"{campaign.seed}:{standing.action_id}", pace.closer
    in_this_window = f"{rounding}:{slot.due_at:.0f}"
    usual = to_the_end(standing.fewest) / usable * closer / least
    if standing.answered and sent >= standing.wanted:  # early: called on at the usual pace to the end
        return least * int(usual + _drawn(in_this_window))
    at_most = equal if sent < EARLY * standing.fewest else CATCH_UP * sent / max(1.0, made)
    share = max(first_number, min(equal, at_most))
    if left <= 1.0 or standing.lacks is not None:
        return max(least, math.ceil(share))
    each = least if share < least else 1
    due = standing.wanted * (usable - left + 1.0) / usable - sent
    if share < equal:  # all that is missing is no longer to be had at a steady pace
        due, rounding = min(due, share * closer), in_this_window
    if due <= -each:  # ahead, because it wanted more before: waiting would leave a part of the span unseen
        return least * int(usual + _drawn(in_this_window))
    steady = math.floor(due / each + _drawn(rounding))
    return each * max(0, min(steady, math.ceil(share / each)))


@lru_cache(maxsize=1024)
def _drawn(seed: str) -> float:
    """Return a number from 0 up to 1, always the same for this text: an action has one for all windows."""
    return random.Random(seed).random()
