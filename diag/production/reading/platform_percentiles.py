"""The platform's own p95 and p99 beside the executions that were counted: do they agree?"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, islice, repeat
from typing import Final

import numpy as np

from analysis.production.hourly_counts import BucketCounts, HourCounts
from analysis.statistics.kaplan_meier import WATCHED_SLACK

_ROUNDING_MS: Final = 1.0
_LEVELS: Final = (0.95, 0.99)

_Ranks = tuple[int, int]
_Between = tuple[float, float | None]


@dataclass(frozen=True, slots=True)
class PlatformPercentiles:
    """What the platform reports, ms (None: not reported), and between which times the counts place it."""

    p95_ms: float | None
    p99_ms: float | None
    p95_counted_ms: _Between
    p99_counted_ms: _Between

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
    p95_counted_ms, p99_counted_ms = _places(counts)
    return PlatformPercentiles(p95_ms, p99_ms, p95_counted_ms, p99_counted_ms)


def _lies(said_ms: float | None, counted_ms: _Between) -> bool:
    low, high = counted_ms
    return said_ms is None or (said_ms >= low and (high is None or said_ms <= high))


def _places(counts: BucketCounts) -> list[_Between]:
    """The times between which each percentile lies, whichever of its neighbours a convention takes."""
    number = counts.executions
    ranks = [
        (min(max(math.floor(level * number), 1), number), min(math.ceil(level * number) + 1, number))
        for level in _LEVELS
    ]
    return _exactly(counts, ranks) if counts.to_the_millisecond else _by_the_second(counts, ranks)


def _exactly(counts: BucketCounts, ranks: Sequence[_Ranks]) -> list[_Between]:
    known = [hour.exact for hour in counts.hours if hour.exact is not None]
    times = np.sort(np.array([ms for one in known for ms in (*one.ended_ms, *one.failed_ms)], np.float64))
    longest_ms = max(len(hour.below) for hour in counts.hours) * 1e3

    def between(first: int, last: int) -> _Between:
        low = float(times[first - 1]) if first <= times.size else WATCHED_SLACK * longest_ms
        high = float(times[last - 1]) + _ROUNDING_MS if last <= times.size else None
        return max(low - 2 * _ROUNDING_MS, 0.0), high

    return [between(first, last) for first, last in ranks]


def _by_the_second(counts: BucketCounts, ranks: Sequence[_Ranks]) -> list[_Between]:
    longest = max(len(hour.below) for hour in counts.hours)
    faster = [sum(each) for each in zip(*(_below_each(hour, longest) for hour in counts.hours), strict=True)]

    def second_of(rank: int) -> int:
        return next((second for second, many in enumerate(faster) if many >= rank), longest)

    def between(first: int, last: int) -> _Between:
        begin, end = second_of(first), second_of(last)
        low = begin * 1e3 * (WATCHED_SLACK if begin == longest else 1.0) - _ROUNDING_MS
        return max(low, 0.0), None if end == longest else (end + 1) * 1e3 + _ROUNDING_MS

    return [between(first, last) for first, last in ranks]


def _below_each(hour: HourCounts, seconds: int) -> Iterator[int]:
    """Yield how many executions of an hour took less than 1, 2, .. `seconds` seconds."""
    ended = chain(hour.below, repeat(hour.below[-1] if hour.below else 0))
    failed = chain(accumulate(hour.failed), repeat(sum(hour.failed)))
    return (ends + fails for ends, fails in islice(zip(ended, failed, strict=False), seconds))
