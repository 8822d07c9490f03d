"""Production telemetry as the small tables the report draws, beside a test or by itself."""

from dataclasses import replace
from typing import Final, Literal

import numpy as np

from analysis.format.sample_schema import Outcome
from analysis.production.estimate_from_buckets import estimate_from_buckets
from analysis.production.hourly_counts import BucketCounts, HourCounts, consistent
from analysis.recommend_settings import RecommendSettings
from analysis.statistics.survival_band import curve_with_band
from analysis.statistics.survival_curve import SurvivalCurve
from analysis.views.summary import MIN_FOR_P99, ActionSummary, Histogram, ProductionFinding, Series, TimeBin

MAX_TIME_BINS: Final = 120
HOUR_S: Final = 3600.0
_HOURS_A_SLICE: Final = (1, 2, 3, 4, 6, 8, 12, 24)


def summarise_production(
    raw: BucketCounts, name: str, finding: ProductionFinding, settings: RecommendSettings
) -> ActionSummary:
    """Return the summary of an action judged by its production: curve, distribution, hours."""
    counts, _ = consistent(raw)
    ended = sum(hour.below[-1] for hour in counts.hours)
    cut_off = sum(hour.cut_off for hour in counts.hours)
    outcomes = {
        Outcome.OK.value: ended,
        Outcome.TIMEOUT.value: cut_off,
        Outcome.BACKEND_ERROR.value: counts.failed,
    }
    return ActionSummary(
        action_id=raw.action_id,
        action_name=name,
        calls=counts.executions,
        outcomes={outcome: number for outcome, number in outcomes.items() if number},
        histogram=_histogram(counts),
        survival=_curve(counts, settings),
        timeline=_timeline(counts, settings),
        production=finding,
    )


def beside_a_test(
    test: ActionSummary, raw: BucketCounts, finding: ProductionFinding, settings: RecommendSettings
) -> ActionSummary:
    """Return a test's summary with production's curve and distribution as a series of its own."""
    counts, _ = consistent(raw)
    return _with_series(
        test, "production", counts.executions, _curve(counts, settings), _histogram(counts), finding
    )


def beside_production(production: ActionSummary, test: ActionSummary) -> ActionSummary:
    """Return production's summary with a test's curve and distribution as a series of its own."""
    return _with_series(production, "test", test.calls, test.survival, test.histogram, production.production)


def _with_series(
    base: ActionSummary,
    name: Literal["production", "test"],
    calls: int,
    curve: SurvivalCurve | None,
    histogram: Histogram | None,
    finding: ProductionFinding | None,
) -> ActionSummary:
    if curve is None or not curve.t_ms:
        return replace(base, production=finding)
    return replace(base, production=finding, series=(*base.series, Series(name, calls, curve, histogram)))


def _curve(counts: BucketCounts, settings: RecommendSettings) -> SurvivalCurve | None:
    """Steps lie on whole seconds where what happened within a second is unknown."""
    found = estimate_from_buckets(counts, settings)
    return curve_with_band(found.table, settings.confidence, design_effect=found.design_effect)


def _histogram(counts: BucketCounts) -> Histogram | None:
    """Executions per whole second; the cut-off ones lie in the second after their timeout."""
    longest = max((len(hour.below) for hour in counts.hours), default=0)
    if not longest:
        return None
    ended, cut_off, failed = (np.zeros(longest + 1, dtype=int) for _ in range(3))
    for hour in counts.hours:
        ended[: len(hour.below)] += np.diff(np.array([0, *hour.below]))
        cut_off[len(hour.below)] += hour.cut_off
        np.add.at(failed, np.minimum(np.arange(len(hour.failed)), longest), hour.failed)
    edges = tuple(float(second * 1000) for second in range(longest + 2))
    return Histogram(edges, tuple(ended.tolist()), tuple(cut_off.tolist()), tuple(failed.tolist()))


def _timeline(counts: BucketCounts, settings: RecommendSettings) -> tuple[TimeBin, ...]:
    """Equal slices of whole hours, at most MAX_TIME_BINS; slices without executions are left out."""
    if not counts.hours:
        return ()
    first = min(hour.started_at for hour in counts.hours)
    span = (max(hour.started_at for hour in counts.hours) - first) / HOUR_S + 1
    step = next((hours for hours in _HOURS_A_SLICE if span / hours <= MAX_TIME_BINS), 24) * HOUR_S
    slices: dict[int, list[HourCounts]] = {}
    for hour in counts.hours:
        slices.setdefault(int((hour.started_at - first) // step), []).append(hour)
    return tuple(
        _time_bin(BucketCounts(counts.action_id, tuple(hours)), index * step, step, settings)
        for index, hours in sorted(slices.items())
    )


def _time_bin(counts: BucketCounts, start_s: float, width_s: float, settings: RecommendSettings) -> TimeBin:
    found = estimate_from_buckets(counts, settings)
    failed = counts.failed
    return TimeBin(
        start_s=start_s,
        width_s=width_s,
        calls=found.samples,
        ok=found.ok,
        timeouts=found.samples - found.ok - failed,
        errors=failed,
        p50_ms=found.p50_ms,
        p99_ms=found.quantile_ms if found.samples >= MIN_FOR_P99 else None,
        max_ms=None,
        schedule_lag_ms=None,
    )
