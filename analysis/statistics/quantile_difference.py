"""A quantile of two sets of calls: their difference with its interval.

How it was chosen: docs/method.md, "Backend and platform".

Each side has its exact bounds (`confidence_bounds`) on its effective number of calls; the interval of the
difference is recovered from the two (MOVER: Zou & Donner 2008), which keeps their asymmetry. Where both were
called in the same minutes and both come in bursts, slow minutes are slow for both and cancel: MOVER for
correlated estimates (Zou 2008), with the correlation that the minutes show less one standard error.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import special

from analysis.statistics.confidence_bounds import lower_ms, upper_ms
from analysis.statistics.design_effect import MAX_BLOCKS, bursts_by_chance, clustering_at
from analysis.statistics.kaplan_meier import kaplan_meier
from analysis.statistics.latency_counts import count_latencies
from analysis.statistics.timed_calls import TimedCalls

FEWEST_BLOCKS: Final = 10
"""Of fewer slices of time no correlation is read."""
HIGHEST: Final = 0.98
MOVES_LEVEL: Final = 0.05
"""How often a level is said to move that does not."""


@dataclass(frozen=True, slots=True)
class BoundedQuantile:
    """A quantile in ms and its one-sided bounds; None where these calls do not show it. `design_effect`: 1
    where its slow calls come as by chance."""

    quantile_ms: int | None
    lower_ms: int | None = None
    upper_ms: int | None = None
    design_effect: float = 1.0


@dataclass(frozen=True, slots=True)
class QuantileDifference:
    """The first quantile minus the second, ms, with the ends of its two-sided interval."""

    by_ms: float
    lower_ms: float
    upper_ms: float


def bounded_quantile(calls: TimedCalls, p: float, confidence: float) -> BoundedQuantile:
    """Return the p-quantile with both bounds, each at this one-sided confidence."""
    counts = count_latencies(calls.latency_ms, calls.event)
    table = kaplan_meier(counts)
    quantile = table.quantile_ms(p)
    if quantile is None:
        return BoundedQuantile(None)
    effect = clustering_at(quantile, calls)
    lower = lower_ms(table, counts, p, confidence, effect)
    return BoundedQuantile(
        quantile,
        None if lower is None else min(lower, quantile),
        upper_ms(table, p, confidence, effect),
        effect,
    )


def moves_at(one: TimedCalls, one_ms: float, other: TimedCalls, other_ms: float) -> bool:
    """Return whether the calls slower than each side's time come in bursts, by both sides together (Fisher's
    sum of logarithms, 1932): independent calls do at MOVES_LEVEL."""
    sides = ((one, one_ms), (other, other_ms))
    by_chance = [max(bursts_by_chance(at_ms, side), 1e-12) for side, at_ms in sides]
    both = float(special.chdtrc(2 * len(sides), -2.0 * sum(map(math.log, by_chance))))
    return both <= MOVES_LEVEL


def difference_of(
    one: BoundedQuantile, other: BoundedQuantile, correlation: float = 0.0
) -> QuantileDifference | None:
    """Return the difference with its interval; None where a quantile or a bound is unknown."""
    a, a_low, a_high = one.quantile_ms, one.lower_ms, one.upper_ms
    b, b_low, b_high = other.quantile_ms, other.lower_ms, other.upper_ms
    if a is None or b is None or a_low is None or a_high is None or b_low is None or b_high is None:
        return None
    gap = float(a - b)
    down = _combined(a - a_low, b_high - b, correlation)
    up = _combined(a_high - a, b - b_low, correlation)
    return QuantileDifference(gap, gap - down, gap + up)


def _combined(own: float, others: float, correlation: float) -> float:
    return math.sqrt(max(own**2 + others**2 - 2.0 * correlation * own * others, 0.0))


def shared_slowness(one: TimedCalls, one_ms: float, other: TimedCalls, other_ms: float) -> float:
    """Return how far the shares of calls slower than each one's time rise and fall together: the correlation
    over slices of time in which both were called, less one standard error; at least 0."""
    begin = max(one.started_at.min(), other.started_at.min())
    end = min(one.started_at.max(), other.started_at.max())
    fewest = min(one.started_at.size, other.started_at.size)
    slices = int(np.clip(math.sqrt(fewest), FEWEST_BLOCKS, MAX_BLOCKS))
    if not end > begin:
        return 0.0
    edges = np.linspace(begin, end, slices + 1)
    shares = [_slow_shares(side, at_ms, edges) for side, at_ms in ((one, one_ms), (other, other_ms))]
    both = ~np.isnan(shares[0]) & ~np.isnan(shares[1])
    first, second = (share[both] for share in shares)
    if first.size < FEWEST_BLOCKS or first.std() == 0.0 or second.std() == 0.0:
        return 0.0
    seen = float(np.clip(np.corrcoef(first, second)[0, 1], -0.999, 0.999))
    sure = math.tanh(math.atanh(seen) - 1.0 / math.sqrt(first.size - 3))  # Fisher 1921
    return min(max(sure, 0.0), HIGHEST)


def _slow_shares(calls: TimedCalls, at_ms: float, edges: NDArray[np.float64]) -> NDArray[np.float64]:
    """The share of slow calls in each slice, NaN where none was made."""
    slices = edges.size - 1
    made, slow = np.zeros(slices, dtype=np.int64), np.zeros(slices, dtype=np.int64)
    for part, slower, known in calls.slower_than(at_ms):
        known &= (part.started_at >= edges[0]) & (part.started_at <= edges[-1])
        at = np.clip(np.searchsorted(edges, part.started_at[known], side="right") - 1, 0, slices - 1)
        made += np.bincount(at, minlength=slices)
        slow += np.bincount(at[slower[known]], minlength=slices)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(made > 0, slow / made, np.nan))
