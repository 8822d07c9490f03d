"""One estimate from one set of calls: quantiles, design effect, bounds (docs/method.md, "The bound")."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from analysis.long_arrays.growing import grown
from analysis.recommend_settings import RecommendSettings
from analysis.runs.even_pace import times_at_even_pace
from analysis.samples.action_calls import Calls
from analysis.statistics.confidence_bounds import lower_ms, upper_ms
from analysis.statistics.design_effect import clustering_at
from analysis.statistics.kaplan_meier import SurvivalTable, first_at_most, kaplan_meier
from analysis.statistics.latency_counts import LatencyCounts, added, count_latencies
from analysis.statistics.timed_calls import TimedCalls
from analysis.timeout_rule import timeout_for

VENDORS_PERCENTILE: Final = 0.99
"""Of the vendor's rule of thumb, 3 x p99 (docs/genesys-api.md, "Timeouts")."""
FEWEST_FOR_P99: Final = 100
"""Of fewer calls, none is a hundredth."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """The estimate of one set of calls. Times in ms, None where the data do not reach them."""

    table: SurvivalTable
    samples: int
    ok: int
    p50_ms: int | None
    p95_ms: int | None
    quantile_ms: int | None
    """The quantile the settings ask for (p99)."""
    upper_ms: int | None
    lower_ms: int | None
    confidence: float
    """Of the upper bound: that of the settings, or of the look that stopped the measurement."""
    design_effect: float
    timeout_s: int | None
    """Whole seconds before cap: max(U, p99 + buffer) or U + buffer; None where there is no bound."""
    p99_ms: int | None
    """p99 whichever quantile the settings ask for: the vendor's rule of thumb begins with it. None with fewer
    calls than FEWEST_FOR_P99, too."""
    successes_quantile_ms: int | None
    """The quantile of the settings among the calls that ended alone, as whoever throws the others away."""

    @property
    def n_eff(self) -> float:
        """How many independent calls these calls are worth."""
        return self.samples / self.design_effect


def estimate(
    calls: Calls,
    settings: RecommendSettings,
    *,
    confidence: float | None = None,
    counts: LatencyCounts | None = None,
) -> Estimate:
    """Return the estimate of one load level's calls (classified, on the right clock, warm-up cut).

    `confidence` of the upper bound: the settings' unless given (one look among many needs a higher confidence
    than all of them together). `counts` of these calls, where they are known.
    """
    if counts is None:
        counts = counts_of(calls)
    found = estimate_of_counts(
        counts,
        settings,
        lambda at_ms: clustering_at(at_ms, timed_calls(calls)),
        at_least_ms=_at_even_pace_ms(calls, settings.percentile),
        confidence=confidence,
    )
    return replace(found, ok=calls.events())  # those that ended after all that is counted, too


def estimate_of_counts(
    counts: LatencyCounts,
    settings: RecommendSettings,
    design_effect_at: Callable[[int], float],
    *,
    at_least_ms: int = 0,
    confidence: float | None = None,
) -> Estimate:
    """Return the estimate of calls that were counted by the millisecond.

    `design_effect_at` gives their design effect in the calls slower than a time (ms). Neither the quantile
    nor its bound is below `at_least_ms`. `confidence`: as in `estimate`.
    """
    table = kaplan_meier(counts)
    p = settings.percentile
    quantile, level = table.quantile_ms(p), table.quantile_or_last_ms(p)
    if quantile is not None:
        quantile = level = max(quantile, at_least_ms)
    effect = 1.0 if level is None else design_effect_at(level)
    sure = settings.confidence if confidence is None else confidence
    upper = upper_ms(table, p, sure, effect)
    if upper is not None:
        upper = max(upper, at_least_ms)
    return Estimate(
        table=table,
        samples=table.total,
        ok=int(table.ended.sum()),
        p50_ms=table.quantile_ms(0.5),
        p95_ms=table.quantile_ms(0.95),
        quantile_ms=quantile,
        upper_ms=upper,
        lower_ms=lower_ms(table, counts, p, settings.confidence, effect),
        confidence=sure,
        design_effect=effect,
        timeout_s=None if upper is None or quantile is None else timeout_for(quantile, upper, settings),
        p99_ms=table.quantile_ms(VENDORS_PERCENTILE) if table.total >= FEWEST_FOR_P99 else None,
        successes_quantile_ms=first_at_most(table.t_ms, table.share_of_ended(), p),
    )


def timed_calls(calls: Calls) -> TimedCalls:
    """Return when these calls were made and how long each lasted."""
    return TimedCalls(
        calls.started_at,
        calls.latency_ms,
        grown(np.bool_, (piece.event for piece in calls.pieces())),
        calls.run,
        grown(np.float64, (piece.limit_ms for piece in calls.pieces())),
    )


def counts_of(calls: Calls) -> LatencyCounts:
    """Return these calls counted by the millisecond."""
    return added(count_latencies(piece.latency_ms, piece.event) for piece in calls.pieces())


def _at_even_pace_ms(calls: Calls, p: float) -> int:
    """Return the quantile where every window counts for the same; 0 where all do, or it lies beyond."""
    times = times_at_even_pace(calls)
    if times is None:
        return 0
    counts = count_latencies(np.repeat(calls.latency_ms, times), np.repeat(calls.event, times))
    return kaplan_meier(counts).quantile_ms(p) or 0
