"""Which hours of the week do the calls show, and how much of production comes in them?
(docs/method.md, "The hours that matter")

Weighed by where production's calls come, so that a nightly batch measured by day counts as not seen. An hour
stands for the same hour of a like day: another working day, or another day of the weekend, on which
production calls about as often. More calls, wherever they are made, never lower what was seen.
"""

from dataclasses import dataclass
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from scipy import special

from analysis.coverage.week_of_hours import QUARTER_S, hour_of_week
from analysis.format.action_facts import HOURS_A_WEEK, ProductionWeek, clock_of
from analysis.format.json_to_dataclass import Amount, Count, WrongShapeError
from analysis.long_arrays.growing import grown
from analysis.long_arrays.pieces import walk

Grade = Literal["A", "B", "C"]

ENOUGH_CALLS: Final = 3
"""Calls from which on an hour (of all like days together) is seen; fewer count in part, so that one stray
call at night does not stand for the night."""
LIKE_DAYS: Final = 0.25
"""Two days of a kind are like where production calls at least a quarter as often on the quieter one."""
SHARE_FOR_A: Final = 0.95
SHARE_FOR_B: Final = 2 / 3
"""Share of production's calls that must come in hours that were seen (why: docs/method.md)."""
SLOW_RISK: Final = 0.01
SLOW_TIMES: Final = 2.0
"""An hour is slow where its share of slow calls is proven higher than the action's, and twice as high."""
_ROUNDING: Final = 1e-9
_KIND: Final = np.array([0, 0, 0, 0, 0, 1, 1])


@dataclass(frozen=True, slots=True)
class HoursSeen:
    """`calls[24 * day + hour]`: calls that count, on the clock of `zone`; day 0 is Monday. `slow`: slow ones.

    `share`: of production's calls, those that come in hours that were seen; `days_share`: those that come on
    days of the week that were seen. None where it is not known when production calls.
    """

    zone: str
    calls: tuple[Count, ...]
    slow: tuple[Count, ...] = ()
    known_from: Literal["telemetry", "stated"] | None = None
    share: Amount | None = None
    days_share: Amount | None = None

    def __post_init__(self) -> None:
        """Check what no single field shows: it is read back from files."""
        if len(self.calls) != HOURS_A_WEEK or any(hour >= HOURS_A_WEEK for hour in self.slow):
            raise WrongShapeError("hours.calls is not one number for each hour of a week")

    @property
    def grade(self) -> Grade | None:
        """The best grade that these hours allow; None where it is not known when production calls."""
        if self.share is None or self.days_share is None:
            return None
        if min(self.share, self.days_share) >= SHARE_FOR_A - _ROUNDING:
            return "A"
        return "B" if self.share >= SHARE_FOR_B - _ROUNDING else "C"


def hours_of_calls(
    started_at: NDArray[np.float64],
    slower: NDArray[np.bool_],
    production: ProductionWeek | None,
    zone: str | None,
    *,
    design_effect: float = 1.0,
) -> HoursSeen:
    """Return the hours that calls show which began then (Unix seconds); `slower`: which of them were slow.

    On the clock of `zone` (an IANA name; UTC where it is none) where it is not known when production calls.
    """
    clock = production.zone if production is not None else clock_of(zone)
    hours = grown(np.int16, (hours_of_week(part, clock).astype(np.int16) for (part,) in walk(started_at)))
    return hours_seen(hours, slower, production, clock, design_effect=design_effect)


def hours_of_week(started_at: NDArray[np.float64], zone: str) -> NDArray[np.int64]:
    """Return the hour of the week, 0 to 167, of each moment (Unix seconds) on the clock of a zone."""
    if not started_at.size:
        return np.zeros(0, dtype=np.int64)
    clock = ZoneInfo(zone)
    quarter = np.floor(started_at / QUARTER_S).astype(np.int64)
    # Calls come nearly in order: a clock is asked once for each quarter of an hour, not once for each call.
    begins = np.concatenate([[0], np.flatnonzero(np.diff(quarter)) + 1])
    each, which = np.unique(quarter[begins], return_inverse=True)
    hours = np.array([hour_of_week(float(one) * QUARTER_S, clock) for one in each], dtype=np.int64)
    return np.repeat(hours[which], np.diff(np.concatenate([begins, [quarter.size]])))


