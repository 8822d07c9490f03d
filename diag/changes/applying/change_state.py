"""One change while it is being carried out: what is known so far, and how it can end."""

from dataclasses import replace
from typing import Final

from diag.changes.applying.apply_context import Step, Workbench
from diag.changes.applying.snapshot import Snapshot, timeout_text
from diag.changes.journal.journal import Record, first_record, new_id
from diag.changes.plans.change_result import ChangeResult, Outcome
from diag.changes.plans.plan import Change
from diag.genesys.errors import (
    ApiError,
    NetworkError,
    NotFoundError,
    PlatformError,
    UnexpectedReplyError,
)

MAX_WRITES: Final = 5
"""Writes tried per change before giving up on a version that keeps moving."""
BACK_OFF_S: Final = 0.5
"""First pause, grows by itself (the Terraform provider's own rule: (i + 1) * 500 ms)."""

_UNCLEAR: Final = (PlatformError, NetworkError, UnexpectedReplyError)


def effect_is_unknown(error: ApiError) -> bool:
    """Return whether, after this answer to a write, nobody knows if it took effect."""
    return isinstance(error, _UNCLEAR) or error.status == 408


class ChangeInHand:
    """The state of one change. `resume` is the last record of an entry an earlier apply left unfinished.

    `_present` is the last reading, `_original` the one from just before the first write. `_unclear` says
    that a write was sent whose effect is not known.
    """

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
        self._omission_ignored = False
        """The platform kept the old timeout when it was left out: it merges."""
        self._unclear = resume is not None
        self._outcome = Outcome.FAILED
        self._reason = ""
        self._stop = False
        self._denied = False

    def result(self) -> ChangeResult:
        """Return how the change ended."""
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

    # --- endings: steps that every path may come to

    def _result(self) -> Step:
        self._append(replace(self._record, phase="result", outcome=str(self._outcome), reason=self._reason))
        return Step.CLEAN_UP

    def _clean_up(self) -> Step:
        """Drop the backup, unless the change ended badly after a write: then a person may need it."""
        if self._outcome is not Outcome.FAILED or not self._may_have_written():
            self._bench.backups.drop([self._record.entry])
        return Step.DONE

    def _end(self, outcome: Outcome, reason: str) -> Step:
        if outcome is Outcome.FAILED and self._may_have_written():
            reason += self._where_the_backup_is()
        self._outcome, self._reason = outcome, reason
        return Step.RESULT

    def _leave_open(self, reason: str) -> Step:
        """End without a result in the journal: the next apply of this plan takes up here."""
        self._outcome = Outcome.FAILED
        self._reason = f"{reason}. Apply the same plan again to finish it"
        return Step.DONE

    def _overtaken(self) -> Step:
        return self._end(
            Outcome.FAILED,
            f"written as version {self._record.version_after}, then somebody else changed it: version "
            f"{self._present.version}, timeout {timeout_text(self._present)}. Left as it is",
        )

    def _api_failure(self, step: Step, error: ApiError) -> Step:
        self._note(error.correlation_id)
        self._denied = error.category == "auth"
        self._stop = self._stop or self._denied or self._record.phase == "restore"
        if self._unclear or self._record.version_after is not None:
            return self._leave_open(
                f"{error.message} At step {step}, after a write: the timeout may be "
                f"{self._change.after_timeout_s} s already"
            )
        if isinstance(error, NotFoundError):
            return self._end(Outcome.REFUSED, "it does not exist any more")
        return self._end(Outcome.FAILED, f"{error.message} Nothing was changed (step {step})")

    # --- parts of steps

    def _may_have_written(self) -> bool:
        return self._unclear or self._record.version_after is not None

    def _where_the_backup_is(self) -> str:
        """Return the sentence that names the backup, or nothing where there is none."""
        path = self._bench.backups.path(self._record.entry)
        return f". The action as it was: {path}" if path.exists() else ""

    def _fresh(self) -> Snapshot:
        return Snapshot.of(self._bench.org.read_config(self._change.action_id), self._change.salt)

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
