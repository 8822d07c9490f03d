"""The sentence why a recommended number is not set (`analysis.verdicts.evidence_to_set` decides it)."""

from analysis.number_words import percent, time_seen
from analysis.typed_command import for_any_action
from analysis.verdicts.evidence_to_set import MIN_CALLS_TO_LOWER, Hold, hold_on, hold_on_lowering
from analysis.verdicts.recommendation import Recommendation, Verdict
from analysis.verdicts.sentences.warning_sentences import STRAIGHT_TO_THE_BACKEND


def objection_to(item: Recommendation) -> str | None:
    """Return what speaks against setting the recommended number, by the data alone, or None."""
    hold = hold_on(item)
    return None if hold is None else _objection(item, hold)


def objection_to_lowering(item: Recommendation) -> str | None:
    """Return why the evidence is too thin to shorten a timeout, or None when it is enough."""
    hold = hold_on_lowering(item)
    return None if hold is None else _objection(item, hold)


def _objection(item: Recommendation, hold: Hold) -> str:
    match hold:
        case Hold.WEAK_RUNS:
            return f"the evidence is weak: {' '.join(item.weak_runs).rstrip('.')}"
        case Hold.UNSTABLE | Hold.OVER_CAP:
            return item.reason.rstrip(".")
        case Hold.OTHER_TOOL:
            return (
                f"these calls were measured by {' and '.join(item.measured_by)}, so whether Genesys' own "
                "share of a call is in them is not known"
            )
        case Hold.BACKEND_ALONE:
            return STRAIGHT_TO_THE_BACKEND
        case Hold.REAL_INPUTS:
            share = "all" if item.invented_share == 1.0 else percent(item.invented_share or 0.0)
            return (
                f"{share} of its inputs were invented, and a backend may answer those with a quick "
                '"not found": real ones may take longer'
            )
        case Hold.HOURS:
            return item.coverage_reason or "the hours in which production calls were not seen"
        case Hold.TIME:
            if item.measured_s is None or item.span_s is None:
                return "these calls may cover too short a time, and slow hours may look different"
            seen = time_seen(item.measured_s, item.span_s)
            return f"these calls cover {seen}, and slow hours may look different"
        case Hold.CALLS:
            have = "" if item.n_eff is None else f"; these are worth {item.n_eff:,.0f}"
            return f"lowering needs {MIN_CALLS_TO_LOWER:,} independent calls{have}"


def way_out(item: Recommendation) -> str | None:
    """Return the command that gets a number past what holds it back, or None where none does.

    For time it names no action, so that one line may stand for all of them.
    """
    if objection_to(item) is None:
        return None
    held_for_time = item.verdict is Verdict.LOWER and hold_on(item) is Hold.TIME
    if held_for_time and item.source == "test" and item.next_command is not None:
        spread = for_any_action(item.next_command)
        return f"{spread} (production first, then a few calls at many hours)"
    return item.next_command


def objection_in_org(item: Recommendation, before_timeout_s: int, after_timeout_s: int) -> str | None:
    """Return why the evidence does not fit the timeout in force now, or None when it does."""
    if item.current_timeout_s is not None and item.current_timeout_s != before_timeout_s:
        return (
            f"its timeout is {before_timeout_s} s now and was {item.current_timeout_s} s when measured: "
            "measure again"
        )
    if after_timeout_s < before_timeout_s and item.verdict is not Verdict.LOWER:
        return objection_to_lowering(item)
    return None
