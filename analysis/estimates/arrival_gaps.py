"""Gaps between the calls of one action, and which of them are pauses (docs/method.md, "Load levels")."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

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

    def where(self, mask: NDArray[np.bool_]) -> "Gaps":
        """Return the gaps of the calls selected by a mask."""
        return Gaps(self.sent[mask], self.planned[mask])

    def without_pauses(self) -> NDArray[np.float64]:
        """Return the known gaps between calls that left, without those in which none was planned."""
        return self.sent[~np.isnan(self.sent) & ~_pauses(self.planned)]


def gaps_of(calls: Calls) -> Gaps:
    """Return the gaps before the calls of one action, of all its levels."""
    late_s = np.nan_to_num(calls.lag_s)  # of a file without planned times: none is known to be late
    return Gaps(_calls_due(calls, calls.started_at), _calls_due(calls, calls.started_at - late_s))


def _calls_due(calls: Calls, at_s: NDArray[np.float64]) -> NDArray[np.float64]:
    due = np.full(len(calls), np.nan)
    order = np.lexsort((at_s, calls.run))
    run, at = calls.run[order], at_s[order]
    gaps = np.where(np.diff(run) == 0, np.diff(at), np.nan)
    due[order[1:]] = gaps * calls.rate[order[1:]]
    return due


def _pauses(planned: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which gaps are pauses: none was planned then (windows of a soak, a guard, an interruption).

    Where calls are missing, all gaps grow alike. Pauses show as more long gaps than a typical one (the
    median, taken for that of Poisson arrivals) explains.
    """
    known = planned[~np.isnan(planned)]
    if known.size < FEWEST_GAPS:
        return np.zeros(planned.shape, np.bool_)
    median, (shortest, longer, most) = float(np.median(known)), EVEN
    if np.quantile(known, 0.1) >= shortest * median and (known > longer * median).mean() <= most:
        return np.asarray(planned > longer * max(median, 1.0))
    typical = max(median / math.log(2.0), 1.0)
    for longest in PAUSES:
        by_chance = known.size * math.exp(-longest)
        if (known > longest * typical).sum() > by_chance + CHANCE * math.sqrt(by_chance) + 1.0:
            return np.asarray(planned > longest * typical)
    return np.asarray(planned > PAUSE * typical)
