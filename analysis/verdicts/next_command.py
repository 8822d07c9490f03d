"""The command to run next, per verdict: what sets its number, or what gets it past the guard."""

import math
import shlex
from dataclasses import dataclass
from typing import Final

from analysis.coverage.hours_seen import any_working_day_will_do
from analysis.estimates.findings import Findings
from analysis.plain_text import is_printable
from analysis.settings import MOST_DAYS, RecommendSettings
from analysis.statistics.confidence_bounds import calls_for_a_bound
from analysis.verdicts.holds import MIN_CALLS_TO_LOWER, Hold, hold_on, hold_on_lowering
from analysis.verdicts.recommendation import Recommendation, Verdict

MANY_ERRORS: Final = 0.2
"""With a larger share of errors than this, their cause comes first (as for a saturated load level)."""

FOUR_WEEKS_DAYS: Final = 28
"""Each hour of the week four times."""
ENOUGH_TO_OBSERVE: Final = 3 * MIN_CALLS_TO_LOWER
"""Executions in so many days that will do for a lowering, also where slow ones come in bursts."""

A_GOOD_HOUR: Final = "1h10m"
"""An hour of calls, with room for a warm-up that does not count."""
A_GOOD_HOUR_S: Final = 4200.0


@dataclass(frozen=True, slots=True)
class NextStep:
    """A command, and what it waits for: calls that count, or seconds; None: unknown, or for nothing."""

    command: str | None
    calls: float | None = None
    lasts_s: float | None = None

    def takes_s(self, pace: float | None) -> float | None:
        """Return about how many seconds it calls, at a pace in calls/s; None where that is unknown."""
        if self.calls is None or not pace:
            return self.lasts_s
        return self.calls / pace


def next_step(findings: Findings, judged: Recommendation, settings: RecommendSettings) -> NextStep:
    """Return what to run next, without a command where none helps; `judged`: these findings' verdict."""
    action = _only(findings.action_id, findings.action_name)
    match judged.verdict:
        case Verdict.CENSORED_NEEDS_PROBE:
            return _after_a_cut_off(findings, action, settings)
        case Verdict.INSUFFICIENT_SAMPLES:
            return _after_too_few(findings, action, settings)
        case Verdict.NO_DATA:
            return NextStep(_after_no_data(findings, action))
        case Verdict.UNSTABLE:
            many = settings.target_calls
            return NextStep(f"diag measure {action} --calls {many}", calls=many)
        case Verdict.RAISE | Verdict.LOWER if hold_on(judged) is None:
            return NextStep(findings.apply_with)
        case Verdict.RAISE:
            return NextStep(f"diag measure {action}", calls=_for_a_bound(findings, settings))
        case Verdict.LOWER:
            return _to_lower(findings, judged, action, settings)
        case _:
            return NextStep(None)


def _after_a_cut_off(findings: Findings, action: str, settings: RecommendSettings) -> NextStep:
    if findings.given_up_by_backend is not None:
        return NextStep(findings.apply_with.replace(" --apply", " --backend-errors exclude"))
    ended_by_the_client = findings.given_up > findings.censored / 2
    probe = "" if ended_by_the_client else "--probe "
    return NextStep(f"diag measure {probe}{action}", calls=_for_a_bound(findings, settings))


def _for_a_bound(findings: Findings, settings: RecommendSettings) -> float:
    """The calls of which a run gives a number, where slow ones come in bursts as they do here."""
    fewest = calls_for_a_bound(settings.percentile, settings.confidence)
    return fewest * max(findings.estimate.design_effect, 1.0)


def _after_too_few(findings: Findings, action: str, settings: RecommendSettings) -> NextStep:
    if findings.saturated_because is not None:
        return NextStep(_measure_at_half_the_rate(findings, action))
    if findings.errors > MANY_ERRORS * findings.estimate.samples:
        return NextStep("diag doctor")
    missing = findings.shortfall
    if missing.calls_needed is None:
        return NextStep(f"diag measure {action}")
    # A new run is judged on its own calls, and its own warm-up does not count.
    whole = missing.far_seeing + missing.calls_needed
    calls = _round_up(whole / (1.0 - settings.warmup_max_share))
    by_timeout = missing.limited_by_the_timeout or missing.hidden
    more = None if by_timeout else _observe_more(findings, missing.calls_needed)
    if more is not None:
        return NextStep(more)
    probe = "--probe " if by_timeout and findings.given_up <= findings.censored / 2 else ""
    return NextStep(f"diag measure {probe}{action} --calls {calls}", calls=whole)


