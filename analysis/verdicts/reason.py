"""One sentence per verdict, for people: why this number (why none:
`analysis.verdicts.reason_without_number`)."""

import math

from analysis.estimates.findings import Findings
from analysis.estimates.time_coverage import TimeCoverage
from analysis.settings import RecommendSettings
from analysis.verdicts.cost import Cost
from analysis.verdicts.reason_without_number import censored, ended_by_errors, insufficient, no_data
from analysis.verdicts.recommendation import Verdict
from analysis.verdicts.verdict import Decision
from analysis.wording import calls_of, duration, of_calls, percent, quantile_name, seconds, seconds_down


def sentence(found: Findings, decision: Decision, cost: Cost, settings: RecommendSettings) -> str:
    """Return the reason, without the action's name."""
    match decision.verdict:
        case Verdict.NOT_CONFIGURABLE:
            why = found.facts.not_configurable_reason or "its timeout cannot be set"
            seen = f" {_finish(found, settings)}." if found.estimate.quantile_ms is not None else ""
            return f"Not configurable: {why.rstrip('.')}.{seen}"
        case Verdict.NO_DATA:
            return no_data(found)
        case Verdict.OVER_CAP_USE_ASYNC:
            return f"{_over_cap(found, decision, settings)}{_held_back(found, decision, cost)}."
        case Verdict.CENSORED_NEEDS_PROBE:
            return censored(found, settings)
        case Verdict.INSUFFICIENT_SAMPLES:
            return insufficient(found, settings)
        case Verdict.UNSTABLE:
            return _unstable(found, decision, settings)
        case Verdict.OK:
            return f"{_finish(found, settings)}; the timeout of {decision.timeout_s} s fits."
        case Verdict.RAISE:
            return f"{_finish(found, settings)}; {_harm_now(found, cost)}: raise to {decision.timeout_s} s."
        case Verdict.LOWER:
            now = f"callers may now wait {found.current_timeout_s} s for a backend that hangs"
            if not found.current_known:
                now += f" ({found.current_timeout_s} s is the default; what is set is not known)"
            return f"{_finish(found, settings)}; {now}: lower to {decision.timeout_s} s."


def _finish(found: Findings, settings: RecommendSettings) -> str:
    estimate = found.estimate
    assert estimate.quantile_ms is not None
    sure = (
        f"at most {_rounded(estimate.upper_ms, found)}, {settings.confidence * 100:g} % sure, "
        if estimate.upper_ms is not None
        else ""
    )
    calls = calls_of(found.source)
    return (
        f"{of_calls(settings.percentile)} {calls} finish within {_rounded(estimate.quantile_ms, found)} "
        f"({sure}{estimate.samples:,} {calls} {_when(found.coverage)}{ended_by_errors(found)})"
    )


def _rounded(ms: float, found: Findings) -> str:
    """Production is counted in whole seconds: what lies within one is not known."""
    return seconds(ms if found.source == "test" else math.ceil(ms / 1e3) * 1e3)


def _harm_now(found: Findings, cost: Cost) -> str:
    if cost.cut_off_now is not None and cost.cut_off_now > 0:
        return f"{percent(cost.cut_off_now)} now time out at {found.current_timeout_s} s"
    return f"the timeout of {found.current_timeout_s} s leaves too little room"


def _when(coverage: TimeCoverage) -> str:
    """ "in 84 min", or "in 8 min spread over 24 h" where most of the span had no calls."""
    if coverage.measured_s >= coverage.span_s / 2:
        return f"in {duration(coverage.span_s)}"
    if coverage.measured_s < 1:
        return f"spread over {duration(coverage.span_s)}"
    return f"in {duration(coverage.measured_s)} spread over {duration(coverage.span_s)}"


def _over_cap(found: Findings, decision: Decision, settings: RecommendSettings) -> str:
    cap = settings.cap_s
    estimate = found.estimate
    name = quantile_name(settings.percentile)
    if estimate.quantile_ms is None:
        return (
            f"{name} is above {seconds_down(found.lower_ms or cap * 1000)} (cap {cap} s): "
            "no timeout fits; make this call asynchronous"
        )
    if estimate.quantile_ms >= cap * 1000:
        return (
            f"{name} is {_rounded(estimate.quantile_ms, found)} (cap {cap} s): "
            "no timeout fits; make this call asynchronous"
        )
    if decision.uncapped_s is None:
        return f"{name} may lie above the cap of {cap} s: make this call asynchronous or faster"
    return (
        f"{name} is {_rounded(estimate.quantile_ms, found)} and needs {decision.uncapped_s} s to be safe, "
        f"above the cap of {cap} s: make this call asynchronous or faster"
    )


def _held_back(found: Findings, decision: Decision, cost: Cost) -> str:
    """The cap is shown beside the present timeout, and is no answer: say what setting it would do."""
    to_s = decision.timeout_s
    if to_s is None or (found.current_known and to_s == found.current_timeout_s):
        return ""
    cuts = ""
    if cost.cut_off_after is not None and cost.cut_off_after > (cost.cut_off_now or 0.0):
        cuts = f"would cut off {percent(cost.cut_off_after)} of {calls_of(found.source)} and "
    return f" ({to_s} s {cuts}is only set with --force)"


def _unstable(found: Findings, decision: Decision, settings: RecommendSettings) -> str:
    parts = found.disagreement
    assert parts is not None
    fast, slow = (
        _rounded(part.quantile_ms if part.quantile_ms is not None else part.lower_ms or 0, found)
        for part in (parts.faster, parts.slower)
    )
    where = {"halves": "one half of a run", "runs": "one run", "days": "one day"}[parts.between]
    needs = f"{decision.timeout_s} s would cover the slow one"
    if (decision.uncapped_s or 0) > settings.cap_s:
        needs = f"the slow one needs {decision.uncapped_s} s, above the cap of {settings.cap_s} s"
    return (
        f"{quantile_name(settings.percentile)} was {fast} in {where} and {slow} in another: find out why; "
        f"{needs}."
    )
