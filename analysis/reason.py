"""One sentence per verdict, for people, and the command to run next."""

import math
import shlex
from dataclasses import dataclass
from typing import Final

from analysis.estimate import Estimate
from analysis.recommendation import Verdict
from analysis.settings import RecommendSettings
from analysis.shortfall import Shortfall, a_probe_sees_further
from analysis.stability import Disagreement
from analysis.time_coverage import TimeCoverage
from analysis.wording import duration, of_calls, percent, seconds, seconds_down

LEFT_OUT: Final = {
    "auth_error": "refused for credentials or permission",
    "invalid_input": "refused for their input",
    "rate_limited": "refused for too many calls (429)",
    "retry": "retries",
    "warm_up": "of the warm-up",
    "saturated_load_level": "at a saturated load level",
    "other_load_level": "at another load level",
    "load_level_above_peak": "at a load level above the production peak",
    "backend_error": "ended by an error of the backend",
    "platform_error": "ended by an error of the platform",
    "network_error": "ended by an error of the network",
}


@dataclass(frozen=True, slots=True)
class Story:
    """What the sentence may say."""

    verdict: Verdict
    timeout_s: int | None
    uncapped_s: int | None
    current_timeout_s: int
    estimate: Estimate
    disagreement: Disagreement | None
    lower_ms: int | None
    timeouts: int
    given_up: int
    """Calls the client stopped waiting for: the run ended, or its own patience did."""
    censored: int
    shortfall: Shortfall
    cut_off_now: float | None
    coverage: TimeCoverage
    left_out_by_reason: tuple[tuple[str, int], ...]
    not_configurable_reason: str | None
    saturated_because: str | None
    """Set where every level tested was saturated; `saturated_rate` is the lowest of them, calls/s."""
    saturated_rate: float | None = None
    production: bool = False
    """The calls are executions in production, not a test."""


def sentence(story: Story, settings: RecommendSettings) -> str:
    """Return the reason, without the action's name."""
    match story.verdict:
        case Verdict.NOT_CONFIGURABLE:
            why = story.not_configurable_reason or "its timeout cannot be set"
            seen = f" {_finish(story, settings)}." if _has_quantile(story) else ""
            return f"Not configurable: {why.rstrip('.')}.{seen}"
        case Verdict.NO_DATA:
            return _no_data(story)
        case Verdict.OVER_CAP_USE_ASYNC:
            return _over_cap(story, settings)
        case Verdict.CENSORED_NEEDS_PROBE:
            return _censored(story, settings)
        case Verdict.INSUFFICIENT_SAMPLES:
            return _insufficient(story, settings)
        case Verdict.UNSTABLE:
            return _unstable(story, settings)
        case Verdict.OK:
            return f"{_finish(story, settings)}; the timeout of {story.timeout_s} s fits."
        case Verdict.RAISE:
            return f"{_finish(story, settings)}; {_harm_now(story)}: raise to {story.timeout_s} s."
        case Verdict.LOWER:
            return (
                f"{_finish(story, settings)}; callers may now wait {story.current_timeout_s} s "
                f"for a backend that hangs: lower to {story.timeout_s} s."
            )


def next_command(story: Story, action_name: str, settings: RecommendSettings) -> str | None:
    """Return the command that gets further, or None where nothing is left to do from here."""
    action = f"--action {shlex.quote(action_name)}"
    if action_name.startswith("-"):
        action = f"--action={shlex.quote(action_name)}"
    match story.verdict:
        case Verdict.CENSORED_NEEDS_PROBE:
            cut_off_by_us = story.given_up > story.censored / 2
            return f"diag measure {action}" if cut_off_by_us else f"diag measure --probe {action}"
        case Verdict.INSUFFICIENT_SAMPLES:
            if story.saturated_because is not None:
                return _slower(story, action)
            missing = story.shortfall
            if missing.calls_needed is None:
                return f"diag measure {action}"
            # A new run is judged on its own, and has a warm-up of its own that does not count.
            whole = missing.far_seeing + missing.calls_needed
            calls = _round_up(whole / (1.0 - settings.warmup_max_share))
            by_timeout = missing.limited_by_the_timeout or missing.hidden
            probe = "--probe " if by_timeout and story.given_up <= story.censored / 2 else ""
            return f"diag measure {probe}{action} --calls {calls}"
        case Verdict.NO_DATA:
            if story.saturated_because is not None:
                return _slower(story, action)
            refused = dict(story.left_out_by_reason).get("auth_error", 0)
            return "diag doctor" if refused else f"diag measure {action}"
        case Verdict.UNSTABLE:
            return f"diag measure {action} --calls {settings.target_calls}"
        case Verdict.RAISE | Verdict.LOWER:
            return "diag observe --out plan.json" if story.production else "diag recommend --apply"
        case _:
            return None


