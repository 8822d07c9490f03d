"""The platform's own p95 and p99 beside the executions that were counted: do they agree?"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from analysis.production.hourly_counts import BucketCounts
from analysis.statistics.kaplan_meier import WATCHED_SLACK

_ROUNDING_MS: Final = 1.0
_LEVELS: Final = (0.95, 0.99)


@dataclass(frozen=True, slots=True)
class PlatformPercentiles:
    """What the platform reports, ms (None: not reported), and between which times the counts place it."""

    p95_ms: float | None
    p99_ms: float | None
    p95_counted_ms: tuple[float, float | None]
    p99_counted_ms: tuple[float, float | None]

    @property
    def agrees(self) -> bool:
        """Whether what is reported lies where the counts place it."""
        return _lies(self.p95_ms, self.p95_counted_ms) and _lies(self.p99_ms, self.p99_counted_ms)

    def disagreement(self) -> str | None:
        """Return a sentence where more than rounding lies between them."""
        if self.agrees:
            return None
        if _lies(self.p99_ms, self.p99_counted_ms):
            name, said, counted = "p95", self.p95_ms, self.p95_counted_ms
        else:
            name, said, counted = "p99", self.p99_ms, self.p99_counted_ms
        low, high = counted
        between = f"{low / 1e3:g} s or more" if high is None else f"{low / 1e3:g} to {high / 1e3:g} s"
        return (
            f"the platform's own {name} is {(said or 0.0) / 1e3:g} s, its counts place it at {between}: "
            "either may be an approximation, the counts decide here"
        )


def platform_percentiles(
    counts: BucketCounts, p95_ms: float | None, p99_ms: float | None
) -> PlatformPercentiles | None:
    """Return the comparison over all of `counts`; None where the platform reports none, or none was counted.

    All executions are compared, cut off and failed ones at the time they took: so does the platform.
    """
    if (p95_ms is None and p99_ms is None) or not counts.executions:
        return None
    edges = [_places(counts, level) for level in _LEVELS]
    return PlatformPercentiles(p95_ms, p99_ms, edges[0], edges[1])


def _lies(said_ms: float | None, counted_ms: tuple[float, float | None]) -> bool:
    low, high = counted_ms
    return said_ms is None or (said_ms >= low and (high is None or said_ms <= high))


def _places(counts: BucketCounts, level: float) -> tuple[float, float | None]:
    """The times between which the percentile lies, whichever of its neighbours a convention takes."""
    rank = level * counts.executions
    first = min(max(math.floor(rank), 1), counts.executions)
    last = min(math.ceil(rank) + 1, counts.executions)
    if all(hour.exact is not None for hour in counts.hours):
        return _exactly(counts, first, last)
    longest = max(len(hour.below) for hour in counts.hours)
    slower = [
        sum(_below(hour.below, hour.failed, second) for hour in counts.hours) for second in range(longest)
    ]
    begin = next((second for second, many in enumerate(slower) if many >= first), longest)
    end = next((second for second, many in enumerate(slower) if many >= last), longest)
    low = begin * 1e3 * (WATCHED_SLACK if begin == longest else 1.0) - _ROUNDING_MS
    return max(low, 0.0), None if end == longest else (end + 1) * 1e3 + _ROUNDING_MS


def _exactly(counts: BucketCounts, first: int, last: int) -> tuple[float, float | None]:
    known = [hour.exact for hour in counts.hours if hour.exact is not None]
    times = np.sort(np.array([ms for one in known for ms in (*one.ended_ms, *one.failed_ms)], np.float64))
    longest_ms = max(len(hour.below) for hour in counts.hours) * 1e3
    low = float(times[first - 1]) if first <= times.size else WATCHED_SLACK * longest_ms
    return max(low - 2 * _ROUNDING_MS, 0.0), None if last > times.size else float(
        times[last - 1]
    ) + _ROUNDING_MS


def _below(below: Sequence[int], failed: Sequence[int], second: int) -> int:
    """Executions of an hour that took less than `second` + 1 seconds."""
    ended = below[min(second, len(below) - 1)] if below else 0
    return ended + sum(failed[: second + 1])
