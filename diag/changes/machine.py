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
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from diag.changes.backup import Backups
from diag.changes.journal import Author, Journal, Record, first_record, new_id
from diag.changes.org import NotTested, Org, PayloadFor
from diag.changes.plan import Change, Plan
from diag.changes.result import ChangeResult, Outcome
from diag.changes.snapshot import Snapshot, drift, timeout_text
from diag.changes.trial import Trial, may_call, try_action
from diag.genesys.errors import (
    ApiError,
    NetworkError,
    NotFoundError,
    PlatformError,
    StaleVersionError,
    UnexpectedReplyError,
)

MAX_WRITES: Final = 5
"""Writes tried per change before giving up on a version that keeps moving."""
BACK_OFF_S: Final = 0.5
"""First pause, grows by itself (the Terraform provider's own rule: (i + 1) * 500 ms)."""

_UNCLEAR: Final = (PlatformError, NetworkError, UnexpectedReplyError)
"""After these nobody knows whether the write took effect."""


class Step(StrEnum):
    """Every place where an apply can be."""

    READ = "read"
    RESUME = "resume"
    COMPARE = "compare"
    TEST_BEFORE = "test_before"
    INTENT = "intent"
    BACK_UP = "back_up"
    PATCH = "patch"
    LOOK = "look"
    WRITTEN = "written"
    READ_BACK = "read_back"
    TEST_AFTER = "test_after"
    RESTORE_INTENT = "restore_intent"
    RESTORE = "restore"
    READ_RESTORED = "read_restored"
    RESULT = "result"
    CLEAN_UP = "clean_up"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Workbench:
    """What every change of one apply shares. `on_step` is called after each step (progress, tests)."""

    org: Org
    journal: Journal
    backups: Backups
    plan: Plan
    plan_digest: str
    author: Author
    payload_for: PayloadFor
    verify: bool
    allow_side_effects: bool
    now: Callable[[], float]
    sleep: Callable[[float], None]
    on_step: Callable[[Change, Step], None]


