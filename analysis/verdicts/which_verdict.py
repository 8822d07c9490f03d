"""Which verdict, and which timeout with it (docs/method.md, "The verdict"): the first that holds."""

from dataclasses import dataclass, replace
from typing import Final

from analysis.costs.chosen_number import ChosenNumber, SurerBound
from analysis.estimates.calls_missing import (
    ENOUGH_TO_BLAME_THE_TIMEOUT,
    NEGLIGIBLE_LEFT,
    a_probe_sees_further,
)
from analysis.estimates.enough_at_look import Enough
from analysis.estimates.estimate import Estimate
from analysis.estimates.findings import Findings
from analysis.recommend_settings import RecommendSettings
from analysis.statistics.confidence_bounds import calls_for_a_bound, upper_ms
from analysis.statistics.heavy_tail import FEW_BEYOND
from analysis.timeout_rule import buffer_ms, slack_s, timeout_for, whole_seconds
from analysis.verdicts.evidence_to_set import GRADES_TO_LOWER, MIN_CALLS_TO_LOWER
from analysis.verdicts.recommendation import Verdict

CONFIDENCE_TO_LOWER: Final = 0.99
"""A timeout that is too short hurts callers, one that is too long hardly does: a lowering must be surer."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict with its timeouts in whole seconds; None where the data allow no number."""

    verdict: Verdict
    timeout_s: int | None = None
    """What to set; the current timeout for `ok`. Never above the cap."""
    uncapped_s: int | None = None
    """What the calls would need if there were no cap."""
    above_the_bound: bool = False
    """It keeps the whole buffer above the bound: it was raised on few calls."""
    surer: SurerBound | None = None
    """The bound that a lowering asks for, where it made the number."""


def decide(findings: Findings, settings: RecommendSettings) -> Decision:
    """Return the first verdict that holds."""
    wanted = findings.estimate.timeout_s
    if not findings.facts.configurable:
        return Decision(Verdict.NOT_CONFIGURABLE, None, wanted)
    if not findings.any_answer:
        return Decision(Verdict.NO_DATA)
    cap = settings.cap_s
    if findings.enough is Enough.OVER_CAP and (wanted is None or wanted > cap):
        return Decision(Verdict.OVER_CAP_USE_ASYNC, cap, wanted)
    if wanted is not None and _only_the_bound_is_over_cap(findings, settings):
        return Decision(Verdict.INSUFFICIENT_SAMPLES, None, wanted)
    if (findings.lower_ms or 0) >= cap * 1000 or (wanted or 0) > cap:
        return Decision(Verdict.OVER_CAP_USE_ASYNC, cap, wanted)
    if wanted is None and findings.enough in (Enough.HIDDEN, Enough.HARDLY):
        return Decision(Verdict.CENSORED_NEEDS_PROBE)
    if wanted is None:
        return Decision(_why_no_bound(findings.estimate, settings))
    parts = findings.disagreement
    if parts is not None and parts.wanders and parts.slower.timeout_s is not None:
        covering = max(wanted, parts.slower.timeout_s)
        if covering <= cap:
            judged = parts.slower if covering > wanted else findings.estimate
            return _against_current(judged, covering, findings, settings)
    if parts is not None:
        if parts.change is not None and parts.slower.timeout_s is None:
            return Decision(Verdict.UNSTABLE)
        slower = max(_covering(parts.slower, settings), wanted)
        return Decision(Verdict.UNSTABLE, min(slower, cap), slower)
    return _against_current(findings.estimate, wanted, findings, settings)


def chosen_number(decision: Decision) -> ChosenNumber | None:
    """Return the number of a decision and what it is; None where there is none."""
    if decision.timeout_s is None:
        return None
    match decision.verdict:
        case Verdict.OVER_CAP_USE_ASYNC:
            return ChosenNumber(decision.timeout_s, decision.uncapped_s, "cap")
        case Verdict.UNSTABLE:
            return ChosenNumber(decision.timeout_s, decision.uncapped_s, "slower part's")
        case Verdict.OK:
            number = ChosenNumber(decision.timeout_s, decision.uncapped_s, "timeout in force")
        case _:
            number = ChosenNumber(decision.timeout_s, decision.uncapped_s)
    return replace(number, above_the_bound=decision.above_the_bound, surer=decision.surer)


