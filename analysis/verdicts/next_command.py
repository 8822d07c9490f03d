"""The command to run next, per verdict: what sets its number, or what gets it past the guard."""

import math
from dataclasses import dataclass
from typing import Final

from analysis.coverage.hours_seen import any_working_day_will_do
from analysis.estimates.findings import Findings
from analysis.format.sample_schema import Outcome
from analysis.format.timeout_limits import PLATFORM_MAX_TIMEOUT_S
from analysis.plain_text import is_printable
from analysis.recommend_settings import MOST_DAYS, RecommendSettings
from analysis.statistics.confidence_bounds import calls_for_a_bound
from analysis.typed_command import MEASURES_AT_MOST_S, MEASURES_THE_SANDBOX_AT_MOST_S
from analysis.verdicts.evidence_to_set import MIN_CALLS_TO_LOWER, Hold, hold_on, hold_on_lowering
from analysis.verdicts.recommendation import Recommendation, Verdict

MANY_ERRORS: Final = 0.2
"""With a larger share of errors than this, their cause comes first (as for a saturated load level)."""

FOUR_WEEKS_DAYS: Final = 28
"""Each hour of the week four times."""
ENOUGH_TO_OBSERVE: Final = 3 * MIN_CALLS_TO_LOWER
"""Executions in so many days that will do for a lowering, also where slow ones come in bursts."""

PROBE: Final = ("--probe",)
DIRECT: Final = ("--direct",)
BOTH: Final = ("--both",)
"""An action and its backend in the same minutes: then what moves meanwhile is in neither's share."""
COMPARE: Final = ("--direct", "--dry-run", "--compare")
"""It shows what a backend is asked, with which credentials, and where Genesys Cloud asks otherwise."""
DRY_RUN: Final = ("--dry-run",)
"""It shows the workload's line for real inputs of an action."""
SPARE_TIME: Final = 1.25
"""A run has its warm-up, and pauses where the guard makes them."""
A_GOOD_HOUR: Final = "1h10m"
"""An hour of calls, with room for a warm-up that does not count."""
A_GOOD_HOUR_S: Final = 4200.0


@dataclass(frozen=True, slots=True)
class NextStep:
    """A command, and what it waits for: calls that count, or seconds; None: unknown, or for nothing.

    `sends`: the calls that a new run makes where some are missing, those that will not count among them.
    """

    command: str | None
    calls: float | None = None
    sends: int | None = None
    lasts_s: float | None = None

    def takes_s(self, pace: float | None) -> float | None:
        """Return about how many seconds it calls, at a pace in calls/s; None where that is unknown."""
        if self.calls is None or not pace:
            return self.lasts_s
        return self.calls / pace


def next_step(findings: Findings, judged: Recommendation, settings: RecommendSettings) -> NextStep:
    """Return what to run next, without a command where none helps; `judged`: these findings' verdict."""
    match judged.verdict:
        case Verdict.CENSORED_NEEDS_PROBE:
            return _after_a_cut_off(findings, settings)
        case Verdict.INSUFFICIENT_SAMPLES:
            return _after_too_few(findings, settings)
        case Verdict.NO_DATA:
            return NextStep(_after_no_data(findings))
        case Verdict.UNSTABLE:
            many = settings.target_calls
            return NextStep(_measure_calls(findings, many), calls=many)
        case Verdict.RAISE | Verdict.LOWER if hold_on(judged) is None:
            return NextStep(findings.asked.apply)
        case Verdict.OK if findings.backend_alone:
            return NextStep(both_ways(findings))
        case Verdict.RAISE:
            return NextStep(_measure(findings), calls=_for_a_bound(findings, settings))
        case Verdict.LOWER:
            return _to_lower(findings, judged, settings)
        case _:
            return NextStep(None)