class ChangeMachine:
    """Carries out one change. `resume` is the last record of an entry an earlier apply left unfinished."""

    def __init__(self, change: Change, bench: Workbench, resume: Record | None = None) -> None:
        self._change = change
        self._bench = bench
        self._resume = resume
        self._record = resume or first_record(
            new_id(bench.now()),
            change,
            org=bench.plan.org,
            author=bench.author,
            plan_digest=bench.plan_digest,
            origin=bench.plan.origin,
            run_ids=bench.plan.run_ids,
            at=bench.now(),
        )
        self._present: Snapshot
        self._original: Snapshot | None = None
        self._writes = 0
        self._restores = 0
        self._unclear = resume is not None
        self._outcome = Outcome.FAILED
        self._reason = ""
        self._stop = False
        self._denied = False
        self._keep_backup = False
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
        return ChangeResult(
            change=self._change,
            outcome=self._outcome,
            reason=self._reason,
            entry=self._record.entry,
            version_before=self._record.version_before,
            version_after=self._record.version_after,
            correlation_ids=self._record.correlation_ids,
            stop=self._stop,
            denied=self._denied,
        )

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
        self._original = Snapshot.of(backup) if backup is not None else None
        same = not self._present.differs_from(self._change.fields)
        if self._resume.phase == "restore":
            return (
                Step.READ_RESTORED if self._original is not None else self._no_way_back(self._resume.reason)
            )
        if self._present.is_after(self._change) and (same or self._is_our_write()):
            return Step.WRITTEN if self._resume.phase == "intent" else Step.READ_BACK
        if self._resume.phase == "written":
            return self._overtaken()
        self._unclear = False
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
            reply = self._bench.org.patch_timeout(self._present.full, self._change.after_timeout_s)
        except StaleVersionError as error:
            self._note(error.correlation_id)
            self._reason = error.message
            return Step.LOOK
        except ApiError as error:
            if not isinstance(error, _UNCLEAR) and error.status != 408:
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
        if self._present.is_after(self._change) and self._unclear and self._is_our_write():
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
        applied = f"{self._change.before_timeout_s} s -> {self._change.after_timeout_s} s"
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

    # --- putting back ----------------------------------------------------------------------------

    def _restore_intent(self) -> Step:
        if self._original is None:
            return self._no_way_back(self._reason)
        self._reason = self._reason or self._record.reason or ""
        self._append(replace(self._record, phase="restore", reason=self._reason))
        return Step.RESTORE

    def _restore(self) -> Step:
        assert self._original is not None
        self._restores += 1
        try:
            reply = self._bench.org.patch_timeout(
                self._original.at_version(self._present.version), self._change.before_timeout_s
            )
            self._note(reply.correlation_id)
        except (StaleVersionError, *_UNCLEAR) as error:
            self._note(error.correlation_id)
            self._pause(self._restores)
        return Step.READ_RESTORED

    def _read_restored(self) -> Step:
        assert self._original is not None
        why = self._reason or self._record.reason
        seen = self._present
        self._present = self._fresh()
        left = self._present.differs_from(self._original.fields)
        if not left and self._present.timeout_s == self._change.before_timeout_s:
            return self._end(
                Outcome.RESTORED,
                f"{self._reason or self._record.reason}; put back to {timeout_text(self._present)}",
            )
        still_ours = self._present.version == seen.version and self._present.is_after(self._change)
        if still_ours and self._restores < MAX_WRITES:
            return Step.RESTORE_INTENT
        self._stop = self._keep_backup = True
        return self._end(
            Outcome.FAILED,
            f"{why}; putting it back did not succeed: timeout "
            f"{timeout_text(self._present)}, {'; '.join(map(str, left)) or 'all else as before'}. "
            f"The action as it was: {self._bench.backups.path(self._record.entry)}",
        )

    # --- ending ----------------------------------------------------------------------------------

    def _result(self) -> Step:
        self._append(replace(self._record, phase="result", outcome=str(self._outcome), reason=self._reason))
        return Step.CLEAN_UP

    def _clean_up(self) -> Step:
        if not self._keep_backup:
            self._bench.backups.drop([self._record.entry])
        return Step.DONE

    def _end(self, outcome: Outcome, reason: str) -> Step:
        self._outcome, self._reason = outcome, reason
        return Step.RESULT

    def _overtaken(self) -> Step:
        return self._end(
            Outcome.FAILED,
            f"written as version {self._record.version_after}, then somebody else changed it: version "
            f"{self._present.version}, timeout {timeout_text(self._present)}. Left as it is",
        )

    def _no_way_back(self, why: str | None) -> Step:
        self._stop = True
        return self._end(
            Outcome.FAILED,
            f"{why or 'stopped while putting it back'}; there is no backup to put back. It shows version "
            f"{self._present.version}, timeout {timeout_text(self._present)}",
        )

    def _api_failure(self, step: Step, error: ApiError) -> Step:
        self._note(error.correlation_id)
        self._denied = error.category == "auth"
        self._stop = self._stop or self._denied
        if self._unclear or self._record.version_after is not None:
            # Whether the write stands cannot be told now. Without a result in the journal the next
            # apply of this plan takes up here and finds out.
            self._outcome = Outcome.FAILED
            self._reason = (
                f"{error.message} At step {step}, after a write: the timeout may be "
                f"{self._change.after_timeout_s} s already. Apply the same plan again to finish it"
            )
            return Step.DONE
        if isinstance(error, NotFoundError):
            return self._end(Outcome.REFUSED, "it does not exist any more")
        return self._end(Outcome.FAILED, f"{error.message} Nothing was changed (step {step})")

    # --- small parts -----------------------------------------------------------------------------

    def _fresh(self) -> Snapshot:
        return Snapshot.of(self._bench.org.read_config(self._change.action_id))

    def _try(self, timeout_s: int) -> Trial | NotTested:
        bench, action = self._bench, self._present.full.action
        refused = may_call(action, allow_side_effects=bench.allow_side_effects)
        if refused is not None:
            return refused
        trial = try_action(bench.org, action, bench.payload_for, timeout_s=timeout_s, sleep=bench.sleep)
        if isinstance(trial, Trial):
            for correlation_id in trial.correlation_ids:
                self._note(correlation_id)
        return trial

    def _is_our_write(self) -> bool:
        """Whether exactly one write happened since we sent ours."""
        sent, present = self._record.version_before, self._present.version
        return sent is None or present is None or present == sent + 1

    def _who_changed_it(self) -> str:
        """Name the entry of this journal that wrote the action since the plan was made, if there is one."""
        for record in reversed(self._bench.journal.read()):
            if record.action_id == self._change.action_id and record.version_after is not None:
                if record.at < self._bench.plan.created_at or record.entry == self._record.entry:
                    break
                who = record.client_id or "a bare access token"
                at = time.strftime("%H:%M:%S UTC", time.gmtime(record.at))
                return f" (set to {record.after_timeout_s} s by {who} at {at}, journal entry {record.entry})"
        return ""

    def _append(self, record: Record) -> None:
        self._record = replace(record, at=self._bench.now())
        self._bench.journal.append(self._record)

    def _note(self, correlation_id: str | None) -> None:
        if correlation_id:
            self._record = replace(
                self._record, correlation_ids=(*self._record.correlation_ids, correlation_id)
            )

    def _pause(self, attempt: int) -> None:
        self._bench.sleep(BACK_OFF_S * attempt)
