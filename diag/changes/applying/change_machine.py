"""One change, step by step. Every arrow is a `return` of a step; a process may be killed between any two.

    READ ─ COMPARE ─ TEST_BEFORE ─ INTENT* ─ BACK_UP ─ PATCH ─ WRITTEN* ─ READ_BACK ─ TEST_AFTER ─ RESULT*
      │       └ refused: RESULT*     ↑                    │                   │            │
      │                              └───── LOOK_UP ──────┘                   ↓            ↓
      └ RESUME: a killed apply's entry             stale or lost reply        RESTORE_INTENT* ─ RESTORE
        goes on at WRITTEN, READ_BACK,                                              ↑             │
        READ_RESTORED or COMPARE                                                    └─ READ_RESTORED ─ RESULT*

Steps with * are journal lines, on the disk before the next step begins. A write is only ever sent at the
version just read, so two people cannot overwrite each other; a write whose reply was lost is never
repeated blindly but looked up first. What someone else changed in between is never put back.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from diag.changes.applying import ending_steps, forward_steps, restore_steps
from diag.changes.applying.apply_context import ApplyContext, Step
from diag.changes.applying.change_state import ChangeState
from diag.changes.applying.snapshot import Snapshot, drift
from diag.changes.journal.journal_line import JournalLine
from diag.changes.plans.change_result import ChangeResult
from diag.changes.plans.plan import Change
from diag.genesys.api_errors import ApiError


def carry_out_change(
    change: Change, context: ApplyContext, resume: JournalLine | None = None
) -> ChangeResult:
    """Go from READ to DONE and return how it ended. Raises JournalError only."""
    state = ChangeState.begin(change, context, resume)
    step = Step.READ
    while step is not Step.DONE:
        try:
            following = STEPS[step](state, context)
        except ApiError as error:
            following = ending_steps.end_on_error(state, context, step, error)
        context.on_step(change, step)
        step = following
    return state.result()


def resume_entry(state: ChangeState, context: ApplyContext) -> Step:
    """RESUME: find out what the killed apply had reached, by what the org shows now."""
    assert state.resume is not None
    backup = context.backups.load(state.line.entry)
    state.original = Snapshot.of(backup, state.change.salt) if backup is not None else None
    if state.resume.phase == "restore":
        if state.original is None:
            return restore_steps.end_without_backup(state, context, state.resume.reason)
        return Step.READ_RESTORED
    if state.shows_our_write() and state.resume.phase == "intent":
        return Step.WRITTEN
    state.unclear = False
    untouched = state.reading.version == state.line.version_before and not drift(state.change, state.reading)
    if state.resume.phase == "written" and not untouched:
        return Step.READ_BACK
    state.line = replace(state.line, apply_id=context.author.apply_id, version_after=None)
    return Step.COMPARE


STEPS: Final[Mapping[Step, Callable[[ChangeState, ApplyContext], Step]]] = {
    Step.READ: forward_steps.read,
    Step.RESUME: resume_entry,
    Step.COMPARE: forward_steps.compare,
    Step.TEST_BEFORE: forward_steps.test_before,
    Step.INTENT: forward_steps.intent,
    Step.BACK_UP: forward_steps.back_up,
    Step.PATCH: forward_steps.patch,
    Step.LOOK_UP: forward_steps.look_up,
    Step.WRITTEN: forward_steps.written,
    Step.READ_BACK: forward_steps.read_back,
    Step.TEST_AFTER: forward_steps.test_after,
    Step.RESTORE_INTENT: restore_steps.restore_intent,
    Step.RESTORE: restore_steps.restore,
    Step.READ_RESTORED: restore_steps.read_restored,
    Step.RESULT: ending_steps.write_result,
    Step.CLEAN_UP: ending_steps.clean_up,
}
