"""The sentence of each verdict: why this number, or what hides it and what is missing."""

import math
from typing import Final

from analysis.costs.cost import Cost
from analysis.estimates.calls_missing import NEGLIGIBLE_LEFT, a_probe_sees_further
from analysis.estimates.findings import Findings
from analysis.estimates.time_coverage import TimeCoverage
from analysis.number_words import (
    at_least,
    at_most,
    at_most_of,
    calls_of,
    duration,
    noun,
    percent,
    percentile_name,
    plural,
    share_of_calls_text,
)
from analysis.settings import RecommendSettings
from analysis.verdicts.censored_sentence import censored
from analysis.verdicts.decision import Decision
from analysis.verdicts.recommendation import Verdict
from analysis.verdicts.unstable_sentence import unstable

LEFT_OUT: Final = {
    "auth_error": "refused for credentials or permission",
    "invalid_input": "refused for their input",
    "rate_limited": "refused for too many calls (429)",
    "retry": "retries",
    "warm_up": "during the warm-up",
    "saturated_load_level": "at a saturated load level",
    "other_load_level": "at another load level",
    "load_level_above_peak": "at a load level above the production peak",
    "backend_error": "ended by an error of the backend",
    "platform_error": "ended by an error of the platform",
    "network_error": "ended by an error of the network",
}

NOTABLE_ERRORS: Final = 0.01
"""Share of calls ended by an error above which the sentence mentions it."""
NOTABLE_DESIGN_EFFECT: Final = 1.05
"""Design effect above which the sentence gives the effective number of calls."""


def reason(findings: Findings, decision: Decision, cost: Cost, settings: RecommendSettings) -> str:
    """Return the sentence, without the action's name; it says where inputs were invented."""
    text = _sentence(findings, decision, cost, settings)
    share = findings.invented_share
    if not share or _with_invented_inputs(findings) in text:
        return text
    calls = "all calls" if share == 1.0 else f"{percent(share)} of calls"
    return f"{text.removesuffix('.')} ({calls} with invented inputs)."


def _sentence(findings: Findings, decision: Decision, cost: Cost, settings: RecommendSettings) -> str:
    match decision.verdict:
        case Verdict.NOT_CONFIGURABLE:
            return _not_configurable(findings, settings)
        case Verdict.NO_DATA:
            return _no_data(findings)
        case Verdict.OVER_CAP_USE_ASYNC:
            return f"{_over_cap(findings, decision, settings)}{_only_with_force(findings, decision, cost)}."
        case Verdict.CENSORED_NEEDS_PROBE:
            return censored(findings, settings)
        case Verdict.INSUFFICIENT_SAMPLES:
            return _insufficient(findings, settings)
        case Verdict.UNSTABLE:
            return unstable(findings, decision, settings)
        case Verdict.OK:
            return f"{_finish(findings, settings)}; the timeout of {decision.timeout_s} s fits."
        case Verdict.RAISE | Verdict.LOWER if not findings.current_known:
            unknown = "the present timeout is not known"
            return f"{_finish(findings, settings)}; set {decision.timeout_s} s: {unknown}."
        case Verdict.RAISE:
            harm = _harm_now(findings, cost)
            return f"{_finish(findings, settings)}; {harm}: raise to {decision.timeout_s} s."
        case Verdict.LOWER:
            return f"{_finish(findings, settings)}; {_wait_now(findings)}: lower to {decision.timeout_s} s."


# With a number.


def _finish(findings: Findings, settings: RecommendSettings) -> str:
    """What the calls took: "99 of 100 calls finish within ..."."""
    estimate = findings.estimate
    assert estimate.quantile_ms is not None
    bound = ""
    if estimate.upper_ms is not None:
        most = at_most_of(estimate.upper_ms, findings.source)
        bound = f"at most {most} with {settings.confidence * 100:g} % confidence, "
    calls = calls_of(findings.source)
    return (
        f"{share_of_calls_text(settings.percentile)} {calls} finish within "
        f"{at_most_of(estimate.quantile_ms, findings.source)} "
        f"({bound}{estimate.samples:,} {calls} {_when(findings.coverage)}{_ended_by_errors(findings)}"
        f"{_with_invented_inputs(findings)})"
    )


