"""What a campaign comes to, before its first call and at any time later: when which action is done, at what
cost."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from diag.campaign.campaign import Campaign
from diag.campaign.standing import Sent, Standing
from diag.campaign.when_next_window import Slot, next_slot
from diag.campaign.window_turns import turns

ASSUMED_S: Final = 1.0
"""How long a call is taken to last where none was made yet."""


@dataclass(frozen=True, slots=True)
class CampaignForecast:
    """`done_at`: Unix seconds by action id, None where the span is over before; `calls` still to come, by
    action id; `busy_s`: seconds in which calls leave; `peak`: most calls/s at once; `most_calls`: in
    one window."""

    done_at: Mapping[str, float | None]
    calls: Mapping[str, int]
    windows: int
    busy_s: float
    peak: float
    most_calls: int

    @property
    def a_minute(self) -> int:
        """Return the most calls that leave in a minute: no two windows lie in one."""
        return min(math.ceil(60.0 * self.peak), self.most_calls)

    @property
    def unfinished(self) -> tuple[str, ...]:
        """Return the ids of the actions that will not be done in the span."""
        return tuple(action_id for action_id, at in self.done_at.items() if at is None)

    @property
    def ends_at(self) -> float | None:
        """Return when the last of those that will be done is done; None where none will be."""
        return max((at for at in self.done_at.values() if at is not None), default=None)


def forecast(
    campaign: Campaign, standings: Mapping[str, Standing], slot: Slot | None, *, wanted: int | None = None
) -> CampaignForecast:
    """Return what is to come from `slot` on, if every action wants as many calls as it seems to now.

    `wanted`: calls that each action wants in all, where more than that is to be assumed.
    """
    now = {
        one.action_id: one if one.done or wanted is None else replace(one, wanted=max(one.wanted, wanted))
        for one in standings.values()
    }
    done_at: dict[str, float | None] = {one.action_id: None for one in now.values() if one.done is None}
    calls = dict.fromkeys(done_at, 0)
    begun = windows = 0 if slot is None else slot.number - 1
    busy_s, peak, most_calls = 0.0, 0.0, 0
    while slot is not None and any(at is None for at in done_at.values()):
        chosen = turns(campaign, slot, now, slot.due_at)
        for turn in chosen:
            one = now[turn.action_id]
            first = ASSUMED_S if one.sent.first_s is None else one.sent.first_s
            sent = Sent(one.sent.calls + turn.calls, slot.due_at + turn.takes_s, first)
            now[turn.action_id] = replace(one, sent=sent)
            calls[turn.action_id] += turn.calls
            if sent.calls >= one.wanted:
                now[turn.action_id] = replace(now[turn.action_id], done="enough calls")
                done_at[turn.action_id] = slot.due_at + campaign.window_s
        if chosen:
            windows += 1
            rate = min(sum(turn.rate for turn in chosen), campaign.budget.calls_per_s)
            peak = max(peak, rate)
            together = sum(turn.calls for turn in chosen)
            most_calls = max(most_calls, together)
            in_turn_s = together / campaign.budget.calls_per_s
            busy_s += max(in_turn_s, ASSUMED_S + max((turn.calls - 1) / turn.rate for turn in chosen))
        slot = next_slot(campaign, windows, max(slot.ends_at, slot.due_at + campaign.window_s))
    return CampaignForecast(done_at, calls, windows - begun, busy_s, peak, most_calls)