def _has_quantile(story: Story) -> bool:
    return story.estimate.quantile_ms is not None


def _finish(story: Story, settings: RecommendSettings) -> str:
    estimate = story.estimate
    assert estimate.quantile_ms is not None
    sure = (
        f"at most {seconds(estimate.upper_ms)}, {settings.confidence:.0%} sure, "
        if estimate.upper_ms is not None
        else ""
    ).replace("%", " %")
    return (
        f"{of_calls(settings.percentile)} {_calls(story)} finish within {seconds(estimate.quantile_ms)} "
        f"({sure}{estimate.samples:,} {_calls(story)} {_when(story.coverage)})"
    )


def _calls(story: Story) -> str:
    return "production executions" if story.production else "calls"


def _harm_now(story: Story) -> str:
    if story.cut_off_now is not None and story.cut_off_now > 0:
        return f"{percent(story.cut_off_now)} now die at {story.current_timeout_s} s"
    return f"the timeout of {story.current_timeout_s} s leaves too little room"


def _slower(story: Story, action: str) -> str:
    rate = f" --rate {story.saturated_rate / 2:g}" if story.saturated_rate is not None else ""
    return f"diag measure {action}{rate}"


def _when(coverage: TimeCoverage) -> str:
    """ "in 84 min", or "in 8 min spread over 24 h" where most of the span had no calls."""
    if coverage.measured_s >= coverage.span_s / 2:
        return f"in {duration(coverage.span_s)}"
    if coverage.measured_s < 1:
        return f"spread over {duration(coverage.span_s)}"
    return f"in {duration(coverage.measured_s)} spread over {duration(coverage.span_s)}"


def _no_data(story: Story) -> str:
    if story.saturated_because is not None:
        why = story.saturated_because
        return (
            f"No call that can be used: {why} at every rate tested. Find out why, or measure at a lower rate."
        )
    reasons = ", ".join(f"{count:,} {LEFT_OUT.get(name, name)}" for name, count in story.left_out_by_reason)
    if not reasons and not story.censored:
        return "No call was recorded."
    errors = f"{story.censored:,} calls failed before they ended" if story.censored else ""
    said = "; ".join(part for part in (errors, reasons) if part)
    return f"No call says how long the action takes ({said})."


def _over_cap(story: Story, settings: RecommendSettings) -> str:
    cap = settings.cap_s
    estimate = story.estimate
    name = f"p{settings.percentile * 100:g}"
    if estimate.quantile_ms is not None:
        if estimate.quantile_ms >= cap * 1000:
            return (
                f"{name} is {seconds(estimate.quantile_ms)} (cap {cap} s): "
                "no timeout fits; make this call asynchronous."
            )
        return (
            f"{name} is {seconds(estimate.quantile_ms)} and needs {story.uncapped_s} s to be safe, "
            f"above the cap of {cap} s: make this call asynchronous or faster."
            if story.uncapped_s is not None
            else f"{name} may lie above the cap of {cap} s: make this call asynchronous or faster."
        )
    return (
        f"{name} is above {seconds_down(story.lower_ms or cap * 1000)} (cap {cap} s): "
        "no timeout fits; make this call asynchronous."
    )


