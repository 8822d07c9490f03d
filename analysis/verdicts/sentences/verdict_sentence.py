"""The sentence of each verdict: why this number, or what hides it and what is missing."""

from analysis.costs.cost import Cost
from analysis.coverage.time_coverage import TimeCoverage
from analysis.estimates.findings import Findings
from analysis.number_words import (
    at_least,
    at_most_of,
    calls_of,
    duration,
    percent,
    percentile_name,
    share_of_calls_text,
    time_seen,
)
from analysis.recommend_settings import USUAL_CAP_S, RecommendSettings
from analysis.verdicts.recommendation import Verdict
from analysis.verdicts.sentences.censored_sentence import censored
from analysis.verdicts.sentences.missing_sentence import (
    ended_by_errors,
    insufficient,
    no_data,
    with_invented_inputs,
)
from analysis.verdicts.sentences.unstable_sentence import unstable
from analysis.verdicts.which_verdict import Decision, long_enough


def called_directly(sentence: str) -> str:
    """Return a sentence about calls straight to a backend, so that it says that they are."""
    return f"Called directly, {sentence[0].lower()}{sentence[1:]}"


def reason(
    findings: Findings,
    decision: Decision,
    cost: Cost,
    settings: RecommendSettings,
    *,
    not_yet: str | None = None,
    new_run_calls: int | None = None,
) -> str:
    """Return the sentence, without the action's name; it says where inputs were invented.

    `not_yet`: what speaks against setting the number (`why_not_set.objection_to`);
    `new_run_calls`: as in `insufficient`.
    """
    text = _sentence(findings, decision, cost, settings, not_yet, new_run_calls)
    if findings.backend_alone and decision.verdict is not Verdict.NOT_CONFIGURABLE:
        text = called_directly(text)
    share = findings.invented_share
    if not share or with_invented_inputs(findings) in text:
        return text
    calls = "all calls" if share == 1.0 else f"{percent(share)} of calls"
    return f"{text.removesuffix('.')} ({calls} with invented inputs)."


def _sentence(
    findings: Findings,
    decision: Decision,
    cost: Cost,
    settings: RecommendSettings,
    not_yet: str | None,
    new_run_calls: int | None,
) -> str:
    match decision.verdict:
        case Verdict.NOT_CONFIGURABLE:
            return _not_configurable(findings, settings)
        case Verdict.NO_DATA:
            return no_data(findings)
        case Verdict.OVER_CAP_USE_ASYNC:
            return _over_cap(findings, decision, cost, settings)
        case Verdict.CENSORED_NEEDS_PROBE:
            return censored(findings, settings)
        case Verdict.INSUFFICIENT_SAMPLES:
            return insufficient(findings, settings, new_run_calls)
        case Verdict.UNSTABLE:
            return unstable(findings, decision, settings)
        case Verdict.OK:
            fits = "fits the backend alone" if findings.backend_alone else "fits"
            near = _near_enough(decision)
            return f"{_finish(findings, settings)}; the timeout of {decision.timeout_s} s {fits}{near}."
        case Verdict.RAISE | Verdict.LOWER if not findings.current_known:
            unknown = "the present timeout is not known"
            return f"{_finish(findings, settings)}; {_number(decision, unknown, 'set', not_yet)}."
        case Verdict.RAISE:
            harm = _harm_now(findings, decision, cost, settings)
            do = "raise to at least" if findings.backend_alone else "raise to"
            return f"{_finish(findings, settings)}; {_number(decision, harm, do, not_yet)}."
        case Verdict.LOWER:
            wait = _wait_now(findings)
            return f"{_finish(findings, settings)}; {_number(decision, wait, 'lower to', not_yet)}."


def _near_enough(decision: Decision) -> str:
    """Return why a timeout fits that the rule would not give: a small difference is not worth a change."""
    wanted_s = decision.uncapped_s
    if wanted_s is None or wanted_s == decision.timeout_s:
        return ""
    return f", near enough to the {wanted_s} s that the rule gives"


