"""The way back within one apply: the old content under the version just read, then proof.

A later change by someone else is left alone.
"""

from dataclasses import replace

from diag.changes.applying.apply_context import ApplyContext, Step
from diag.changes.applying.change_state import (
    MAX_WRITES,
    ChangeState,
    append_line,
    pause,
    read_until_written,
)
from diag.changes.applying.ending_steps import backup_sentence, end, leave_open
from diag.changes.applying.snapshot import timeout_text
from diag.changes.plans.change_result import ChangeOutcome
from diag.genesys.api_errors import ApiError, StaleVersionError, effect_is_unknown


def restore_intent(state: ChangeState, context: ApplyContext) -> Step:
    """RESTORE_INTENT*: journal that the old content is about to be written."""
    if state.original is None:
        return end_without_backup(state, context, state.reason)
    state.reason = state.reason or state.line.reason or ""
    append_line(state, context, replace(state.line, phase="restore", reason=state.reason))
    return Step.RESTORE


def restore(state: ChangeState, context: ApplyContext) -> Step:
    """RESTORE: write the old content; what became of it is read, never assumed."""
    assert state.original is not None
    state.restores += 1
    try:
        # What was unset is left out first; a platform that merges then needs the default in words.
        leave_out = not state.change.before_is_set and state.restores == 1
        reply = context.org.patch_timeout(
            state.original.at_version(state.reading.version),
            None if leave_out else state.change.before_timeout_s,
        )
    except ApiError as error:
        if not isinstance(error, StaleVersionError) and not effect_is_unknown(error):
            raise
        state.note(error.correlation_id)
        state.unclear = state.unclear or effect_is_unknown(error)
        pause(context, state.restores)
        return Step.READ_RESTORED
    state.note(reply.correlation_id)
    state.unclear = False
    append_line(state, context, replace(state.line, version_after=reply.version))
    return Step.READ_RESTORED


def read_restored(state: ChangeState, context: ApplyContext) -> Step:
    """READ_RESTORED: prove that the action is as it was, or try again while it is still ours."""
    assert state.original is not None
    state.reason = state.reason or state.line.reason or ""
    read_until_written(state, context)
    present = state.reading
    left = present.differs_from(state.original.fields)
    if state.is_older_than_our_write:
        state.stop = True
        backup = backup_sentence(state, context)
        return leave_open(
            state,
            f"{state.reason}; whether it is put back cannot be seen: the org still shows version "
            f"{present.version}, from before our write{backup}",
        )
    if not left and present.timeout_s == state.change.before_timeout_s:
        reason = f"{state.reason}; put back to {timeout_text(present)}"
        return end(state, context, ChangeOutcome.RESTORED, reason)
    if state.still_ours() and state.restores < MAX_WRITES:
        return Step.RESTORE_INTENT
    state.stop = True
    shown = f"timeout {timeout_text(present)}, {'; '.join(map(str, left)) or 'all else as before'}"
    if state.still_ours():
        backup = backup_sentence(state, context)
        return leave_open(state, f"{state.reason}; putting it back has not succeeded yet: {shown}{backup}")
    reason = f"{state.reason}; someone else changed it before it was put back: {shown}"
    return end(state, context, ChangeOutcome.FAILED, reason)


def end_without_backup(state: ChangeState, context: ApplyContext, why: str | None) -> Step:
    """End because what was there before is unknown."""
    state.stop = True
    return end(
        state,
        context,
        ChangeOutcome.FAILED,
        f"{why or 'stopped while putting it back'}; there is no backup to put back. It shows version "
        f"{state.reading.version}, timeout {timeout_text(state.reading)}",
    )
