"""The share of calls slower than t, with cut-off calls counted as "slower than this".

Kaplan & Meier 1958; variance sum of Greenwood 1926; effective sample size at the end of the curve
after Peto et al. 1977. Checked against lifelines, statsmodels and scipy in the tests.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.statistics.latency_counts import LatencyCounts

SHARE_SLACK: Final = 1e-11
"""A product of thousands of ratios may miss 0.01 by a few last digits."""

WATCHED_SLACK: Final = 0.98
"""A timeout of 5 s may be measured as 4.95 s, once the smallest network overhead is taken off."""
_LESS_THAN_A_SECOND_MS: Final = 900.0
"""A timeout is whole seconds, and from 50 s on 2 % are one: who waited 55 s knows nothing of 56 s."""


@dataclass(frozen=True, slots=True)
class SurvivalTable:
    """Kaplan-Meier at each time where a call ended; all arrays have that length.

    `share[i]`: estimated share of calls slower than `t_ms[i]`. `n_eff[i]`: how many uncensored,
    independent calls would know that share equally well (before any design effect).
    """

    t_ms: NDArray[np.int64]
    share: NDArray[np.float64]
    at_risk: NDArray[np.int64]
    ended: NDArray[np.int64]
    greenwood: NDArray[np.float64]
    n_eff: NDArray[np.float64]
    total: int
    longest_ms: int
    """The longest any call was observed, finished or not; 0 without calls."""

    @property
    def share_left(self) -> float:
        """Share of calls slower than every call that ended: what the data cannot place in time."""
        return float(self.share[-1]) if self.share.size else 1.0

    def share_slower_than(self, t_ms: float) -> float:
        """Return the estimated share of calls slower than `t_ms` (beyond the data: what is left)."""
        index = int(np.searchsorted(self.t_ms, t_ms + 1e-9, side="right")) - 1
        return float(self.share[index]) if index >= 0 else 1.0

    def knows_share_at(self, t_ms: float) -> bool:
        """True where a call was observed up to `t_ms` or all ended before: then the share there is known."""
        return self.share_left <= 0.0 or float(watched_up_to_ms(self.longest_ms)) >= t_ms

    def quantile_ms(self, p: float) -> int | None:
        """Return the smallest time that at most a share 1-p exceeds, or None where it lies beyond."""
        return first_at_most(self.t_ms, self.share, p)

    def quantile_or_last_ms(self, p: float) -> int | None:
        """Return the quantile, the last time a call ended where it lies beyond, or None where none ended."""
        quantile = self.quantile_ms(p)
        return quantile if quantile is not None else int(self.t_ms[-1]) if self.t_ms.size else None

    def share_of_ended(self) -> NDArray[np.float64]:
        """Return, at each time, the share slower than it among the calls that ended; the others left out."""
        return 1.0 - np.cumsum(self.ended) / max(int(self.ended.sum()), 1)


def watched_up_to_ms(latency_ms: ArrayLike) -> NDArray[np.float64]:
    """Return up to when calls were watched that a timeout ended after that measured latency."""
    measured = np.asarray(latency_ms, dtype=np.float64)
    return np.minimum(measured / WATCHED_SLACK, measured + _LESS_THAN_A_SECOND_MS)


def first_at_most(t_ms: NDArray[np.int64], share: NDArray[np.float64], p: float) -> int | None:
    """Return the smallest time that at most a share 1-p exceeds, or None where it lies beyond."""
    # The share only falls, so the first index at or below 1-p is found by bisection on its mirror.
    index = int(np.searchsorted(-share, -(1.0 - p) - SHARE_SLACK, side="left"))
    return int(t_ms[index]) if index < t_ms.size else None


def kaplan_meier(counts: LatencyCounts) -> SurvivalTable:
    """Return the Kaplan-Meier table of `counts` (empty arrays when no call ended)."""
    # Only the milliseconds in which a call ended or was cut off: of up to 120,000 there are a few thousand.
    t, cut_off = np.flatnonzero(counts.events != 0), np.flatnonzero(counts.censored != 0)
    ended = counts.events[t].astype(np.int64)
    ended_so_far = np.cumsum(ended)
    cut_off_so_far = np.concatenate([[0], np.cumsum(counts.censored[cut_off], dtype=np.int64)])
    total = int(ended.sum() + cut_off_so_far[-1])
    longest = int(max(t[-1:].max(initial=0), cut_off[-1:].max(initial=0)))
    # A call cut off at t is still at risk at t (Kaplan & Meier's convention for ties).
    at_risk = total - (ended_so_far - ended) - cut_off_so_far[np.searchsorted(cut_off, t)]
    share = np.cumprod(1.0 - ended / at_risk, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(ended / (at_risk * (at_risk - ended)), dtype=np.float64)
        n_eff = (1.0 - share) / (share * greenwood)
    if share.size and share[-1] <= 0.0:
        # Greenwood's sum is infinite where the curve reaches zero; Peto's size m / S(t-) is not, and it
        # is small where only a few calls were watched that long.
        before = share[-2] if share.size > 1 else 1.0
        n_eff[-1] = at_risk[-1] / before
    return SurvivalTable(t, share, at_risk, ended, greenwood, n_eff, total, longest)