def _censored(story: Story, settings: RecommendSettings) -> str:
    estimate = story.estimate
    share = percent(story.censored / estimate.samples if estimate.samples else 0.0)
    name = f"p{settings.percentile * 100:g}"
    above = f"{name} is above {seconds_down(story.lower_ms)} and" if story.lower_ms is not None else f"{name}"
    if story.given_up > story.censored / 2:
        return (
            f"{share} of calls were still running when the run ended, so {above} cannot be known "
            "from this run: measure longer, or let the run wait for its last calls."
        )
    if story.timeouts == 0:
        return (
            f"{share} of calls were killed by errors before they ended, so {above} cannot be known "
            "from this run: find out what ends them, then run a probe."
        )
    return (
        f"{share} of {_calls(story)} hit the {story.current_timeout_s} s timeout, so {above} cannot be known "
        f"from {'production' if story.production else 'this run'}: run a probe."
    )


def _insufficient(story: Story, settings: RecommendSettings) -> str:
    estimate = story.estimate
    missing = story.shortfall
    if story.saturated_because is not None and estimate.samples == 0:
        return f"{story.saturated_because} at every rate tested: find out why, or measure at a lower rate."
    if estimate.upper_ms is not None and estimate.quantile_ms is not None:
        return (
            f"p{settings.percentile * 100:g} is {seconds(estimate.quantile_ms)} but may be up to "
            f"{seconds(estimate.upper_ms)}, with the buffer above the cap of {settings.cap_s} s: "
            f"{missing.calls_needed or 0:,} more calls needed to tell."
        )
    worth = (
        f" (worth {estimate.n_eff:,.0f}, because slow calls come in bursts)"
        if estimate.design_effect > 1.05
        else ""
    )
    calls = f"{estimate.samples:,} {'call' if estimate.samples == 1 else 'calls'}{worth}"
    if missing.hidden:
        cut = percent(story.censored / estimate.samples)
        if story.given_up > story.censored / 2:
            return (
                f"{calls}: {cut} were still running when the run ended; let the run wait for its last calls."
            )
        return (
            f"{calls}: {cut} were cut off before they ended, so only calls that may run longer can tell: "
            f"about {missing.calls_needed or 0:,} probe calls needed."
        )
    if missing.limited_by_the_timeout and missing.calls_needed is not None:
        return (
            f"{calls}, but only {missing.far_seeing:,} of them could be seen beyond "
            f"{seconds(missing.reach_ms)}: about {missing.calls_needed:,} more probe calls needed."
        )
    left = estimate.table.share_left
    if left > 0 and estimate.samples > estimate.ok and not a_probe_sees_further(estimate):
        more = (
            "" if missing.calls_needed is None else f"; {missing.calls_needed:,} more calls needed to be sure"
        )
        return (
            f"{calls}: {percent(left)} were still not done after 60 s, too near to the accepted share{more}."
        )
    # At 95 % there would be a number: what is missing then is not sureness.
    unsure = 0.0 < missing.confidence_max_seen < settings.confidence
    # Rounded down: 94.9 % must not read as the 95 % that was asked for.
    sure = f"only {math.floor(missing.confidence_max_seen * 100)} % sure; " if unsure else ""
    if missing.calls_needed is None:
        return f"{calls}: {sure}no number of further calls would settle it at this load."
    return f"{calls}: {sure}{missing.calls_needed:,} more needed."


def _unstable(story: Story, settings: RecommendSettings) -> str:
    found = story.disagreement
    assert found is not None
    name = f"p{settings.percentile * 100:g}"
    fast, slow = (
        seconds(part.quantile_ms if part.quantile_ms is not None else part.lower_ms or 0)
        for part in (found.faster, found.slower)
    )
    where = {"halves": "one half of a run", "runs": "one run", "days": "one day"}[found.between]
    return (
        f"{name} was {fast} in {where} and {slow} in another: find out why; "
        f"{story.timeout_s} s would cover the slow one."
    )


def _round_up(calls: float) -> int:
    """A round number of calls: to the next 10 below 1,000, to the next 100 above."""
    step = 10 if calls < 1000 else 100
    return int(-(-calls // step) * step)
