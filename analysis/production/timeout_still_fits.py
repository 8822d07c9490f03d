"""Does production still fit the timeout that is in force? (docs/method.md, "Production telemetry")"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.number_words import percent
from analysis.production.hourly_counts import BucketCounts, consistent, exceedance
from analysis.recommend_settings import RecommendSettings
from analysis.statistics.confidence_bounds import lower_share, upper_share

Fit = Literal["fits", "drifted", "cannot tell"]


@dataclass(frozen=True, slots=True)
class Drift:
    """Is the share of executions the timeout cuts off still at most what was accepted (1 % for p99)?"""

    verdict: Fit
    reason: str
    share: float | None = None
    lower: float | None = None
    upper: float | None = None


def drift(production: BucketCounts, timeout_s: int, settings: RecommendSettings | None = None) -> Drift:
    """Return whether production still fits a timeout in force: the share at least that slow, with bounds."""
    settings = settings or RecommendSettings()
    counts, _ = consistent(production)
    at = exceedance(counts, timeout_s)
    if not at.executions.sum():
        return Drift("cannot tell", f"no execution was observed up to {timeout_s} s")
    share, n = np.array([at.share]), np.array([at.n_eff])
    low = float(lower_share(share, n, settings.confidence)[0])
    high = float(upper_share(share, n, settings.confidence)[0])
    accepted = 1.0 - settings.percentile
    reach = f"{percent(at.share)} of executions reach" if at.share > 0 else "no execution reaches"
    text = f"{reach} {timeout_s} s (accepted: {percent(accepted)})"
    if low > accepted:
        return Drift("drifted", f"{text}: the timeout does not fit, measure again", at.share, low, high)
    if high <= accepted + 1e-12:
        return Drift("fits", text, at.share, low, high)
    return Drift("cannot tell", f"{text}, with too few executions to decide", at.share, low, high)
