"""Latencies as counts per whole millisecond: small, exact enough, and they add up.

Every later step (Kaplan-Meier, bounds, quantiles) needs only these counts, so ten million calls and
ten workers cost no more than a few thousand. Times are rounded UP to the millisecond, so that no
bound is ever lowered by rounding.

A run is not kept as counts alone. Which calls count at all is decided by their start (warm-up, lag, exact
repeats), and bursts, halves and time coverage need their order: so reading keeps the few columns this
takes, on disk where there are many (`analysis.long_arrays`), and each part is counted once; parts of a level
(its warm-up and the rest) are then added, never counted again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.long_arrays.pieces import walk

MAX_MS: Final = 120_000
"""Longer calls count as "slower than 120 s": no timeout can be longer than 60 s."""

ROUNDING_SLACK_MS: Final = 1e-6
"""100.00000000001 ms is 100 ms: sums of floats miss whole milliseconds by a last digit."""


@dataclass(frozen=True, slots=True)
class LatencyCounts:
    """`events[t]` calls ended at t ms; `censored[t]` were only seen to last longer than t ms."""

    events: NDArray[np.int64]
    censored: NDArray[np.int64]

    @property
    def total(self) -> int:
        """Number of calls, ended and censored."""
        return int(self.events.sum() + self.censored.sum())

    def __add__(self, other: "LatencyCounts") -> "LatencyCounts":
        """Counts of both: merging parts equals counting the whole."""
        return LatencyCounts(_add(self.events, other.events), _add(self.censored, other.censored))


def count_latencies(latency_ms: NDArray[np.float64], event: NDArray[np.bool_]) -> LatencyCounts:
    """Count calls per millisecond; `event` is True where the call ended, False where it was cut off.

    Latencies must be finite; below 1 ms counts as 1 ms, above MAX_MS as censored at MAX_MS.
    """
    return added(_count(latency, ended) for latency, ended in walk(latency_ms, event))


def added(parts: Iterable[LatencyCounts]) -> LatencyCounts:
    """Return the counts of all parts together."""
    each = list(parts) or [LatencyCounts(np.zeros(0, np.int64), np.zeros(0, np.int64))]
    return sum(each[1:], each[0])


def _count(latency_ms: NDArray[np.float64], event: NDArray[np.bool_]) -> LatencyCounts:
    bins = np.ceil(np.clip(latency_ms, 1.0, MAX_MS + 1.0) - ROUNDING_SLACK_MS).astype(np.int64)
    beyond = bins > MAX_MS
    ended = event & ~beyond
    bins = np.where(beyond, MAX_MS, bins)
    return LatencyCounts(np.bincount(bins[ended]), np.bincount(bins[~ended]))


def _add(a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.int64]:
    if a.size < b.size:
        a, b = b, a
    out = a.astype(np.int64)
    out[: b.size] += b
    return out
