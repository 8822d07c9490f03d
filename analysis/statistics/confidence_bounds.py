"""One-sided bounds: exact for the share of slow calls, and from it for the quantile.

Clopper & Pearson 1934 on the effective sample size of Kaplan-Meier (after Cutler & Ederer 1958); without
censoring that is the binomial order statistic, the only bound that held 95 % on every shape tried
(docs/method.md, "The bound"). The upper bound of the quantile lies at a fractional order statistic (Hutson
1999), so it is a little below the exact one and nearer to the 95 % asked for.

Only scipy.special: scipy.stats costs a second at import.
"""

import math
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import special

from analysis.statistics.kaplan_meier import SHARE_SLACK, SurvivalTable
from analysis.statistics.latency_counts import LatencyCounts

SURE_SLACK: Final = 1e-12
_CHUNK: Final = 32
"""Times asked at once, twice as many each time: the last one that is proven mostly lies near the end."""


def upper_share(share: NDArray[np.float64], n: NDArray[np.float64], confidence: float) -> NDArray[np.float64]:
    """Return the exact upper bound of a share seen as `share` among `n` calls (n may be fractional)."""
    slow = np.clip(n * share, 0.0, n)
    return np.where(slow >= n, 1.0, special.betaincinv(slow + 1.0, np.maximum(n - slow, 1e-300), confidence))


def lower_share(share: NDArray[np.float64], n: NDArray[np.float64], confidence: float) -> NDArray[np.float64]:
    """Return the exact lower bound of a share seen as `share` among `n` calls (n may be fractional)."""
    slow = np.clip(n * share, 0.0, n)
    return np.where(
        slow <= 0.0, 0.0, special.betaincinv(np.maximum(slow, 1e-300), n - slow + 1.0, 1.0 - confidence)
    )


def upper_ms(table: SurvivalTable, p: float, confidence: float, design_effect: float = 1.0) -> int | None:
    """Return U: the p-quantile is at most U ms with this confidence; None where the data reach no bound.

    The first time t at which "the quantile is at most t" reaches the confidence is the binomial order
    statistic; with few calls its confidence is higher than asked (98.2 % for the largest of 400) and far out
    in a heavy tail. Hutson 1999 goes back from it towards the call before, to the fractional number of slower
    calls with exactly the confidence asked for; on a log scale, because tails are wide. At n = 400 U is
    typically 5-19 % lower and still covers 94-98 % on every shape tried
    (tests/unit/analysis/statistics/test_bound_coverage.py).
    """
    # The bound of the share lies above the share itself, so only the tail below 1-p can qualify.
    tail = int(np.searchsorted(-table.share, -(1.0 - p) - SHARE_SLACK, side="left"))
    n = table.n_eff[tail:] / design_effect
    good = np.flatnonzero(_sure(n * table.share[tail:], n, p) >= confidence - SURE_SLACK)
    if not good.size:
        return None
    index = tail + int(good[0])
    high = int(table.t_ms[index])
    if index == 0:
        return high
    # Several calls may have ended in this millisecond: only the first of them has another time before it.
    many, before, after = float(table.ended[index]), table.share[index - 1], table.share[index]
    first = n[good[0]] * (after + (before - after) * (many - 1.0) / many)
    worth = float(table.n_eff[index - 1]) / design_effect
    ends = (first, float(n[good[0]])), (worth * before, worth)
    between = _as_sure_as(confidence, *ends, p, (int(table.t_ms[index - 1]), high))
    return min(max(between, int(table.t_ms[tail])), high)


def _as_sure_as(
    confidence: float,
    last: tuple[float, float],
    before: tuple[float, float],
    p: float,
    between_ms: tuple[int, int],
) -> int:
    """When (ms) from call `before` to call `last` the confidence is reached; each is (slower, of n)."""
    near, far = 0.0, 1.0
    if not _sure_at(near, last, before, p) < confidence <= _sure_at(far, last, before, p):
        return between_ms[1]
    for _ in range(40):
        if _on_log_scale(near, *between_ms) == _on_log_scale(far, *between_ms):
            break  # nearer, it would be the same millisecond
        middle = (near + far) / 2.0
        near, far = (near, middle) if _sure_at(middle, last, before, p) >= confidence else (middle, far)
    return _on_log_scale(far, *between_ms)


def _on_log_scale(part: float, low_ms: int, high_ms: int) -> int:
    return math.ceil(low_ms * math.exp(part * math.log(high_ms / low_ms)) - 1e-6)