def _when(coverage: TimeCoverage) -> str:
    """Return "in 84 min", or "in 8 min spread over 24 h" where most of the span had no calls."""
    if coverage.measured_s >= coverage.span_s / 2:
        return f"in {duration(coverage.span_s)}"
    if coverage.measured_s < 1:
        return f"spread over {duration(coverage.span_s)}"
    return f"in {duration(coverage.measured_s)} spread over {duration(coverage.span_s)}"


def _ended_by_errors(findings: Findings) -> str:
    """Return ", 10 % of them ended by an error", or "" where they are few."""
    samples = findings.estimate.samples
    if findings.errors <= NOTABLE_ERRORS * samples:
        return ""
    return f", {percent(findings.errors / samples)} of them ended by an error"


def _with_invented_inputs(findings: Findings) -> str:
    """Return ", all with invented inputs", or "" where none was: what a number rests on goes beside it."""
    share = findings.invented_share
    if not share:
        return ""
    return f", {'all' if share == 1.0 else percent(share)} with invented inputs"


def _not_configurable(findings: Findings, settings: RecommendSettings) -> str:
    why = findings.facts.not_configurable_reason or "its timeout cannot be set"
    times = f" {_finish(findings, settings)}." if findings.estimate.quantile_ms is not None else ""
    return f"Not configurable: {why.rstrip('.')}.{times}"


def _harm_now(findings: Findings, cost: Cost) -> str:
    if cost.cut_off_now is not None and cost.cut_off_now > 0:
        return f"{percent(cost.cut_off_now)} now time out at {findings.current_timeout_s} s"
    return f"the timeout of {findings.current_timeout_s} s leaves too little margin"


def _wait_now(findings: Findings) -> str:
    current = findings.current_timeout_s
    return f"callers may now wait {current} s for a backend that does not answer"


def _over_cap(findings: Findings, decision: Decision, settings: RecommendSettings) -> str:
    cap, estimate = settings.cap_s, findings.estimate
    name = percentile_name(settings.percentile)
    if estimate.quantile_ms is None:
        return (
            f"{name} is above {at_least(findings.lower_ms or cap * 1000)} (cap {cap} s): "
            "no timeout fits; make this call asynchronous"
        )
    at = at_most_of(estimate.quantile_ms, findings.source)
    if estimate.quantile_ms >= cap * 1000:
        return f"{name} is {at} (cap {cap} s): no timeout fits; make this call asynchronous"
    if decision.uncapped_s is None:
        return f"{name} may be above the cap of {cap} s: make this call asynchronous or faster"
    return (
        f"{name} is {at} and needs {decision.uncapped_s} s to be safe, "
        f"above the cap of {cap} s: make this call asynchronous or faster"
    )


def _only_with_force(findings: Findings, decision: Decision, cost: Cost) -> str:
    """The cap is listed as the timeout, but it is not a recommendation: state what setting it would do."""
    to_s = decision.timeout_s
    if to_s is None or (findings.current_known and to_s == findings.current_timeout_s):
        return ""
    cuts = ""
    if cost.cut_off_after is not None and cost.cut_off_after > (cost.cut_off_now or 0.0):
        cuts = f"would cut off {percent(cost.cut_off_after)} of {calls_of(findings.source)} and "
    return f" ({to_s} s {cuts}is only set with --force)"


# Without a number.


def _no_data(findings: Findings) -> str:
    """Why no call shows how long the action takes."""
    why = findings.saturated_because
    if why is not None:
        return f"No usable calls: {why} at every rate tested. Find out why, or measure at a lower rate."
    parts = [f"{count:,} {LEFT_OUT.get(name, name)}" for name, count in findings.left_out.items()]
    causes = [", ".join(parts)] if parts else []
    if findings.censored:
        causes.insert(0, f"{findings.censored:,} calls failed before they finished")
    if not causes:
        return "No calls were recorded."
    return f"No call shows how long the action takes ({'; '.join(causes)})."


