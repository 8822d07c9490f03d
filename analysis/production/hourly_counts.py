"""Production telemetry as counts per whole second and hour, and the bounds of p99 they give.

Whole-second edges lose nothing that matters, because the setting is in whole seconds
(docs/method.md, "Production telemetry"): the bound is the first whole second that at most 1 % of
executions exceed, with the confidence asked for. Executions slower than the timeout in force were cut off
by it and count as slower than every second below it.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.estimates.estimate import FEWEST_FOR_P99, VENDORS_PERCENTILE, Estimate, timeout_for
from analysis.settings import RecommendSettings
from analysis.statistics.confidence_bounds import SURE_SLACK, lower_share, upper_share
from analysis.statistics.design_effect import design_effect
from analysis.statistics.kaplan_meier import first_at_most, kaplan_meier
from analysis.statistics.latency_counts import LatencyCounts

MIN_HOURS: Final = 10
"""Fewer hours cannot show whether slow executions come in bursts."""


@dataclass(frozen=True, slots=True)
class HourCounts:
    """Executions of one hour: `below[k-1]` of `total` took less than k seconds, k = 1.. the timeout in force.

    `started_at` is the hour's start in Unix seconds.
    """

    started_at: float
    total: int
    below: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class BucketCounts:
    """One action's production, hour by hour; hours without executions may be left out."""

    action_id: str
    hours: tuple[HourCounts, ...]

    @property
    def executions(self) -> int:
        """Executions in all hours."""
        return sum(max(hour.total, 0) for hour in self.hours)


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
        below = np.clip(np.array(hour.below, dtype=int), 0, total)
        values = tuple(int(value) for value in np.minimum.accumulate(below[::-1])[::-1])
        corrected += values != hour.below or total != hour.total
        if total and values:
            hours.append(HourCounts(hour.started_at, total, values))
    return BucketCounts(counts.action_id, tuple(hours)), corrected


def to_latency_counts(counts: BucketCounts) -> LatencyCounts:
    """Return the counts with each execution at the upper edge of its second; the cut-off ones censored."""
    longest = max((len(hour.below) for hour in counts.hours), default=0)
    events = np.zeros(longest * 1000 + 1, dtype=np.int64)
    censored = np.zeros(longest * 1000 + 1, dtype=np.int64)
    for hour in counts.hours:
        per_second = np.diff(np.array([0, *hour.below]))
        events[1000 * np.arange(1, per_second.size + 1)] += per_second
        censored[1000 * per_second.size] += hour.total - hour.below[-1]
    return LatencyCounts(events, censored)


def exceedance(counts: BucketCounts, edge_s: int) -> Exceedance:
    """Return how many executions took at least `edge_s` s; hours with a shorter timeout cannot show it."""
    hours = [hour for hour in counts.hours if len(hour.below) >= edge_s]
    executions = np.array([hour.total for hour in hours], dtype=np.float64)
    slower = executions - np.array([hour.below[edge_s - 1] for hour in hours], dtype=np.float64)
    effect = design_effect(slower, executions) if len(hours) >= MIN_HOURS else 1.0
    return Exceedance(edge_s, slower, executions, effect)


def estimate_from_buckets(counts: BucketCounts, settings: RecommendSettings) -> Estimate:
    """Return the estimate; quantiles are interpolated within their second, bounds lie on whole seconds."""
    table = kaplan_meier(to_latency_counts(counts))
    p = settings.percentile
    at = table.quantile_ms(p)
    edge = at if at is not None else (int(table.t_ms[-1]) if table.t_ms.size else None)
    effect = 1.0 if edge is None else exceedance(counts, edge // 1000).design_effect
    n = table.n_eff / effect
    sure = np.flatnonzero(upper_share(table.share, n, settings.confidence) <= 1.0 - p + SURE_SLACK)
    upper = int(table.t_ms[sure[0]]) if sure.size else None
    proven = np.flatnonzero(lower_share(table.share, n, settings.confidence) > 1.0 - p)
    quantile = _interpolated_ms(table.t_ms, table.share, p)
    p99 = _interpolated_ms(table.t_ms, table.share, VENDORS_PERCENTILE)
    return Estimate(
        table=table,
        samples=table.total,
        ok=int(table.ended.sum()),
        p50_ms=_interpolated_ms(table.t_ms, table.share, 0.5),
        p95_ms=_interpolated_ms(table.t_ms, table.share, 0.95),
        quantile_ms=quantile,
        upper_ms=upper,
        lower_ms=int(table.t_ms[proven[-1]]) if proven.size else None,
        confidence=settings.confidence,
        design_effect=effect,
        timeout_s=None if upper is None or quantile is None else timeout_for(quantile, upper, settings),
        p99_ms=p99 if table.total >= FEWEST_FOR_P99 else None,
        successes_quantile_ms=_interpolated_ms(table.t_ms, table.share_of_ended(), p),
    )


def _interpolated_ms(t_ms: NDArray[np.int64], share: NDArray[np.float64], p: float) -> int | None:
    """Linear within the second that holds the quantile (seconds without executions have no edge)."""
    at = first_at_most(t_ms, share, p)
    if at is None:
        return None
    index = int(np.searchsorted(t_ms, at))
    before = float(share[index - 1]) if index else 1.0
    after = float(share[index])
    part = (before - (1.0 - p)) / (before - after) if before > after else 1.0
    return int(np.ceil(at - 1000 + 1000 * min(max(part, 0.0), 1.0)))