def _after_a_cut_off(findings: Findings, settings: RecommendSettings) -> NextStep:
    if findings.given_up_by_backend is not None:
        return NextStep(_answered_alone(findings))
    ended_by_the_client = findings.given_up > findings.censored / 2
    if findings.censored and not ended_by_the_client and not findings.timeouts:
        return NextStep(why_it_fails(findings))
    first = () if ended_by_the_client else _longer_timeout(findings)
    return NextStep(_measure(findings, first=first), calls=_for_a_bound(findings, settings))


def _longer_timeout(findings: Findings) -> tuple[str, ...]:
    """What shows calls beyond their timeout: a draft has its own one, a direct call any that is asked for."""
    return ("--timeout", str(PLATFORM_MAX_TIMEOUT_S)) if findings.backend_alone else PROBE


def _answered_alone(findings: Findings) -> str:
    """Judge the calls that were answered, of this action only: elsewhere errors may well hide slow calls."""
    return findings.asked.command("recommend", _name(findings), after=("--backend-errors", "exclude"))


def _for_a_bound(findings: Findings, settings: RecommendSettings) -> float:
    """The calls of which a run gives a number, where slow ones come in bursts as they do here."""
    fewest = calls_for_a_bound(settings.percentile, settings.confidence)
    return fewest * max(findings.estimate.design_effect, 1.0)


def _after_too_few(findings: Findings, settings: RecommendSettings) -> NextStep:
    if findings.saturated_because is not None:
        return NextStep(_measure_at_half_the_rate(findings))
    lost = findings.left_out.get(Outcome.NETWORK_ERROR, 0)  # never sent, or errors that are left out
    if max(findings.errors, lost) > MANY_ERRORS * findings.estimate.samples:
        return NextStep(why_it_fails(findings))
    missing = findings.shortfall
    ended_by_the_client = findings.given_up > findings.censored / 2
    if missing.hidden and not ended_by_the_client and not findings.timeouts:
        return NextStep(why_it_fails(findings))
    if missing.calls_needed is None:
        return NextStep(_measure(findings))
    # A new run is judged on its own calls, and its own warm-up does not count.
    whole = missing.far_seeing + missing.calls_needed
    calls = _round_up(whole / (1.0 - settings.warmup_max_share))
    by_timeout = missing.limited_by_the_timeout or missing.hidden
    more = None if by_timeout else _observe_more(findings, missing.calls_needed)
    if more is not None:
        return NextStep(more)
    first = _longer_timeout(findings) if by_timeout and not ended_by_the_client else ()
    return NextStep(_measure_calls(findings, calls, first=first), calls=whole, sends=calls)


def _to_lower(findings: Findings, judged: Recommendation, settings: RecommendSettings) -> NextStep:
    """What the evidence lacks; after weak runs, whatever a new run needs to lower a timeout."""
    samples, effective = findings.estimate.samples, max(findings.estimate.n_eff, 1.0)
    whole = MIN_CALLS_TO_LOWER * samples / effective
    match hold_on_lowering(judged):
        case Hold.OTHER_TOOL:
            return NextStep(_tune(findings, "1d"))
        case Hold.BACKEND_ALONE:
            return NextStep(both_ways(findings))
        case Hold.REAL_INPUTS:
            return NextStep(_measure(findings, first=DRY_RUN))
        case Hold.HOURS:
            return NextStep(_see_the_hours(findings))
        case Hold.TIME:
            other = NextStep(_tune(findings, "1d"))
        case Hold.CALLS:
            calls = _round_up(whole / (1.0 - settings.warmup_max_share))
            other = NextStep(_measure_calls(findings, calls, "--all-the-time"), calls=whole)
        case None:
            longer = _measure(findings, "--time", A_GOOD_HOUR, "--all-the-time")
            other = NextStep(longer, lasts_s=A_GOOD_HOUR_S)
        case _:
            other = NextStep(None)
    more = _observe_more(findings, whole - samples)
    return other if more is None else NextStep(more)