def hours_seen(
    hours: NDArray[np.integer[Any]],
    slower: NDArray[np.bool_],
    production: ProductionWeek | None,
    zone: str,
    *,
    design_effect: float = 1.0,
) -> HoursSeen:
    """Return what calls at these hours of the week show; `slower`: which of them were slow for the action.

    `zone` is that of the hours: of `production`, where it is known.
    """
    calls, slow_calls = np.zeros(HOURS_A_WEEK, np.int64), np.zeros(HOURS_A_WEEK, np.int64)
    for part, which in walk(hours, slower):
        calls += np.bincount(part, minlength=HOURS_A_WEEK)
        slow_calls += np.bincount(part[which], minlength=HOURS_A_WEEK)
    slow = slow_hours(calls, slow_calls, design_effect)
    counts = tuple(calls.tolist())
    if production is None:
        return HoursSeen(zone, counts, slow)
    unseen = unseen_shares(counts, production)
    share = min(max(1.0 - float(unseen.sum()), 0.0), 1.0)
    days = calls.reshape(7, 24).any(axis=1)
    days_share = min(min(float(weights[days].sum()), 1.0) for weights in _weights(production))
    return HoursSeen(zone, counts, slow, production.known_from, share, days_share)


def unseen_shares(calls: tuple[int, ...], production: ProductionWeek) -> NDArray[np.float64]:
    """Return for each hour of the week the share of all of production's calls that is not seen in it.

    Where it is not known which of two weeks is production's, by the one that leaves out more.
    """
    seen = np.array(calls, dtype=np.float64).reshape(7, 24)
    found = []
    for weights in _weights(production):
        together = _like_days(weights.sum(axis=1)) @ seen
        found.append(np.asarray((weights * (1.0 - np.minimum(together / ENOUGH_CALLS, 1.0))).ravel()))
    return max(found, key=lambda unseen: float(unseen.sum()))


def missed_hours(calls: tuple[int, ...], production: ProductionWeek) -> tuple[int, ...]:
    """Return the hours of the week in which production calls and nothing was seen, here or on a like day."""
    unseen = unseen_shares(calls, production)
    return tuple(hour for hour, share in enumerate(unseen) if share > 0.0 and not calls[hour])


def any_working_day_will_do(production: ProductionWeek) -> bool:
    """Return whether all hours of one working day, whichever it is, are enough of production for a B."""
    return all(
        bool(((_like_days(days) @ days)[:5] >= SHARE_FOR_B - _ROUNDING).all())
        for days in (weights.sum(axis=1) for weights in _weights(production))
    )


def slow_hours(
    calls: NDArray[np.int64], slower: NDArray[np.int64], design_effect: float = 1.0
) -> tuple[int, ...]:
    """Return the hours with more slow calls than chance explains; none where all calls come in one hour.

    `calls`, `slower`: calls and slow calls by hour of the week. Slow ones that come in bursts count as fewer.
    """
    used = calls > 0
    usual = float(slower.sum()) / max(float(calls.sum()), 1.0)
    if int(used.sum()) < 2 or usual <= 0.0:
        return ()
    worth, slow = np.floor(calls / design_effect), np.floor(slower / design_effect)
    # The chance of so many in this hour if it were like the others, all hours asked at once (Bonferroni).
    chance = special.bdtrc(slow - 1.0, np.maximum(worth, 1.0).astype(np.int64), min(usual, 1.0))
    proven = (slow > 0) & (chance < SLOW_RISK / int(used.sum()))
    return tuple(np.flatnonzero(proven & (slower >= SLOW_TIMES * usual * calls)).tolist())


def _like_days(days: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 where the hours of two days stand for each other, else 0; `days`: production's calls on each."""
    like = _KIND[:, None] == _KIND[None, :]
    quieter, busier = np.minimum(days[:, None], days[None, :]), np.maximum(days[:, None], days[None, :])
    like &= quieter >= LIKE_DAYS * (1.0 - _ROUNDING) * busier  # also where a quarter misses a last digit
    return np.asarray((like | np.eye(7, dtype=np.bool_)).astype(np.float64))


def _weights(production: ProductionWeek) -> list[NDArray[np.float64]]:
    """Production's calls as shares of them all, by day and hour: of each week that may be production's."""
    weeks = [np.array(calls, dtype=np.float64) for calls in production.possible]
    return [np.asarray((calls / calls.sum()).reshape(7, 24)) for calls in weeks]
