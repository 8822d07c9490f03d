"""Which verdict, and which number with it (section D, steps 10 and 11): first match wins."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from analysis.bounds import calls_for_a_bound, upper_share
from analysis.estimate import Estimate, buffer_ms
from analysis.recommendation import Verdict
from analysis.settings import RecommendSettings
from analysis.stability import Disagreement

ENOUGH_TO_BLAME_THE_TIMEOUT: Final = 0.5
"""With half the calls a bound needs (150 of 299), what hides the quantile is the cut-off, not the number."""
NEGLIGIBLE_LEFT: Final = 0.3
"""Less than this part of the tail (.3 % for p99) left beyond the last call is chance, not a cut-off."""
MOST_CALLS: Final = 10_000_000


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that the verdict of one action rests on."""

    deciding: Estimate | None
    """The load level whose number is the largest; None where no call counts."""
    lower_ms: int | None
    """Proven by any level."""
    hidden_guard: bool
    """A level without a bound is proven slower than the number of the others."""
    disagreement: Disagreement | None
    ok: int
    timeouts: int
    configurable: bool
    current_timeout_s: int


@dataclass(frozen=True, slots=True)
class Decision:
    """`timeout_s` is what to set (the present one for `ok`), None when the data allow no number."""

    verdict: Verdict
    timeout_s: int | None = None
    uncapped_s: int | None = None


def decide(evidence: Evidence, settings: RecommendSettings) -> Decision:
    """Return the first verdict that holds."""
    deciding = evidence.deciding
    wanted = deciding.timeout_s if deciding is not None else None
    if not evidence.configurable:
        return Decision(Verdict.NOT_CONFIGURABLE, None, wanted)
    if deciding is None or evidence.ok + evidence.timeouts == 0:
        return Decision(Verdict.NO_DATA)
    cap = settings.cap_s
    if wanted is not None and only_the_bound_is_over_cap(deciding, evidence.lower_ms, settings):
        return Decision(Verdict.INSUFFICIENT_SAMPLES, None, wanted)
    if (evidence.lower_ms or 0) >= cap * 1000 or (wanted or 0) > cap:
        return Decision(Verdict.OVER_CAP_USE_ASYNC, cap, wanted)
    if wanted is None:
        return Decision(_why_no_bound(deciding, settings))
    if evidence.hidden_guard:
        return Decision(Verdict.CENSORED_NEEDS_PROBE)
    if evidence.disagreement is not None:
        slower = max(evidence.disagreement.slower.timeout_s or 0, wanted)
        return Decision(Verdict.UNSTABLE, min(slower, cap), slower)
    return _against_current(deciding, wanted, evidence.current_timeout_s, settings)


def only_the_bound_is_over_cap(estimate: Estimate, lower_ms: int | None, settings: RecommendSettings) -> bool:
    """Would p99 + buffer fit below the cap, and only the uncertainty of few calls does not?

    "Make it asynchronous" would be a costly answer to a question that more calls can settle.
    """
    if estimate.timeout_s is None or estimate.quantile_ms is None or estimate.timeout_s <= settings.cap_s:
        return False
    fits = estimate.quantile_ms + buffer_ms(estimate.quantile_ms, settings) <= settings.cap_s * 1000
    return fits and (lower_ms or 0) < settings.cap_s * 1000


def calls_still_needed(estimate: Estimate, settings: RecommendSettings) -> int:
    """Return how many more calls a bound needs, if what comes looks like what came (ceil(299 D) - n)."""
    p = settings.percentile
    left = estimate.table.share_left if estimate.ok else 0.0
    if estimate.timeout_s is not None:  # there is a bound, but not below the cap
        left = estimate.table.share_slower_than(settings.cap_s * 1e3)
    low = high = calls_for_a_bound(p, settings.confidence)
    while high < MOST_CALLS and _bound_at(high, left, settings) > 1.0 - p:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _bound_at(middle, left, settings) <= 1.0 - p else (middle, high)
    if _bound_at(low, left, settings) <= 1.0 - p:
        high = low
    return max(1, math.ceil(min(high, MOST_CALLS) * estimate.design_effect) - estimate.samples)


def _bound_at(n: int, share: float, settings: RecommendSettings) -> float:
    # A hair of slack: the rule of 299 meets its own limit to the last digit.
    return float(upper_share(np.array([share]), np.array([float(n)]), settings.confidence)[0]) - 1e-12


def _why_no_bound(estimate: Estimate, settings: RecommendSettings) -> Verdict:
    enough = ENOUGH_TO_BLAME_THE_TIMEOUT * calls_for_a_bound(settings.percentile, settings.confidence)
    hidden = estimate.table.share_left > NEGLIGIBLE_LEFT * (1.0 - settings.percentile) + 1e-12
    if estimate.n_eff >= enough and hidden and estimate.samples > estimate.ok:
        return Verdict.CENSORED_NEEDS_PROBE
    return Verdict.INSUFFICIENT_SAMPLES


def _against_current(estimate: Estimate, wanted: int, current: int, settings: RecommendSettings) -> Decision:
    assert estimate.upper_ms is not None and estimate.quantile_ms is not None  # `wanted` rests on both
    safe = max(estimate.upper_ms, estimate.quantile_ms + buffer_ms(estimate.quantile_ms, settings) / 2)
    slack = max(settings.hysteresis_min_s, settings.hysteresis_ratio * wanted)
    fits = current * 1e3 >= safe and current <= min(wanted + slack, settings.cap_s)
    if settings.rule == "sum":
        fits = fits and current >= wanted
    if fits and current >= settings.floor_s:
        return Decision(Verdict.OK, current, wanted)
    return Decision(Verdict.RAISE if wanted > current else Verdict.LOWER, wanted, wanted)
