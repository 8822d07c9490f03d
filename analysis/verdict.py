"""Which verdict, and which number with it (section D, steps 10 and 11): first match wins."""

from dataclasses import dataclass

from analysis.bounds import calls_for_a_bound
from analysis.estimate import Estimate, buffer_ms
from analysis.recommendation import Verdict
from analysis.settings import RecommendSettings
from analysis.shortfall import (
    ENOUGH_TO_BLAME_THE_TIMEOUT,
    NEGLIGIBLE_LEFT,
    Shortfall,
    a_probe_sees_further,
)
from analysis.stability import Disagreement


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that the verdict of one action rests on."""

    deciding: Estimate | None
    """The load level that decides (`analysis.judged_levels`); None where no call counts."""
    lower_ms: int | None
    """Proven by any level."""
    disagreement: Disagreement | None
    shortfall: Shortfall | None
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
    if wanted is not None and _only_the_bound_is_over_cap(evidence, settings):
        return Decision(Verdict.INSUFFICIENT_SAMPLES, None, wanted)
    if (evidence.lower_ms or 0) >= cap * 1000 or (wanted or 0) > cap:
        return Decision(Verdict.OVER_CAP_USE_ASYNC, cap, wanted)
    if wanted is None:
        return Decision(_why_no_bound(deciding, settings))
    if evidence.disagreement is not None:
        slower = max(evidence.disagreement.slower.timeout_s or 0, wanted)
        return Decision(Verdict.UNSTABLE, min(slower, cap), slower)
    return _against_current(deciding, wanted, evidence.current_timeout_s, settings)


def _only_the_bound_is_over_cap(evidence: Evidence, settings: RecommendSettings) -> bool:
    """Would p99 + buffer fit below the cap, and only the uncertainty of few calls does not?

    "Make it asynchronous" would be a costly answer to a question that a few more calls can settle.
    """
    found, missing = evidence.deciding, evidence.shortfall
    if found is None or found.timeout_s is None or found.timeout_s <= settings.cap_s:
        return False
    if found.quantile_ms is None or missing is None or missing.calls_needed is None:
        return False
    fits = found.quantile_ms + buffer_ms(found.quantile_ms, settings) <= settings.cap_s * 1000
    open_question = (evidence.lower_ms or 0) < settings.cap_s * 1000
    return fits and open_question and missing.calls_needed <= settings.target_calls


def _why_no_bound(estimate: Estimate, settings: RecommendSettings) -> Verdict:
    enough = ENOUGH_TO_BLAME_THE_TIMEOUT * calls_for_a_bound(settings.percentile, settings.confidence)
    hidden = estimate.table.share_left > NEGLIGIBLE_LEFT * (1.0 - settings.percentile) + 1e-12
    cut_off = estimate.samples > estimate.ok
    if estimate.n_eff >= enough and hidden and cut_off and a_probe_sees_further(estimate):
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