def _observe_more(findings: Findings, executions: float) -> str | None:
    """Return the command that reads so many more executions of production; None where it cannot."""
    read, samples = findings.telemetry, findings.estimate.samples
    if read is None or not samples:
        return None
    times = max(1.0 + executions / samples, read.times_longer)
    days = max(math.ceil(read.days * times), read.days + 1)
    return None if days > MOST_DAYS else _observe(findings, days)


def _see_the_hours(findings: Findings) -> str:
    """What shows the hours in which production calls: its own telemetry, where that holds enough calls; else
    windows all over them."""
    week = findings.facts.production_week
    executions = 0.0 if week is None else min(map(sum, week.possible))
    if week is not None and week.known_from == "telemetry" and executions >= ENOUGH_TO_OBSERVE:
        return _observe(findings, FOUR_WEEKS_DAYS)
    # In three days there is a whole working day, whenever they begin.
    over = "3d" if week is not None and any_working_day_will_do(week) else "7d"
    return _tune(findings, over)


def _tune(findings: Findings, over: str) -> str:
    return findings.asked.command("tune", _name(findings), after=("--over", over))


def _observe(findings: Findings, days: int) -> str:
    return findings.asked.command("observe", _name(findings), after=("--days", str(days)))


def both_ways(findings: Findings) -> str:
    """Return the command that measures the action through Genesys Cloud and its backend alone."""
    return findings.asked.command("measure", _name(findings), before=BOTH)


def both_for_longer(findings: Findings) -> str:
    """Return the command that goes on calling the action and its backend when their numbers are settled."""
    return findings.asked.command("measure", _name(findings), before=BOTH, after=("--all-the-time",))


def _measure(findings: Findings, *flags: str, first: tuple[str, ...] = ()) -> str:
    direct = DIRECT if findings.backend_alone else ()
    return findings.asked.command("measure", _name(findings), before=(*direct, *first), after=flags)


def _measure_calls(findings: Findings, calls: int, *flags: str, first: tuple[str, ...] = ()) -> str:
    """With the time they take at this pace, and some more, where a run would else end before them."""
    usual_s = MEASURES_THE_SANDBOX_AT_MOST_S if findings.in_sandbox else MEASURES_AT_MOST_S
    takes_s = SPARE_TIME * calls / findings.pace if findings.pace else 0.0
    time = ("--time", f"{math.ceil(takes_s / 60)}m") if takes_s > usual_s else ()
    return _measure(findings, "--calls", str(calls), *time, *flags, first=first)


def _name(findings: Findings) -> tuple[str]:
    clear = findings.name_is_clear
    return (name_to_type(findings.action_id, findings.action_name) if clear else findings.action_id,)


def name_to_type(action_id: str, action_name: str) -> str:
    """Return the name, which people know; the id where the name cannot be shown, and so not be copied."""
    return action_name if is_printable(action_name) else action_id


def _after_no_data(findings: Findings) -> str:
    """Never the same load again: it would fail in the same way."""
    if findings.failed is not None and not findings.any_answer:
        return why_it_fails(findings)
    if findings.saturated_because is not None:
        return _measure_at_half_the_rate(findings)
    if findings.left_out.get("auth_error") or findings.censored > 2 * findings.given_up:
        return why_it_fails(findings)
    if findings.left_out.get("invalid_input"):
        return _measure(findings, first=DRY_RUN)
    return _measure(findings)


def _measure_at_half_the_rate(findings: Findings) -> str:
    rate = findings.saturated_rate
    return _measure(findings) if rate is None else _measure(findings, "--rate", f"{rate / 2:.2g}")


def why_it_fails(findings: Findings) -> str:
    """Return the command that shows why calls fail: of the org, or of how its backend is called; of calls by
    another tool, how they failed."""
    if findings.measured_by:
        return findings.asked.report
    if findings.backend_alone:
        return findings.asked.command("measure", _name(findings), before=COMPARE)
    return findings.asked.command("doctor")


def _round_up(calls: float) -> int:
    """Rounded up to the next 10 below 1,000 calls, to the next 100 above."""
    step = 10 if calls < 1000 else 100
    return int(-(-calls // step) * step)
