"""From production's counts to the estimate and its bounds (docs/method.md, "Production telemetry").

Whole seconds lose nothing that matters, because the setting is in whole seconds: the bound is the first whole
second that at most 1 % of executions exceed, with the confidence asked for. Where every execution is known to
the millisecond, the estimate is made as from a test. Where some hours are, all executions decide the second,
and those of these hours the millisecond within it.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analysis.estimates.estimate import FEWEST_FOR_P99, VENDORS_PERCENTILE, Estimate, estimate_of_counts
from analysis.production.hourly_counts import (
    MIN_HOURS,
    BucketCounts,
    ExactTimes,
    exceedance,
    to_latency_counts,
)
from analysis.recommend_settings import RecommendSettings
from analysis.statistics.confidence_bounds import SURE_SLACK, lower_share, upper_share
from analysis.statistics.design_effect import design_effect
from analysis.statistics.kaplan_meier import first_at_most, kaplan_meier
from analysis.statistics.latency_counts import LatencyCounts
from analysis.timeout_rule import timeout_for


def estimate_from_buckets(counts: BucketCounts, settings: RecommendSettings) -> Estimate:
    """Return the estimate of counts that do not contradict each other (`hourly_counts.consistent`)."""
    if counts.to_the_millisecond:
        return _by_the_millisecond(counts, settings)
    found = _by_the_second(counts, settings)
    exact = tuple(hour for hour in counts.hours if hour.exact is not None)
    if not exact:
        return found
    return _refined(found, _by_the_millisecond(BucketCounts(counts.action_id, exact), settings), settings)


def _refined(whole: Estimate, part: Estimate, settings: RecommendSettings) -> Estimate:
    """The estimate of all executions; times of a part of them wherever they lie in the same second."""
    quantile = _within(part.quantile_ms, whole.quantile_ms)
    upper = _within(part.upper_ms, whole.upper_ms)
    return replace(
        whole,
        p50_ms=_within(part.p50_ms, whole.p50_ms),
        p95_ms=_within(part.p95_ms, whole.p95_ms),
        quantile_ms=quantile,
        upper_ms=upper,
        timeout_s=None if upper is None or quantile is None else timeout_for(quantile, upper, settings),
        p99_ms=_within(part.p99_ms, whole.p99_ms),
        successes_quantile_ms=_within(part.successes_quantile_ms, whole.successes_quantile_ms),
    )


def _within(part_ms: int | None, whole_ms: int | None) -> int | None:
    """A part's time, where all executions place it in the same second; else theirs."""
    if part_ms is None or whole_ms is None:
        return whole_ms
    return part_ms if -(-part_ms // 1000) == -(-whole_ms // 1000) else whole_ms


def _by_the_millisecond(counts: BucketCounts, settings: RecommendSettings) -> Estimate:
    """As from a test's calls; the design effect comes from the hours."""
    return estimate_of_counts(_latencies(counts), settings, lambda at_ms: _effect_at(counts, at_ms))


def _latencies(counts: BucketCounts) -> LatencyCounts:
    """Each execution at its own millisecond; what was cut off and what failed censored."""
    longest = max((len(hour.below) for hour in counts.hours), default=0) * 1000
    events, censored = np.zeros(longest + 1, dtype=np.int64), np.zeros(longest + 1, dtype=np.int64)
    for hour in counts.hours:
        limit_ms = 1000 * len(hour.below)
        censored[limit_ms] += hour.cut_off
        if hour.exact is not None:
            _add(events, hour.exact.ended_ms, 1, limit_ms)
            _add(censored, hour.exact.failed_ms, 0, limit_ms)
    return LatencyCounts(events, censored)


def _add(counts: NDArray[np.int64], times_ms: Sequence[int], least: int, most: int) -> None:
    """Count the times; those below `least` or above `most` as if they were that."""
    if times_ms:  # thousands of hours are added up, and in most nothing failed
        np.add.at(counts, np.clip(np.array(times_ms, np.int64), least, most), 1)


def _effect_at(counts: BucketCounts, at_ms: int) -> float:
    """How many executions are worth one independent one, by how far the hours differ in slower ones."""
    hours = [hour for hour in counts.hours if 1000 * len(hour.below) >= at_ms]
    if len(hours) < MIN_HOURS:
        return 1.0
    slower, executions = [], []
    for hour in hours:
        times = hour.exact or ExactTimes(())
        late = sum(ms > at_ms for ms in times.failed_ms)
        slower.append(float(sum(ms > at_ms for ms in times.ended_ms) + hour.cut_off + late))
        executions.append(float(hour.total + late))
    return design_effect(np.array(slower), np.array(executions))


def _by_the_second(counts: BucketCounts, settings: RecommendSettings) -> Estimate:
    """Quantiles are interpolated within their second, bounds lie on whole seconds."""
    table = kaplan_meier(to_latency_counts(counts))
    p = settings.percentile
    edge = table.quantile_or_last_ms(p)
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
