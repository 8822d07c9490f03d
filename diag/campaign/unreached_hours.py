"""Which of production's hours a campaign cannot reach: those that its hours and its span leave out.

A lowering needs two thirds of production's calls in hours that were seen (docs/method.md, "The hours that
matter"). Where no window can come in the others, more calls do not help, and that is known before the first.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.coverage.hours_seen import ENOUGH_CALLS, HoursSeen, hours_of_week, hours_seen
from analysis.coverage.week_of_hours import QUARTER_S
from analysis.format.action_facts import HOURS_A_WEEK, ProductionWeek
from diag.campaign.campaign import LONGEST_S, Campaign
from diag.campaign.standing import Standing
from diag.hours.allowed_hours import ALWAYS, AllowedHours, Stretch

SPANS_S: Final = tuple(days * 86_400.0 for days in (1, 2, 3, 5, 7, 14))
"""Spans that are tried where the campaign's own is too short."""


@dataclass(frozen=True, slots=True)
class UnreachedHours:
    """An action whose timeout no number of calls of this campaign can lower.

    `hours`: all that could have been seen at its end; `week`: when production calls. `reached_in_s`: the
    shortest span that would do if it began now, none shorter than the campaign's own; None where none does,
    or where the same would in other hours; `only_by_hours`: no span does in the hours that are allowed.
    """

    action_id: str
    name: str
    hours: HoursSeen
    week: ProductionWeek
    reached_in_s: float | None
    only_by_hours: bool


def unreached_hours(
    campaign: Campaign, standings: Mapping[str, Standing], now: float
) -> tuple[UnreachedHours, ...]:
    """Return the actions still open that can no longer be seen often enough, in the campaign's order."""
    found, known = [], campaign.known_weeks
    for action in campaign.actions:
        week = known.get(action.action_id)
        one = standings[action.action_id]
        if week is None or one.done is not None:
            continue
        calls = np.zeros(HOURS_A_WEEK, dtype=np.int64)
        if one.hours is not None and one.hours.zone == week.zone:
            calls += np.array(one.hours.calls, dtype=np.int64)
        hours = _seen_with(calls, campaign.stretches(now), campaign.window_s, week)
        if hours.grade == "C":
            found.append(
                UnreachedHours(
                    action.action_id, action.name, hours, week, *_what_would_do(campaign, now, week)
                )
            )
    return tuple(found)


def _what_would_do(campaign: Campaign, now: float, week: ProductionWeek) -> tuple[float | None, bool]:
    """The span to ask for (None: the campaign's own, in other hours), and whether others must be allowed."""
    own_s = campaign.until - campaign.began_at
    for hours in (campaign.hours, ALWAYS):
        for span_s in (own_s, *(each for each in SPANS_S if own_s < each <= LONGEST_S)):
            if _would_do(hours, now, span_s, campaign.window_s, week):
                other_hours = hours is ALWAYS and campaign.hours != ALWAYS
                return (None if span_s == own_s and other_hours else span_s), other_hours
    return None, False


def _would_do(hours: AllowedHours, now: float, span_s: float, window_s: float, week: ProductionWeek) -> bool:
    nothing = np.zeros(HOURS_A_WEEK, dtype=np.int64)
    return _seen_with(nothing, hours.stretches(now, now + span_s), window_s, week).grade != "C"


def _seen_with(
    calls: NDArray[np.int64], stretches: Sequence[Stretch], window_s: float, week: ProductionWeek
) -> HoursSeen:
    """What is seen with these calls and enough more in each hour in which a window can come."""
    moments = [
        np.r_[begin, np.arange(math.ceil(begin / QUARTER_S) * QUARTER_S, end, QUARTER_S)]
        for begin, end in stretches
        if end - begin >= window_s
    ]
    reached = np.unique(hours_of_week(np.concatenate([np.zeros(0), *moments]), week.zone))
    every = np.concatenate([np.repeat(np.arange(HOURS_A_WEEK), calls), np.repeat(reached, int(ENOUGH_CALLS))])
    return hours_seen(every, np.zeros(every.size, dtype=np.bool_), week, week.zone)
