"""The command to run next, per verdict."""

import shlex
from typing import Final

from analysis.estimates.findings import MIN_CALLS_TO_LOWER, Findings, lacking_to_lower
from analysis.settings import RecommendSettings
from analysis.verdicts.recommendation import Verdict

MANY_ERRORS: Final = 0.2
"""With a larger share of errors than this, their cause comes first (as for a saturated load level)."""

A_GOOD_HOUR: Final = "1h10m"
"""An hour of calls, with room for a warm-up that does not count."""


def next_command(findings: Findings, verdict: Verdict, settings: RecommendSettings) -> str | None:
    """Return the command to run next, or None where no command helps."""
    action = _only(findings.action_name)
    match verdict:
        case Verdict.CENSORED_NEEDS_PROBE:
            ended_by_the_client = findings.given_up > findings.censored / 2
            return f"diag measure {action}" if ended_by_the_client else f"diag measure --probe {action}"
        case Verdict.INSUFFICIENT_SAMPLES:
            if findings.saturated_because is not None:
                return _measure_at_half_the_rate(findings, action)
            if findings.errors > MANY_ERRORS * findings.estimate.samples:
                return "diag doctor"
            missing = findings.shortfall
            if missing.calls_needed is None:
                return f"diag measure {action}"
            # A new run is judged on its own calls, and its own warm-up does not count.
            whole = missing.far_seeing + missing.calls_needed
            calls = _round_up(whole / (1.0 - settings.warmup_max_share))
            by_timeout = missing.limited_by_the_timeout or missing.hidden
            probe = "--probe " if by_timeout and findings.given_up <= findings.censored / 2 else ""
            return f"diag measure {probe}{action} --calls {calls}"
        case Verdict.NO_DATA:
            return _after_no_data(findings, action)
        case Verdict.UNSTABLE:
            return f"diag measure {action} --calls {settings.target_calls}"
        case Verdict.LOWER:
            return _after_a_lower(findings, action, settings)
        case Verdict.RAISE:
            return findings.apply_with
        case _:
            return None


def _after_a_lower(findings: Findings, action: str, settings: RecommendSettings) -> str:
    """What helps a number that is held back (`guards.objection_to_lowering`); else what sets it."""
    effective = findings.estimate.n_eff
    match lacking_to_lower(findings.invented_share, findings.coverage.grade, effective):
        case "real inputs":
            return where_real_inputs_go(findings.action_name)
        case "time":
            return f"diag measure {action} --time {A_GOOD_HOUR} --all-the-time"
        case "calls":
            each = findings.estimate.samples / max(effective, 1.0)
            calls = _round_up(MIN_CALLS_TO_LOWER * each / (1.0 - settings.warmup_max_share))
            return f"diag measure {action} --calls {calls} --all-the-time"
        case None:
            return findings.apply_with


def where_real_inputs_go(action_name: str) -> str:
    """Return the command that shows the workload's line for real inputs of an action."""
    return f"diag measure --dry-run {_only(action_name)}"


def _only(action_name: str) -> str:
    name = shlex.quote(action_name)
    return f"--action={name}" if action_name.startswith("-") else f"--action {name}"


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
