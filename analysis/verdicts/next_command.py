"""The command to run next, per verdict."""

import shlex
from typing import Final

from analysis.estimates.findings import MOSTLY, Findings
from analysis.settings import RecommendSettings
from analysis.verdicts.recommendation import Verdict

MANY_ERRORS: Final = 0.2
"""With a larger share of errors than this, their cause comes first (as for a saturated load level)."""


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
        case Verdict.LOWER if (findings.invented_share or 0.0) >= MOSTLY:
            return where_real_inputs_go(findings.action_name)
        case Verdict.RAISE | Verdict.LOWER:
            return findings.apply_with
        case _:
            return None


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
