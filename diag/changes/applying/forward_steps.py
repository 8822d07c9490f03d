"""The way forward: read, compare, write at the version just read, prove, test."""

from dataclasses import replace

from analysis.moment_words import clock_time
from diag.changes.applying.apply_context import ApplyContext, Step
from diag.changes.applying.change_state import (
    MAX_WRITES,
    ChangeState,
    append_line,
    fresh_reading,
    pause,
    read_until_written,
)
from diag.changes.applying.ending_steps import end, end_overtaken, leave_open
from diag.changes.applying.org import NotTested
from diag.changes.applying.snapshot import before_text, drift, timeout_text
from diag.changes.applying.verification_call import CallResult, call_until_passed, input_to_call
from diag.changes.plans.change_result import ChangeOutcome
from diag.genesys.api_errors import ApiError, RateLimitedError, StaleVersionError, effect_is_unknown


def read(state: ChangeState, context: ApplyContext) -> Step:
    """READ the action as it is."""
    state.present = fresh_reading(state, context)
    return Step.RESUME if state.resume is not None else Step.COMPARE


def compare(state: ChangeState, context: ApplyContext) -> Step:
    """COMPARE it with what the plan saw; refuse, naming the field, where it moved."""
    moved = drift(state.change, state.reading)
    if moved:
        return _refuse(state, context, moved)
    state.original = state.reading
    return Step.TEST_BEFORE


def test_before(state: ChangeState, context: ApplyContext) -> Step:
    """TEST_BEFORE: does the action pass at the old timeout?"""
    if context.options.verify:
        result = _test_call(state, context, state.change.before_timeout_s)
        passed = result.passed if isinstance(result, CallResult) else None
        state.line = replace(state.line, passed_before=passed)
    return Step.INTENT


def intent(state: ChangeState, context: ApplyContext) -> Step:
    """INTENT*: journal that a write follows, and on which version."""
    append_line(state, context, replace(state.line, phase="intent", version_before=state.reading.version))
    return Step.BACK_UP


def back_up(state: ChangeState, context: ApplyContext) -> Step:
    """BACK_UP: keep the action as it was before the first write."""
    assert state.original is not None
    if not state.writes:
        context.backups.keep(state.line.entry, state.original.full)
    return Step.PATCH


def patch(state: ChangeState, context: ApplyContext) -> Step:
    """PATCH: send everything as it was read, with only the timeout changed."""
    state.writes += 1
    try:
        reply = context.org.patch_timeout(state.reading.full, _timeout_to_send(state))
    except StaleVersionError as error:
        state.note(error.correlation_id)
        state.reason = error.message
        return Step.LOOK_UP
    except ApiError as error:
        if not effect_is_unknown(error):
            if _arrived_before(state, context, error):
                state.note(error.correlation_id)
                return _ours(state)
            raise
        state.note(error.correlation_id)
        state.unclear = True
        state.reason = error.message
        return Step.LOOK_UP
    state.line = replace(state.line, version_after=reply.version)
    state.note(reply.correlation_id)
    return Step.WRITTEN


def look_up(state: ChangeState, context: ApplyContext) -> Step:
    """LOOK_UP: after a stale or lost reply, read what the org shows before anything else is sent."""
    pause(context, state.writes)
    state.present = fresh_reading(state, context)
    if state.shows_exactly_our_write() or (state.unclear and state.shows_our_write()):
        return _ours(state)
    moved = drift(state.change, state.present)
    if moved and state.unclear and (state.present.version or 0) < (state.line.version_before or 0):
        return leave_open(state, _shows_older(state))
    if moved and state.unclear:
        reason = f"the reply to our write was lost, and now: {'; '.join(moved)}. Left as it is"
        return end(state, context, ChangeOutcome.FAILED, reason)
    if moved and state.may_show_our_write():
        state.unclear = True  # so the backup is kept
        state.line = replace(state.line, version_after=state.present.version)  # so undo offers it
        reason = (
            "our write was refused as stale, yet its timeout is there, one version on: it may have arrived "
            "twice and changed more than the timeout, or someone else set the same: "
            f"{'; '.join(moved)}. Left as it is"
        )
        return end(state, context, ChangeOutcome.FAILED, reason)
    if moved:
        return _refuse(state, context, moved)
    if state.writes >= MAX_WRITES:
        reason = f"nothing was changed after {MAX_WRITES} attempts; the last answer was: {state.reason}"
        return end(state, context, ChangeOutcome.FAILED, reason)
    return Step.INTENT


def written(state: ChangeState, context: ApplyContext) -> Step:
    """WRITTEN*: journal that the org shows our write."""
    state.unclear = False
    version = state.line.version_after
    if version is None:
        version = state.reading.version
    append_line(state, context, replace(state.line, phase="written", version_after=version))
    return Step.READ_BACK


