"""The way back within one apply: the old content under the version just read, then proof."""

from dataclasses import replace

from diag.changes.applying.apply_context import Step
from diag.changes.applying.change_state import MAX_WRITES, ChangeInHand, effect_is_unknown
from diag.changes.applying.snapshot import timeout_text
from diag.changes.plans.change_result import Outcome
from diag.genesys.errors import ApiError, StaleVersionError


class PuttingBack(ChangeInHand):
    """The steps RESTORE_INTENT, RESTORE and READ_RESTORED; somebody else's later change is left alone."""

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
            # What was unset is left out first; a platform that merges then needs the default in words.
            leave_out = not self._change.before_is_set and self._restores == 1
            reply = self._bench.org.patch_timeout(
                self._original.at_version(self._present.version),
                None if leave_out else self._change.before_timeout_s,
            )
        except ApiError as error:
            if not isinstance(error, StaleVersionError) and not effect_is_unknown(error):
                raise
            self._note(error.correlation_id)
            self._unclear = self._unclear or effect_is_unknown(error)
            self._pause(self._restores)
            return Step.READ_RESTORED
        self._note(reply.correlation_id)
        self._unclear = False
        self._append(replace(self._record, version_after=reply.version))
        return Step.READ_RESTORED

    def _read_restored(self) -> Step:
        assert self._original is not None
        self._reason = self._reason or self._record.reason or ""
        self._present = self._fresh()
        left = self._present.differs_from(self._original.fields)
        if not left and self._present.timeout_s == self._change.before_timeout_s:
            return self._end(Outcome.RESTORED, f"{self._reason}; put back to {timeout_text(self._present)}")
        if self._still_ours() and self._restores < MAX_WRITES:
            return Step.RESTORE_INTENT
        self._stop = True
        shown = f"timeout {timeout_text(self._present)}, {'; '.join(map(str, left)) or 'all else as before'}"
        if self._still_ours():
            return self._leave_open(
                f"{self._reason}; putting it back did not succeed yet: {shown}{self._where_the_backup_is()}"
            )
        return self._end(
            Outcome.FAILED, f"{self._reason}; before it was put back somebody changed it: {shown}"
        )

    def _still_ours(self) -> bool:
        """Whether what the org shows is the last thing we wrote, or a write of ours whose reply was lost."""
        ours, present = self._record.version_after, self._present.version
        if ours is None or present is None:
            return True
        return present == ours or (self._unclear and present == ours + 1)

    def _no_way_back(self, why: str | None) -> Step:
        self._stop = True
        return self._end(
            Outcome.FAILED,
            f"{why or 'stopped while putting it back'}; there is no backup to put back. It shows version "
            f"{self._present.version}, timeout {timeout_text(self._present)}",
        )
