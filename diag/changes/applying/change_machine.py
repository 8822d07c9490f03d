"""One change, step by step. Every arrow is a `return` below; a process may be killed between any two.

    READ ─ COMPARE ─ TEST_BEFORE ─ INTENT* ─ BACK_UP ─ PATCH ─ WRITTEN* ─ READ_BACK ─ TEST_AFTER ─ RESULT*
      │       └ refused: RESULT*     ↑                    │                   │            │
      │                              └─────── LOOK ───────┘                   ↓            ↓
      └ RESUME: a killed apply's entry             stale or lost reply        RESTORE_INTENT* ─ RESTORE
        goes on at WRITTEN, READ_BACK,                                              ↑             │
        READ_RESTORED or COMPARE                                                    └─ READ_RESTORED ─ RESULT*

Steps with * are journal lines, on the disk before the next step begins. A write is only ever sent at the
version just read, so two people cannot overwrite each other; a write whose reply was lost is never
repeated blindly but looked up first. Nothing is put back that somebody else changed in between.
"""

import time
from collections.abc import Callable
from dataclasses import replace

from diag.changes.applying.apply_context import Step, Workbench
from diag.changes.applying.change_state import MAX_WRITES, effect_is_unknown
from diag.changes.applying.org import NotTested
from diag.changes.applying.restore import PuttingBack
from diag.changes.applying.snapshot import Snapshot, before_text, drift, timeout_text
from diag.changes.applying.test_call import Trial, may_call, try_action
from diag.changes.journal.journal import Record
from diag.changes.plans.change_result import ChangeResult, Outcome
from diag.changes.plans.plan import Change
from diag.genesys.errors import ApiError, StaleVersionError