def long_enough(estimate: Estimate, timeout_s: int, settings: RecommendSettings) -> bool:
    """Return whether a timeout covers the upper bound and half of the buffer; the estimate must have both."""
    assert estimate.upper_ms is not None and estimate.quantile_ms is not None
    half = buffer_ms(estimate.quantile_ms, settings) / 2
    return timeout_s * 1e3 >= max(estimate.upper_ms, estimate.quantile_ms + half)


def _covering(part: Estimate, settings: RecommendSettings) -> int:
    """The timeout that a part of the calls needs; from its quantile where it has too few for a bound."""
    if part.timeout_s is not None:
        return part.timeout_s
    seen = part.quantile_ms if part.quantile_ms is not None else part.lower_ms or 0
    return timeout_for(seen, seen, settings)


def _only_the_bound_is_over_cap(findings: Findings, settings: RecommendSettings) -> bool:
    """True where p99 + buffer fits below the cap, and only the uncertainty of few calls exceeds it.

    "Make it asynchronous" would be costly advice where a few more calls can decide.
    """
    estimate, missing = findings.estimate, findings.shortfall
    if estimate.timeout_s is None or estimate.timeout_s <= settings.cap_s:
        return False
    if estimate.quantile_ms is None or missing.calls_needed is None:
        return False
    fits = estimate.quantile_ms + buffer_ms(estimate.quantile_ms, settings) <= settings.cap_s * 1000
    open_question = (findings.lower_ms or 0) < settings.cap_s * 1000
    return fits and open_question and missing.calls_needed <= settings.target_calls


def _why_no_bound(estimate: Estimate, settings: RecommendSettings) -> Verdict:
    enough = ENOUGH_TO_BLAME_THE_TIMEOUT * calls_for_a_bound(settings.percentile, settings.confidence)
    hidden = estimate.table.share_left > NEGLIGIBLE_LEFT * (1.0 - settings.percentile) + 1e-12
    cut_off = estimate.samples > estimate.ok
    if estimate.n_eff >= enough and hidden and cut_off and a_probe_sees_further(estimate):
        return Verdict.CENSORED_NEEDS_PROBE
    return Verdict.INSUFFICIENT_SAMPLES


def _against_current(
    estimate: Estimate, wanted: int, findings: Findings, settings: RecommendSettings
) -> Decision:
    current, surer = findings.current_timeout_s, None
    if wanted <= current:
        surer = _sure_to_cover(estimate, findings, settings)
        surely_s = min(current, 0 if surer is None else whole_seconds(surer.upper_ms))
        surer, wanted = (surer if surely_s > wanted else None), max(wanted, surely_s)
    longest_s = min(wanted + slack_s(wanted, settings), settings.cap_s)
    fits = long_enough(estimate, current, settings) and current <= longest_s
    if settings.rule == "sum":
        fits = fits and current >= wanted
    if fits and current >= settings.floor_s:
        return Decision(Verdict.OK, current, wanted, surer=surer)
    if wanted <= current:
        return Decision(Verdict.LOWER, wanted, wanted, surer=surer)
    to_s = max(wanted, _above_the_bound(estimate, findings, settings))
    return Decision(Verdict.RAISE, min(to_s, settings.cap_s), to_s, above_the_bound=to_s > wanted)


def _above_the_bound(estimate: Estimate, findings: Findings, settings: RecommendSettings) -> int:
    """The whole seconds of bound + buffer, for a raise that rests on few calls; 0 with enough of them.

    Of few calls one bound in twenty is too short, and p99 + buffer with it where the tail is heavy. A timeout
    that is raised by a second too much hurts nobody; one that is raised and still too short does.
    """
    enough = estimate.n_eff * (1.0 - settings.percentile) >= FEW_BEYOND
    if enough or findings.source != "test" or estimate.upper_ms is None or estimate.quantile_ms is None:
        return 0
    return timeout_for(estimate.quantile_ms, estimate.upper_ms, replace(settings, rule="sum"))


def _sure_to_cover(estimate: Estimate, findings: Findings, settings: RecommendSettings) -> SurerBound | None:
    """The bound of the quantile that is as sure as a lowering asks; None where these calls do not allow one
    anyway, and for production's thousands of executions."""
    few = estimate.n_eff < MIN_CALLS_TO_LOWER or findings.coverage.grade not in GRADES_TO_LOWER
    if few or findings.source != "test":
        return None
    sure = max(settings.confidence, CONFIDENCE_TO_LOWER)
    upper = upper_ms(estimate.table, settings.percentile, sure, estimate.design_effect)
    return None if upper is None else SurerBound(upper, sure)
