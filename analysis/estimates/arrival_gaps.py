"""Gaps between the calls of one action, and which of them are pauses (docs/method.md, "Load levels")."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analysis.long_arrays.growing import GrowingArray, grown
from analysis.long_arrays.order import in_order, is_in_order, order_of
from analysis.long_arrays.pieces import walk
from analysis.long_arrays.quantile import median, quantile
from analysis.samples.action_calls import Calls

PAUSE: Final = 20.0
"""A gap of so many typical ones is a pause of the load (2 in a thousand million Poisson gaps are longer)."""
PAUSES: Final = (4.0, 8.0)
"""So many typical gaps are a pause where clearly more occur than in Poisson arrivals (2 %, 0.03 %)."""
EVEN: Final = (0.9, 1.5, 1 / 8)
"""Arrivals are evenly spaced where 9 of 10 gaps are at least 0.9 of the median. Then gaps above 1.5 are
pauses, unless more than 1 in 8 is: single missing calls look alike, and so few do not move a level."""
FEWEST_GAPS: Final = 50
CHANCE: Final = 3.0
"""Standard errors of a Poisson count: a rate that few calls happen to miss was reached."""


@dataclass(frozen=True, slots=True)
class Gaps:
    """Before each call, in calls that were due by its own rate: 1 in the mean of a rate that was reached.

    NaN for the first call of a run. From the call before of whatever level: where two levels alternate, each
    has gaps in which the other was called. `sent` by when calls left, `planned` by when they were to leave.
    """

    sent: NDArray[np.float64]
    planned: NDArray[np.float64]

    def where(self, masks: Iterable[NDArray[np.bool_]]) -> "Gaps":
        """Return the gaps of the calls selected by the masks of their pieces."""
        sent, planned = GrowingArray(np.float64), GrowingArray(np.float64)
        for (gaps,), (plans,), mask in zip(walk(self.sent), walk(self.planned), masks, strict=True):
            sent.append(gaps[mask])
            planned.append(plans[mask])
        return Gaps(sent.finish(), planned.finish())

    def without_pauses(self) -> NDArray[np.float64]:
        """Return the known gaps between calls that left, without those in which none was planned."""
        longest = _longest_without_pause(self.planned)
        pieces = walk(self.sent, self.planned)
        return grown(np.float64, (sent[~np.isnan(sent) & ~(planned > longest)] for sent, planned in pieces))


def gaps_of(calls: Calls) -> Gaps:
    """Return the gaps before the calls of one action, of all its levels."""
    # Of a file without planned times, none is known to be late.
    planned = (piece.started_at - np.nan_to_num(piece.lag_s) for piece in calls.pieces())
    return Gaps(_calls_due(calls, calls.started_at), _calls_due(calls, grown(np.float64, planned)))


def _calls_due(calls: Calls, at_s: NDArray[np.float64]) -> NDArray[np.float64]:
    if is_in_order(calls.run, at_s):
        return grown(np.float64, _gaps(walk(calls.run, at_s, calls.rate)))
    order = in_order(calls.run, at_s)
    due = grown(np.float64, _gaps((calls.run[at], at_s[at], calls.rate[at]) for (at,) in walk(order)))
    return grown(np.float64, (due[back] for (back,) in walk(order_of(order))))


def _gaps(pieces: Iterable[tuple[NDArray[Any], ...]]) -> Iterator[NDArray[np.float64]]:
    """`pieces`: run, moment and rate of the calls, in order of the first two."""
    last_run, last_at = np.zeros(0), np.zeros(0)
    for run, at, rate in pieces:
        runs, moments = np.concatenate([last_run, run]), np.concatenate([last_at, at])
        gaps = np.where(np.diff(runs) == 0, np.diff(moments), np.nan)
        yield np.concatenate([np.full(rate.size - gaps.size, np.nan), gaps]) * rate
        last_run, last_at = run[-1:], at[-1:]


def _longest_without_pause(planned: NDArray[np.float64]) -> float:
    """Return what gaps with a pause are longer than: none was planned then (windows of a soak, a guard, an
    interruption).

    Where calls are missing, all gaps grow alike. Pauses show as more long gaps than a typical one (the
    median, taken for that of Poisson arrivals) explains.
    """

    def known() -> Iterator[NDArray[np.float64]]:
        for (part,) in walk(planned):
            yield part[~np.isnan(part)]

    def longer_than(gap: float) -> int:
        return sum(int((part > gap).sum()) for part in known())

    size = sum(part.size for part in known())
    if size < FEWEST_GAPS:
        return math.inf
    usual, (shortest, longer, most) = median(known), EVEN
    if quantile(known, 0.1) >= shortest * usual and longer_than(longer * usual) / size <= most:
        return longer * max(usual, 1.0)
    typical = max(usual / math.log(2.0), 1.0)
    for longest in PAUSES:
        by_chance = size * math.exp(-longest)
        if longer_than(longest * typical) > by_chance + CHANCE * math.sqrt(by_chance) + 1.0:
            return longest * typical
    return PAUSE * typical