def _sure_at(part: float, last: tuple[float, float], before: tuple[float, float], p: float) -> float:
    slow, n = part * last[0] + (1.0 - part) * before[0], part * last[1] + (1.0 - part) * before[1]
    return float(special.betainc(slow + 1.0, max(n - slow, 1e-300), 1.0 - p))


def _sure(slow: NDArray[np.float64], n: NDArray[np.float64], p: float) -> NDArray[np.float64]:
    """Confidence that the p-quantile is at most the time that `slow` of `n` calls exceed."""
    return np.asarray(special.betainc(slow + 1.0, np.maximum(n - slow, 1e-300), 1.0 - p))


def lower_ms(
    table: SurvivalTable, counts: LatencyCounts, p: float, confidence: float, design_effect: float = 1.0
) -> int | None:
    """Return L: the p-quantile is proven to be above L ms; None where nothing is proven.

    The better of two proofs: the Kaplan-Meier share at the times where calls ended, and the plain count
    of calls that were seen to last longer than t (it reaches past the last call that ended, up to the
    timeout that cut the rest off).
    """
    if table.total == 0:
        return None
    best = _proven_by_curve(table, p, confidence, design_effect)
    enough = _fewest_that_prove(table.total / design_effect, p, confidence)
    by_count = _last_with(enough * design_effect, table, counts)
    proven = [value for value in (best, by_count) if value is not None]
    return max(proven) if proven else None


def _doubt(slow: NDArray[np.float64], n: NDArray[np.float64], p: float) -> NDArray[np.float64]:
    """Chance to see at least `slow` of `n` calls exceed a time that at most a share 1-p exceeds."""
    seen = np.clip(slow, 0.0, n)
    return np.where(seen <= 0.0, 1.0, special.betainc(np.maximum(seen, 1e-300), n - seen + 1.0, 1.0 - p))


@lru_cache(maxsize=4096)
def _fewest_that_prove(n: float, p: float, confidence: float) -> float:
    """How many of `n` calls (fractional, too) must exceed a time to prove the p-quantile above it, or inf."""
    if (1.0 - p) ** n >= 1.0 - confidence:
        return math.inf
    low, high = 0.0, n
    for _ in range(60):
        middle = (low + high) / 2.0
        proven = special.betainc(max(middle, 1e-300), n - middle + 1.0, 1.0 - p) < 1.0 - confidence
        low, high = (low, middle) if proven else (middle, high)
    return high


def calls_for_a_bound(p: float, confidence: float, slower: int = 0) -> int:
    """Return how many independent calls a bound needs at least above which `slower` of them lie.

    For p99 at 95 %: 299 if the bound may be the slowest of them (Wilks 1941), 473 if one was cut off before
    it ended.
    """
    low = math.ceil(math.log(1.0 - confidence) / math.log(p) - 1e-9)
    if not slower:
        return low
    low, high = slower, 2 * max(slower, low)
    while special.betainc(slower + 1.0, high - slower, 1.0 - p) < confidence:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        sure = special.betainc(slower + 1.0, middle - slower, 1.0 - p) >= confidence
        low, high = (low, middle) if sure else (middle, high)
    return high


def _proven_by_curve(table: SurvivalTable, p: float, confidence: float, design_effect: float) -> int | None:
    """Last time at which the share is proven to be above 1-p, searched from the end in chunks."""
    stop, chunk = table.t_ms.size, _CHUNK
    while stop > 0:
        part = slice(max(0, stop - chunk), stop)
        n = table.n_eff[part] / design_effect
        proven = np.flatnonzero(_doubt(n * table.share[part], n, p) < 1.0 - confidence)
        if proven.size:
            return int(table.t_ms[part][proven[-1]])
        stop, chunk = part.start, 2 * chunk
    return None


def _last_with(many: float, table: SurvivalTable, counts: LatencyCounts) -> int | None:
    """Return the last millisecond that at least so many calls are known to outlast, or None.

    A call that ended at t outlasts t - 1, one that was cut off at t outlasts t.
    """
    cut_off = np.flatnonzero(counts.censored != 0)
    outlasted = np.concatenate([table.t_ms - 1, cut_off])
    order = np.argsort(outlasted, kind="stable")[::-1]
    calls = np.concatenate([table.ended, counts.censored[cut_off]])[order].cumsum()
    first = int(np.searchsorted(calls, many))
    return int(outlasted[order[first]]) if first < calls.size else None