def _number(decision: Decision, now: str, do: str, not_yet: str | None) -> str:
    """Return how it is now and what to do: "...: lower to 3 s", or "...; 3 s would do, but wait: ..."."""
    number = f"{decision.timeout_s} s"
    return f"{now}: {do} {number}" if not_yet is None else f"{now}; {number} would do, but wait: {not_yet}"


def _finish(findings: Findings, settings: RecommendSettings) -> str:
    """What the calls took: "99 of 100 calls finish within ..."."""
    estimate = findings.estimate
    assert estimate.quantile_ms is not None
    bound = ""
    if estimate.upper_ms is not None:
        most = at_most_of(estimate.upper_ms, findings.precision)
        bound = f"at most {most} with {settings.confidence * 100:g} % confidence, "
    calls = calls_of(findings.source)
    return (
        f"{share_of_calls_text(settings.percentile)} {calls} finish within "
        f"{at_most_of(estimate.quantile_ms, findings.precision)} "
        f"({bound}{estimate.samples:,} {calls} {_when(findings.coverage)}{ended_by_errors(findings)}"
        f"{with_invented_inputs(findings)})"
    )


def _when(coverage: TimeCoverage) -> str:
    """Return "in 84 min", or "in 8 min spread over 24 h" where most of the span had no calls."""
    if coverage.measured_s < 1 <= coverage.span_s:
        return f"spread over {duration(coverage.span_s)}"
    return f"in {time_seen(coverage.measured_s, coverage.span_s)}"


def _not_configurable(findings: Findings, settings: RecommendSettings) -> str:
    why = findings.facts.not_configurable_reason or "its timeout cannot be set"
    times = f" {_finish(findings, settings)}." if findings.estimate.quantile_ms is not None else ""
    return f"Not configurable: {why.rstrip('.')}.{times}"


def _harm_now(findings: Findings, decision: Decision, cost: Cost, settings: RecommendSettings) -> str:
    current_s, floor_s = findings.current_timeout_s, settings.floor_s
    if decision.timeout_s == floor_s and long_enough(findings.estimate, current_s, settings):
        return f"the timeout of {current_s} s is below the floor of {floor_s} s"
    if cost.cut_off_now is not None and cost.cut_off_now > 0:
        return f"{percent(cost.cut_off_now)} of good calls now time out at {findings.current_timeout_s} s"
    return f"the timeout of {findings.current_timeout_s} s leaves too little margin"


def _wait_now(findings: Findings) -> str:
    current = findings.current_timeout_s
    return f"callers may now wait {current} s for a backend that does not answer"


def _over_cap(findings: Findings, decision: Decision, cost: Cost, settings: RecommendSettings) -> str:
    """The cap is not a recommendation: it is named with what it would cut off."""
    cap, estimate = settings.cap_s, findings.estimate
    name, or_faster = percentile_name(settings.percentile), ""
    if estimate.quantile_ms is None:
        why = f"{name} is above {at_least(findings.lower_ms or cap * 1000)}"
    else:
        why = f"{name} is {at_most_of(estimate.quantile_ms, findings.precision)}"
        if estimate.quantile_ms < cap * 1000:
            or_faster = " or faster"
            needs = f" and needs {decision.uncapped_s} s to be safe"
            why = f"{name} may be above it" if decision.uncapped_s is None else f"{why}{needs}"
    cuts = _cut_off_at_the_cap(findings, decision, cost)
    do = f"make this call asynchronous{or_faster}"
    if decision.uncapped_s is not None and decision.uncapped_s <= USUAL_CAP_S:
        do = f"raise the cap, or {do}"
    return f"No timeout up to {cap} s fits: {why}{cuts}; {do}."


def _cut_off_at_the_cap(findings: Findings, decision: Decision, cost: Cost) -> str:
    cap_s, share = decision.timeout_s, cost.cut_off_after
    if not share or cap_s == findings.current_timeout_s:
        return ""
    return f", and {cap_s} s would cut off {percent(share)} of {calls_of(findings.source)}"
