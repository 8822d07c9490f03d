"""How a change ends: the last two steps, and the endings every other step may come to."""

from dataclasses import replace

from diag.changes.applying.apply_context import ApplyContext, Step
from diag.changes.applying.change_state import ChangeState, append_line
from diag.changes.applying.snapshot import timeout_text
from diag.changes.plans.change_result import ChangeOutcome
from diag.genesys.api_errors import ApiError, NotFoundError


def write_result(state: ChangeState, context: ApplyContext) -> Step:
    """RESULT*: journal how it ended."""
    line = replace(state.line, phase="result", outcome=str(state.outcome), reason=state.reason)
    append_line(state, context, line)
    return Step.CLEAN_UP


def clean_up(state: ChangeState, context: ApplyContext) -> Step:
    """CLEAN_UP: drop the backup, unless the change failed after a write: then someone may need it."""
    if state.outcome is not ChangeOutcome.FAILED or not state.may_have_written:
        context.backups.drop([state.line.entry])
    return Step.DONE


def end(state: ChangeState, context: ApplyContext, outcome: ChangeOutcome, reason: str) -> Step:
    """End the change; the reason names the backup where someone may need it."""
    if outcome is ChangeOutcome.FAILED and state.may_have_written:
        reason += backup_sentence(state, context)
    state.outcome, state.reason = outcome, reason
    return Step.RESULT


def leave_open(state: ChangeState, reason: str) -> Step:
    """End without a result in the journal: the next apply of this plan resumes here."""
    state.outcome = ChangeOutcome.FAILED
    state.reason = f"{reason}. Apply the same plan again to finish it"
    return Step.DONE


def end_overtaken(state: ChangeState, context: ApplyContext) -> Step:
    """End because someone else wrote the action after us; their version stays."""
    return end(
        state,
        context,
        ChangeOutcome.FAILED,
        f"written as version {state.line.version_after}, then changed by someone else: version "
        f"{state.reading.version}, timeout {timeout_text(state.reading)}. Left as it is",
    )


def end_on_error(state: ChangeState, context: ApplyContext, step: Step, error: ApiError) -> Step:
    """End because the org answered a step with an error the step has no way around."""
    state.note(error.correlation_id)
    state.denied = error.category == "auth"
    state.stop = state.stop or state.denied or state.line.phase == "restore"
    if state.may_have_written:
        return leave_open(
            state,
            f"{error.message} At step {step}, after a write: the timeout may already be "
            f"{state.change.after_timeout_s} s",
        )
    if isinstance(error, NotFoundError):
        return end(state, context, ChangeOutcome.REFUSED, "it no longer exists")
    reason = f"{error.message} Nothing was changed (step {step})"
    return end(state, context, ChangeOutcome.FAILED, reason)


def backup_sentence(state: ChangeState, context: ApplyContext) -> str:
    """Return the sentence that names the backup, or nothing where there is none."""
    path = context.backups.path(state.line.entry)
    return f". The action as it was: {path}" if path.exists() else ""