class ChangeMachine(PuttingBack):
    """Carries out one change."""

    def __init__(self, change: Change, bench: Workbench, resume: Record | None = None) -> None:
        super().__init__(change, bench, resume)
        self._steps: dict[Step, Callable[[], Step]] = {
            Step.READ: self._read,
            Step.RESUME: self._pick_up,
            Step.COMPARE: self._compare,
            Step.TEST_BEFORE: self._test_before,
            Step.BACK_UP: self._back_up,
            Step.INTENT: self._intent,
            Step.PATCH: self._patch,
            Step.LOOK: self._look,
            Step.WRITTEN: self._written,
            Step.READ_BACK: self._read_back,
            Step.TEST_AFTER: self._test_after,
            Step.RESTORE_INTENT: self._restore_intent,
            Step.RESTORE: self._restore,
            Step.READ_RESTORED: self._read_restored,
            Step.RESULT: self._result,
            Step.CLEAN_UP: self._clean_up,
        }

    def run(self) -> ChangeResult:
        """Go from READ to DONE and return how it ended. Raises JournalError only."""
        step = Step.READ
        while step is not Step.DONE:
            following = self._guarded(step)
            self._bench.on_step(self._change, step)
            step = following
        return self.result()

    def _guarded(self, step: Step) -> Step:
        """Run one step; an error of the org that the step did not expect ends the change, told as it is."""
        try:
            return self._steps[step]()
        except ApiError as error:
            return self._api_failure(step, error)

    # --- reading and comparing -------------------------------------------------------------------

    def _read(self) -> Step:
        self._present = self._fresh()
        return Step.RESUME if self._resume is not None else Step.COMPARE

    def _compare(self) -> Step:
        found = drift(self._change, self._present)
        if found:
            return self._end(Outcome.REFUSED, "; ".join(found) + self._who_changed_it())
        self._original = self._present
        return Step.TEST_BEFORE

    def _pick_up(self) -> Step:
        """Find out what the killed apply had reached, by what the org shows now."""
        assert self._resume is not None
        backup = self._bench.backups.load(self._record.entry)
        self._original = Snapshot.of(backup, self._change.salt) if backup is not None else None
        if self._resume.phase == "restore":
            return (
                Step.READ_RESTORED if self._original is not None else self._no_way_back(self._resume.reason)
            )
        if self._shows_our_write() and self._resume.phase == "intent":
            return Step.WRITTEN
        self._unclear = False
        if self._resume.phase == "written":
            return Step.READ_BACK
        self._record = replace(self._record, apply_id=self._bench.author.apply_id)
        return Step.COMPARE

    # --- testing and writing ---------------------------------------------------------------------

    def _test_before(self) -> Step:
        if self._bench.verify:
            trial = self._try(self._change.before_timeout_s)
            passed = trial.passed if isinstance(trial, Trial) else None
            self._record = replace(self._record, passed_before=passed)
        return Step.INTENT

    def _intent(self) -> Step:
        self._append(replace(self._record, phase="intent", version_before=self._present.version))
        return Step.BACK_UP

    def _back_up(self) -> Step:
        assert self._original is not None
        if not self._writes:
            self._bench.backups.keep(self._record.entry, self._original.full)
        return Step.PATCH

    def _patch(self) -> Step:
        self._writes += 1
        try:
            reply = self._bench.org.patch_timeout(self._present.full, self._value())
        except StaleVersionError as error:
            self._note(error.correlation_id)
            self._reason = error.message
            return Step.LOOK
        except ApiError as error:
            if not effect_is_unknown(error):
                raise
            self._note(error.correlation_id)
            self._unclear = True
            self._reason = error.message
            return Step.LOOK
        self._record = replace(self._record, version_after=reply.version)
        self._note(reply.correlation_id)
        return Step.WRITTEN

    def _look(self) -> Step:
        """After a stale or lost reply: read what the org shows before anything else is sent."""
        self._pause(self._writes)
        self._present = self._fresh()
        if self._unclear and self._shows_our_write():
            return Step.WRITTEN
        found = drift(self._change, self._present)
        if found and self._unclear:
            return self._end(
                Outcome.FAILED, f"the reply to our write was lost, and now: {'; '.join(found)}. Left as it is"
            )
        if found:
            return self._end(Outcome.REFUSED, "; ".join(found) + self._who_changed_it())
        if self._writes >= MAX_WRITES:
            return self._end(
                Outcome.FAILED,
                f"nothing was changed after {MAX_WRITES} attempts; the last answer was: {self._reason}",
            )
        return Step.INTENT

    def _written(self) -> Step:
        self._unclear = False
        version = self._record.version_after
        if version is None:
            version = self._present.version
        self._append(replace(self._record, phase="written", version_after=version))
        return Step.READ_BACK

    def _read_back(self) -> Step:
        """Prove field by field that the timeout, and nothing else, is different."""
        expected = self._original.fields if self._original is not None else self._change.fields
        written = self._record.version_after
        for attempt in range(MAX_WRITES):
            self._present = self._fresh()
            if written is None or self._present.version is None or self._present.version >= written:
                break
            self._pause(attempt)  # the reading lags behind the write
        found = self._present.differs_from(expected)
        if not found and self._present.is_after(self._change):
            return Step.TEST_AFTER
        if self._present.version != written:
            return self._overtaken()
        if not found and not self._change.after_is_set and not self._omission_ignored:
            self._omission_ignored = True
            self._original = self._original or self._present
            return Step.INTENT
        if not found:
            self._stop = True
            return self._end(
                Outcome.FAILED,
                f"the platform accepted {self._change.after_timeout_s} s "
                f"and shows {timeout_text(self._present)}",
            )
        self._stop = True
        self._reason = "the write changed more than the timeout: " + "; ".join(map(str, found))
        return Step.RESTORE_INTENT

    def _test_after(self) -> Step:
        applied = f"{before_text(self._change)} -> {timeout_text(self._present)}"
        if not self._bench.verify:
            return self._end(Outcome.APPLIED, f"{applied}; not tested: verification is off")
        trial = self._try(self._change.after_timeout_s)
        if isinstance(trial, NotTested):
            return self._end(Outcome.APPLIED, f"{applied}; not tested: {trial.reason}")
        if trial.passed:
            return self._end(Outcome.APPLIED, f"{applied}; test call passed")
        if trial.passed is None or self._record.passed_before is None:
            return self._end(Outcome.APPLIED, f"{applied}; the test call told nothing ({trial.what})")
        if not self._record.passed_before:
            return self._end(Outcome.APPLIED, f"{applied}; the test call fails as before ({trial.what})")
        self._reason = (
            f"the test call passed at {self._change.before_timeout_s} s and fails at "
            f"{self._change.after_timeout_s} s ({trial.what})"
        )
        return Step.RESTORE_INTENT

    # --- parts of steps

    def _value(self) -> int | None:
        """The timeout to send; None leaves it out."""
        leave_out = not self._change.after_is_set and not self._omission_ignored
        return None if leave_out else self._change.after_timeout_s

    def _try(self, timeout_s: int) -> Trial | NotTested:
        bench, action = self._bench, self._present.full.action
        given = bench.payload_for(action)
        if isinstance(given, NotTested):
            return given
        refused = may_call(action, allow_side_effects=bench.allow_side_effects or given.may_change_data)
        if refused is not None:
            return refused
        trial = try_action(bench.org, action, given, timeout_s=timeout_s, sleep=bench.sleep)
        for correlation_id in trial.correlation_ids:
            self._note(correlation_id)
        return trial

    def _shows_our_write(self) -> bool:
        """Whether a write of ours, sent and never confirmed, is what the org shows now.

        The new timeout is there, and either nothing else moved, or exactly one write happened since: then
        whatever else moved was ours to put back.
        """
        sent, present = self._record.version_before, self._present.version
        one_write = sent is None or present is None or present == sent + 1
        same = not self._present.differs_from(self._change.fields)
        return self._present.is_after(self._change) and (same or one_write)

    def _who_changed_it(self) -> str:
        """Name the entry of this journal that wrote the action since the plan was made, if there is one."""
        for record in reversed(self._bench.journal.of_action(self._change.action_id)):
            if record.version_after is None or record.entry == self._record.entry:
                continue
            if record.at < self._bench.plan.created_at:
                break
            who = record.client_id or "a bare access token"
            at = time.strftime("%H:%M:%S UTC", time.gmtime(record.at))
            return f" (set to {record.after_timeout_s} s by {who} at {at}, journal entry {record.entry})"
        return ""
