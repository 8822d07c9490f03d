"""Production telemetry by the hour: counts per whole second, and exact times where the platform tells them.

Executions slower than the timeout in force were cut off by it and count as slower than every second below
it. Those that failed count as slower than the time they took, as in a test (docs/method.md, "Calls that
count").
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.statistics.design_effect import design_effect
from analysis.statistics.latency_counts import LatencyCounts

MIN_HOURS: Final = 10
"""Fewer hours cannot show whether slow executions come in bursts."""


@dataclass(frozen=True, slots=True)
class ExactTimes:
    """One hour's executions in whole milliseconds, rounded up and in order; what was cut off is not here."""

    ended_ms: tuple[int, ...]
    """Those that ended before the timeout."""
    failed_ms: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class HourCounts:
    """Executions of one hour: `below[k-1]` of `total` took less than k seconds, k = 1.. the timeout in force.

    `started_at` is the hour's start in Unix seconds. `total` holds those that ended and those that were cut
    off; those that failed are beside it, as far as the platform tells them apart.
    """

    started_at: float
    total: int
    below: tuple[int, ...]
    failed: tuple[int, ...] = ()
    """How many failed in each whole second from 0 on; empty: none, or unknown."""
    exact: ExactTimes | None = None
    """The same executions to the millisecond; None: not known."""

    @property
    def executions(self) -> int:
        """Return all executions of the hour, those that failed included."""
        return max(self.total, 0) + sum(self.failed)

    @property
    def cut_off(self) -> int:
        """Return how many the timeout in force ended."""
        return self.total - self.below[-1]


@dataclass(frozen=True, slots=True)
class BucketCounts:
    """One action's production, hour by hour; hours without executions may be left out."""

    action_id: str
    hours: tuple[HourCounts, ...]
    outcomes_known: bool = False
    """Whether the platform's words tell what failed and what was cut off from what ended."""

    @property
    def executions(self) -> int:
        """Executions in all hours."""
        return sum(hour.executions for hour in self.hours)

    @property
    def failed(self) -> int:
        """Executions known to have failed in all hours."""
        return sum(sum(hour.failed) for hour in self.hours)

    @property
    def to_the_millisecond(self) -> bool:
        """Return whether every hour has exact times; False without an hour."""
        return bool(self.hours) and all(hour.exact is not None for hour in self.hours)

    def without_failures(self) -> "BucketCounts":
        """Return the executions that ended or were cut off."""
        if not self.failed:
            return self
        return replace(self, hours=tuple(_without_failures(hour) for hour in self.hours))


@dataclass(frozen=True, slots=True)
class Exceedance:
    """Per hour: executions that took at least `edge_s` seconds, and executions that could show it."""

    edge_s: int
    slower: NDArray[np.float64]
    executions: NDArray[np.float64]
    design_effect: float

    @property
    def share(self) -> float:
        """Share of executions that took at least `edge_s` seconds."""
        return float(self.slower.sum() / max(self.executions.sum(), 1.0))

    @property
    def n_eff(self) -> float:
        """How many independent executions they are worth."""
        return float(self.executions.sum()) / self.design_effect


def consistent(counts: BucketCounts) -> tuple[BucketCounts, int]:
    """Return counts that do not contradict each other, and the number of hours that had to be corrected.

    `below` never falls and never exceeds `total`; where it does, the smaller number is used, so that a
    corrected execution counts as slow. The platform does not document whether late executions may be
    missing from one of several queries.
    """
    corrected = 0
    hours = []
    for hour in counts.hours:
        total = max(hour.total, 0)
        falling = accumulate((min(max(count, 0), total) for count in reversed(hour.below)), min)
        values = tuple(falling)[::-1]
        failed = tuple(max(count, 0) for count in hour.failed)
        exact = hour.exact if _fits(hour.exact, values, failed) else None
        sound = replace(hour, total=total, below=values, failed=failed, exact=exact)
        corrected += sound != hour
        if sound.executions and values:
            hours.append(sound)
    return replace(counts, hours=tuple(hours)), corrected


def per_second(times_ms: Sequence[int], seconds: int) -> tuple[int, ...]:
    """Return how many times lie in each whole second, the last one without an end; `seconds` + 1 counts."""
    counted = np.bincount(np.minimum(np.array(times_ms, np.int64) // 1000, seconds), minlength=seconds + 1)
    return tuple(int(count) for count in counted)


def to_latency_counts(counts: BucketCounts) -> LatencyCounts:
    """Return the counts with each execution at the upper edge of its second; the cut-off ones censored, those
    that failed at the lower edge of theirs."""
    longest = max((len(hour.below) for hour in counts.hours), default=0)
    events = np.zeros(longest * 1000 + 1, dtype=np.int64)
    censored = np.zeros(longest * 1000 + 1, dtype=np.int64)
    for hour in counts.hours:
        each = np.diff(np.array([0, *hour.below]))
        events[1000 * np.arange(1, each.size + 1)] += each
        censored[1000 * each.size] += hour.cut_off
        np.add.at(censored, 1000 * np.minimum(np.arange(len(hour.failed)), each.size), hour.failed)
    return LatencyCounts(events, censored)


def exceedance(counts: BucketCounts, edge_s: int) -> Exceedance:
    """Return how many executions took at least `edge_s` s; hours with a shorter timeout cannot show it.

    What failed sooner cannot show it either.
    """
    hours = [hour for hour in counts.hours if len(hour.below) >= edge_s]
    late = np.array([sum(hour.failed[edge_s:]) for hour in hours], dtype=np.float64)
    executions = np.array([hour.total for hour in hours], dtype=np.float64) + late
    slower = executions - np.array([hour.below[edge_s - 1] for hour in hours], dtype=np.float64)
    effect = design_effect(slower, executions) if len(hours) >= MIN_HOURS else 1.0
    return Exceedance(edge_s, slower, executions, effect)


def _without_failures(hour: HourCounts) -> HourCounts:
    """One that lasted the whole timeout was cut off by it, whatever its word is: words may have
    changed since they were learnt, and no timeout is lost by that."""
    exact = None if hour.exact is None else ExactTimes(hour.exact.ended_ms)
    cut_off = sum(hour.failed[len(hour.below) :])
    return replace(hour, total=hour.total + cut_off, failed=(), exact=exact)


def _fits(exact: ExactTimes | None, below: tuple[int, ...], failed: tuple[int, ...]) -> bool:
    """Whether exact times are those that were counted."""
    if exact is None or len(exact.ended_ms) != below[-1] or len(exact.failed_ms) != sum(failed):
        return False
    edges = np.arange(1, len(below) + 1) * 1000
    return bool((np.searchsorted(np.array(exact.ended_ms, np.int64), edges) == np.array(below)).all())