def _to_lower(
    findings: Findings, judged: Recommendation, action: str, settings: RecommendSettings
) -> NextStep:
    """What the evidence lacks; after weak runs, whatever a new run needs to lower a timeout."""
    samples, effective = findings.estimate.samples, max(findings.estimate.n_eff, 1.0)
    whole = MIN_CALLS_TO_LOWER * samples / effective
    match hold_on_lowering(judged):
        case Hold.REAL_INPUTS:
            return NextStep(where_real_inputs_go(findings.action_id, findings.action_name))
        case Hold.HOURS:
            return NextStep(_see_the_hours(findings, action))
        case Hold.CALLS:
            calls = _round_up(whole / (1.0 - settings.warmup_max_share))
            measure = NextStep(f"diag measure {action} --calls {calls} --all-the-time", calls=whole)
        case _:
            longer = f"diag measure {action} --time {A_GOOD_HOUR} --all-the-time"
            measure = NextStep(longer, lasts_s=A_GOOD_HOUR_S)
    more = _observe_more(findings, whole - samples)
    return measure if more is None else NextStep(more)


def _observe_more(findings: Findings, executions: float) -> str | None:
    """Return the command that reads so many more executions of production; None where it cannot."""
    read, samples = findings.telemetry, findings.estimate.samples
    if read is None or not samples:
        return None
    times = max(1.0 + executions / samples, read.times_longer)
    days = max(math.ceil(read.days * times), read.days + 1)
    return None if days > MOST_DAYS else _observe(findings, days, read.flags)


def _see_the_hours(findings: Findings, action: str) -> str:
    """What shows the hours in which production calls: its own telemetry, where that holds enough calls; else
    windows all over them."""
    week = findings.facts.production_week
    if week is not None and week.known_from == "telemetry" and sum(week.calls) >= ENOUGH_TO_OBSERVE:
        return _observe(findings, FOUR_WEEKS_DAYS)
    # In three days there is a whole working day, whenever they begin.
    over = "3d" if week is not None and any_working_day_will_do(week) else "7d"
    return f"diag tune {action} --over {over}"


def _observe(findings: Findings, days: int, flags: str = "") -> str:
    name = name_to_type(findings.action_id, findings.action_name)
    whose = f"-- {shlex.quote(name)}" if name.startswith("-") else ""
    first = "" if whose else f"{shlex.quote(name)} "
    return " ".join(f"diag observe {first}--days {days} {flags} {whose}".split(" ")).rstrip()


def where_real_inputs_go(action_id: str, action_name: str) -> str:
    """Return the command that shows the workload's line for real inputs of an action."""
    return f"diag measure --dry-run {_only(action_id, action_name)}"


def _only(action_id: str, action_name: str) -> str:
    which = name_to_type(action_id, action_name)
    return f"--action={shlex.quote(which)}" if which.startswith("-") else f"--action {shlex.quote(which)}"


def name_to_type(action_id: str, action_name: str) -> str:
    """Return the name, which people know; the id where the name cannot be shown, and so not be copied."""
    return action_name if is_printable(action_name) else action_id


def _after_no_data(findings: Findings, action: str) -> str:
    """Never the same load again: it would fail in the same way."""
    if findings.saturated_because is not None:
        return _measure_at_half_the_rate(findings, action)
    if findings.left_out.get("auth_error") or findings.censored > 2 * findings.given_up:
        return "diag doctor"
    if findings.left_out.get("invalid_input"):
        return f"diag measure --dry-run {action}"
    return f"diag measure {action}"


def _measure_at_half_the_rate(findings: Findings, action: str) -> str:
    rate = f" --rate {findings.saturated_rate / 2:.2g}" if findings.saturated_rate is not None else ""
    return f"diag measure {action}{rate}"


def _round_up(calls: float) -> int:
    """Rounded up to the next 10 below 1,000 calls, to the next 100 above."""
    step = 10 if calls < 1000 else 100
    return int(-(-calls // step) * step)