def read_back(state: ChangeState, context: ApplyContext) -> Step:
    """READ_BACK: prove field by field that the timeout, and nothing else, is different."""
    read_until_written(state, context)
    present, change = state.reading, state.change
    expected = state.original.fields if state.original is not None else change.fields
    differences = present.differs_from(expected)
    if not differences and state.shows_our_write():
        if state.is_older_than_our_write:
            state.line = replace(state.line, version_after=present.version)  # the reply named another one
        return Step.TEST_AFTER
    if state.is_older_than_our_write:
        return leave_open(state, _shows_older(state))
    if present.version != state.line.version_after:
        return end_overtaken(state, context)
    if not differences and not change.after_is_set and not state.omission_ignored:
        state.omission_ignored = True
        state.original = state.original or present
        return Step.INTENT
    state.stop = True
    if not differences:
        reason = f"the platform accepted {change.after_timeout_s} s and shows {timeout_text(present)}"
        return end(state, context, ChangeOutcome.FAILED, reason)
    state.reason = "the write changed more than the timeout: " + "; ".join(map(str, differences))
    return Step.RESTORE_INTENT


def test_after(state: ChangeState, context: ApplyContext) -> Step:
    """TEST_AFTER: does the action still pass? A call that passed before and fails now is put back."""
    change = state.change
    applied = f"{before_text(change)} -> {timeout_text(state.reading)}"
    if not context.options.verify:
        return _end_applied(state, context, f"{applied}; not tested: verification is off")
    result = _test_call(state, context, change.after_timeout_s)
    if isinstance(result, NotTested):
        return _end_applied(state, context, f"{applied}; not tested: {result.reason}")
    if result.passed:
        return _end_applied(state, context, f"{applied}; {result.name} passed")
    if result.passed is None or state.line.passed_before is None:
        return _end_applied(
            state, context, f"{applied}; the {result.name} was inconclusive ({result.outcome})"
        )
    if not state.line.passed_before:
        return _end_applied(
            state, context, f"{applied}; the {result.name} fails as before ({result.outcome})"
        )
    state.reason = (
        f"the {result.name} passed at {change.before_timeout_s} s and fails at "
        f"{change.after_timeout_s} s ({result.outcome})"
    )
    return Step.RESTORE_INTENT


def _shows_older(state: ChangeState) -> str:
    return (
        f"the org still shows version {state.reading.version}, from before our write: a replica that lags, "
        f"or a cache in between. The timeout may already be {state.change.after_timeout_s} s"
    )


def _ours(state: ChangeState) -> Step:
    """The org shows our write: its version is the one just read."""
    state.line = replace(state.line, version_after=state.reading.version)
    return Step.WRITTEN


def _arrived_before(state: ChangeState, context: ApplyContext, refusal: ApiError) -> bool:
    """Whether a write that was refused is there all the same: what was refused is its second copy."""
    if refusal.status is None or isinstance(refusal, RateLimitedError):
        return False
    try:
        present = fresh_reading(state, context)
    except ApiError:
        return False  # the refusal stands
    before, state.present = state.present, present
    if state.shows_exactly_our_write():
        return True
    state.present = before
    return False


def _end_applied(state: ChangeState, context: ApplyContext, reason: str) -> Step:
    return end(state, context, ChangeOutcome.APPLIED, reason)


def _refuse(state: ChangeState, context: ApplyContext, moved: tuple[str, ...]) -> Step:
    reason = "; ".join(moved) + _who_changed_it(state, context)
    return end(state, context, ChangeOutcome.REFUSED, reason)


def _timeout_to_send(state: ChangeState) -> int | None:
    """Return the timeout to send; None leaves it out."""
    leave_out = not state.change.after_is_set and not state.omission_ignored
    return None if leave_out else state.change.after_timeout_s


def _test_call(state: ChangeState, context: ApplyContext, timeout_s: int) -> CallResult | NotTested:
    action = state.reading.full.action
    options = context.options
    given = input_to_call(action, options.payload_for, allow_side_effects=options.allow_side_effects)
    if isinstance(given, NotTested):
        return given
    state.line = replace(state.line, test_input=None if given.origin is None else str(given.origin))
    result = call_until_passed(context.org, action, given, timeout_s=timeout_s, sleep=context.clock.sleep)
    for correlation_id in result.correlation_ids:
        state.note(correlation_id)
    return result


def _who_changed_it(state: ChangeState, context: ApplyContext) -> str:
    """Name the entry of this journal that wrote the action since the plan was made, if there is one."""
    for line in reversed(context.journal.of_action(state.change.action_id)):
        if line.version_after is None or line.entry == state.line.entry:
            continue
        if line.at < context.plan.created_at:
            break
        who, at = line.client_id or "a bare access token", clock_time(line.at)
        return f" (set to {line.after_timeout_s} s by {who} at {at}, journal entry {line.entry})"
    return ""
