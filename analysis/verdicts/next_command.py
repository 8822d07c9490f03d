"""The command that gets further, per verdict."""

import shlex
from typing import Final

from analysis.estimates.findings import Findings
from analysis.settings import RecommendSettings
from analysis.verdicts.recommendation import Verdict

MANY_ERRORS: Final = 0.2
"""More errors than this are what to look into first (as for a saturated load level)."""


def next_command(found: Findings, verdict: Verdict, settings: RecommendSettings) -> str | None:
    """Return the command that gets further, or None where nothing is left to do from here."""
    name = shlex.quote(found.action_name)
    action = f"--action={name}" if found.action_name.startswith("-") else f"--action {name}"
    match verdict:
        case Verdict.CENSORED_NEEDS_PROBE:
            cut_off_by_us = found.given_up > found.censored / 2
            return f"diag measure {action}" if cut_off_by_us else f"diag measure --probe {action}"
        case Verdict.INSUFFICIENT_SAMPLES:
            if found.saturated_because is not None:
                return _slower(found, action)
            if found.errors > MANY_ERRORS * found.estimate.samples:
                return "diag doctor"
            missing = found.shortfall
            if missing.calls_needed is None:
                return f"diag measure {action}"
            # A new run is judged on its own, and has a warm-up of its own that does not count.
            whole = missing.far_seeing + missing.calls_needed
            calls = _round_up(whole / (1.0 - settings.warmup_max_share))
            by_timeout = missing.limited_by_the_timeout or missing.hidden
            probe = "--probe " if by_timeout and found.given_up <= found.censored / 2 else ""
            return f"diag measure {probe}{action} --calls {calls}"
        case Verdict.NO_DATA:
            return _after_no_data(found, action)
        case Verdict.UNSTABLE:
            return f"diag measure {action} --calls {settings.target_calls}"
        case Verdict.RAISE | Verdict.LOWER:
            return found.apply_with
        case _:
            return None


def _after_no_data(found: Findings, action: str) -> str:
    """Never the same load again: it would meet what it met."""
    if found.saturated_because is not None:
        return _slower(found, action)
    if found.left_out.get("auth_error") or found.censored > 2 * found.given_up:
        return "diag doctor"
    if found.left_out.get("invalid_input"):
        return f"diag measure --dry-run {action}"
    return f"diag measure {action}"


def _slower(found: Findings, action: str) -> str:
    rate = f" --rate {found.saturated_rate / 2:.2g}" if found.saturated_rate is not None else ""
    return f"diag measure {action}{rate}"


def _round_up(calls: float) -> int:
    """A round number of calls: to the next 10 below 1,000, to the next 100 above."""
    step = 10 if calls < 1000 else 100
    return int(-(-calls // step) * step)
