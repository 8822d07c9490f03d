"""Does the test resemble production? (docs/method.md, "Production telemetry")

Shares of calls slower than a whole second are compared: a two-sample score test on effective sample sizes,
so that bursts do not make a difference look proven.
"""

import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from analysis.estimates.slow_share import SlowShare, proven, score, slow_share
from analysis.number_words import percent
from analysis.production.hourly_counts import BucketCounts, consistent, exceedance
from analysis.recommend_settings import RecommendSettings
from analysis.samples.action_calls import Calls
from analysis.statistics.confidence_bounds import calls_for_a_bound

Likeness = Literal["same", "test faster", "test slower", "cannot tell"]

TELLING_SHARE: Final = 0.05
"""Compared where about this share of production is slower: slow enough to matter, with enough calls."""
MIN_SLOW: Final = 5


@dataclass(frozen=True, slots=True)
class Resemblance:
    """`edge_s`: the whole second at which both were compared; shares of calls at least that slow."""

    verdict: Likeness
    reason: str
    edge_s: int | None = None
    production_share: float | None = None
    test_share: float | None = None


def resembles(
    production: BucketCounts, test: Calls, settings: RecommendSettings | None = None
) -> Resemblance:
    """Return whether a test's calls are as slow as production.

    `test`: the calls that its number comes from (`analysis.estimates.deciding_calls`): one load level, no
    warm-up.
    """
    settings = settings or RecommendSettings()
    counts, _ = consistent(production)
    edge = _telling_edge(counts, test)
    if edge is None:
        return Resemblance(
            "cannot tell", "production and test have no whole second in common up to which both were observed"
        )
    there = exceedance(counts, edge)
    seen = slow_share(test, edge * 1000.0)
    fewest = calls_for_a_bound(settings.percentile, settings.confidence)
    executions, slower = float(there.executions.sum()), float(there.slower.sum())
    if seen is None or seen.calls < fewest or executions < fewest:
        return Resemblance("cannot tell", f"fewer than {fewest} calls on one side", edge)
    here = seen.share
    if seen.slow + slower < MIN_SLOW:
        return Resemblance("cannot tell", "too few calls are that slow to compare", edge, there.share, here)
    z = score(seen, SlowShare(edge * 1000.0, there.share, slower, executions, there.n_eff))
    shares = f"{percent(here)} of test calls and {percent(there.share)} of production took {edge} s or longer"
    if not proven(z):
        return Resemblance("same", shares, edge, there.share, here)
    if z < 0:
        why = f"{shares}: the test is too easy (data, caches, load); rely on production"
        return Resemblance("test faster", why, edge, there.share, here)
    return Resemblance(
        "test slower", f"{shares}: the test is harder than production", edge, there.share, here
    )


def _telling_edge(counts: BucketCounts, test: Calls) -> int | None:
    """The whole second, observed in both, whose production share is nearest to TELLING_SHARE."""
    limits = test.limit_ms[np.isfinite(test.limit_ms)]
    highest = int(limits.max() // 1000) if limits.size else 60
    edges = range(1, min(highest, max((len(hour.below) for hour in counts.hours), default=0)) + 1)
    shares = {edge: exceedance(counts, edge).share for edge in edges}
    telling = {edge: share for edge, share in shares.items() if share > 0.0} or shares
    return min(telling, key=lambda edge: abs(math.log((telling[edge] + 1e-6) / TELLING_SHARE)), default=None)
