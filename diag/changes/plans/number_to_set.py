"""What a verdict's data alone allow: the number to set, or why there is none."""

from analysis.format.timeout_limits import PLATFORM_MAX_TIMEOUT_S, PLATFORM_MIN_TIMEOUT_S
from analysis.verdicts.evidence_to_set import WITH_A_NUMBER
from analysis.verdicts.recommendation import Recommendation, Verdict
from analysis.verdicts.sentences.why_not_set import objection_to, way_out
from diag.changes.plans.plan import SkippedChange, Unchanged


def number_to_set(item: Recommendation, *, force: bool) -> int | SkippedChange | Unchanged:
    """Return the timeout to set in seconds; `force` overrules every guard but what the platform forbids."""
    if item.verdict is Verdict.OK:
        return Unchanged(item.action_id, item.action_name, item.reason)
    after_timeout_s = item.recommended_timeout_s
    if item.verdict not in WITH_A_NUMBER or after_timeout_s is None:
        return SkippedChange(item.action_id, item.action_name, item.reason)
    objection = objection_to(item)
    if objection and not force:
        return skipped_for(item, objection)
    if not PLATFORM_MIN_TIMEOUT_S <= after_timeout_s <= PLATFORM_MAX_TIMEOUT_S:
        reason = f"{after_timeout_s} s is outside the platform's range of 1 to 60 s"
        return SkippedChange(item.action_id, item.action_name, reason)
    return after_timeout_s


def skipped_for(item: Recommendation, objection: str) -> SkippedChange:
    """Return the action as one whose number a guard holds back, with the command that gets it through."""
    if item.verdict is Verdict.OVER_CAP_USE_ASYNC:
        return SkippedChange(item.action_id, item.action_name, objection)
    command = way_out(item)
    further = "" if command is None else f". Get there: {command}"
    set_or_lowered = "lowered" if item.verdict is Verdict.LOWER else "set"
    reason = f"not {set_or_lowered} yet: {objection}{further}"
    return SkippedChange(item.action_id, item.action_name, reason)