def _insufficient(findings: Findings, settings: RecommendSettings) -> str:
    """What is missing for a bound, in calls where more calls would help: the first reason that holds."""
    estimate, missing = findings.estimate, findings.shortfall
    if findings.saturated_because is not None and estimate.samples == 0:
        return f"{findings.saturated_because} at every rate tested: find out why, or measure at a lower rate."
    if estimate.upper_ms is not None and estimate.quantile_ms is not None:
        return _bound_above_cap(estimate.quantile_ms, estimate.upper_ms, findings, settings)
    if missing.hidden:
        return _hidden(findings)
    if missing.limited_by_the_timeout and missing.calls_needed is not None:
        return (
            f"{_counted(findings)}, but only {missing.far_seeing:,} of them could be observed beyond "
            f"{at_most(missing.reach_ms)}: about {_needed(missing.calls_needed, 'more probe call')}."
        )
    if _still_running_at_the_longest_timeout(findings, settings):
        return _too_near(findings)
    return _too_few(findings, settings)


def _bound_above_cap(
    quantile_ms: float, upper_ms: float, findings: Findings, settings: RecommendSettings
) -> str:
    return (
        f"{percentile_name(settings.percentile)} is {at_most(quantile_ms)} but may be as high as "
        f"{at_most(upper_ms)}, which with the buffer is above the cap of {settings.cap_s} s: "
        f"{_needed(findings.shortfall.calls_needed or 0)} to decide."
    )


def _hidden(findings: Findings) -> str:
    cut = percent(findings.censored / findings.estimate.samples)
    if findings.given_up > findings.censored / 2:
        return (
            f"{_counted(findings)}: {cut} were still running when the run ended; "
            "let the run wait for its last calls."
        )
    return (
        f"{_counted(findings)}: {cut} were cut off before they finished, so only calls with a longer timeout "
        f"can show the answer: about {_needed(findings.shortfall.calls_needed or 0, 'probe call')}."
    )


def _still_running_at_the_longest_timeout(findings: Findings, settings: RecommendSettings) -> bool:
    estimate = findings.estimate
    near = estimate.table.share_left > NEGLIGIBLE_LEFT * (1.0 - settings.percentile)
    return near and estimate.samples > estimate.ok and not a_probe_sees_further(estimate)


def _too_near(findings: Findings) -> str:
    needed = findings.shortfall.calls_needed
    more = "" if needed is None else f"; {_needed(needed)} to decide"
    left = percent(findings.estimate.table.share_left)
    return f"{_counted(findings)}: {left} had not finished after 60 s, too close to the accepted share{more}."


def _too_few(findings: Findings, settings: RecommendSettings) -> str:
    reached, needed = findings.shortfall.confidence_max_seen, findings.shortfall.calls_needed
    # At 95 % there would be a number: what is missing then is not confidence.
    unsure = 0.0 < reached < settings.confidence
    # Rounded down: 94.9 % must not read as the 95 % that was asked for.
    whole = math.floor(reached * 100)
    only = f"only {whole} % confidence; " if unsure and whole else ""
    if needed is None:
        return f"{_counted(findings)}: {only}no number of further calls would settle it at this load."
    return f"{_counted(findings)}: {only}{needed:,} more {noun(needed, 'is', 'are')} needed."


def _needed(calls: int, what: str = "more call") -> str:
    """Return "1 more call is needed", "2,400 probe calls are needed"."""
    return f"{plural(calls, what)} {noun(calls, 'is', 'are')} needed"


def _counted(findings: Findings) -> str:
    """How many calls there are, how many independent ones they are worth, and how many ended by an error."""
    estimate = findings.estimate
    worth = ""
    if estimate.design_effect > NOTABLE_DESIGN_EFFECT:
        worth = f" (worth {estimate.n_eff:,.0f} independent ones, because slow calls come in bursts)"
    counted = plural(estimate.samples, calls_of(findings.source).removesuffix("s"))
    return f"{counted}{worth}{_ended_by_errors(findings)}{_with_invented_inputs(findings)}"
