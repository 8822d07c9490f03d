"""What is known of one change while it is carried out. The steps read and write it; nothing else does."""

from dataclasses import dataclass, replace
from typing import Final

from diag.changes.applying.apply_context import ApplyContext
from diag.changes.applying.snapshot import Snapshot
from diag.changes.journal.journal_line import JournalLine, first_line
from diag.changes.plans.change_result import ChangeOutcome, ChangeResult
from diag.changes.plans.plan import Change

MAX_WRITES: Final = 5
"""Writes tried per change before giving up on a version that keeps moving."""
BACK_OFF_S: Final = 0.5
"""First pause, grows by itself (the Terraform provider's own rule: (i + 1) * 500 ms)."""


@dataclass(slots=True)
class ChangeState:
    """One change in progress. `resume` is the last line of an entry that an earlier apply left unfinished."""

    change: Change
    line: JournalLine
    """The line of the journal that is written next, with all that is known so far."""
    resume: JournalLine | None = None
    present: Snapshot | None = None
    """The last reading."""
    original: Snapshot | None = None
    """The reading from just before the first write."""
    writes: int = 0
    restores: int = 0
    omission_ignored: bool = False
    """The platform kept the old timeout when it was left out: it merges."""
    unclear: bool = False
    """A write was sent whose effect is unknown."""
    outcome: ChangeOutcome = ChangeOutcome.FAILED
    reason: str = ""
    stop: bool = False
    denied: bool = False

    @classmethod
    def begin(cls, change: Change, context: ApplyContext, resume: JournalLine | None) -> "ChangeState":
        """Return the state before the first step: a new entry of the journal, or the one left unfinished."""
        now = context.clock.now()
        line = resume or first_line(change, context.plan, context.plan_digest, context.author, now)
        return cls(change, line, resume, unclear=resume is not None)

    @property
    def reading(self) -> Snapshot:
        """Return the last reading; every step after READ has one."""
        assert self.present is not None
        return self.present

    @property
    def may_have_written(self) -> bool:
        """Return whether the org may show a write of ours."""
        return self.unclear or self.line.version_after is not None

    @property
    def is_older_than_our_write(self) -> bool:
        """Return whether the last reading is from before our write: a replica that lags, or a cache.

        What it shows proves nothing, even where it is the new timeout: that may have been in force before.
        """
        sent, wrote, present = self.line.version_before, self.line.version_after, self.reading.version
        if present is None:
            return False
        return (sent is not None and present <= sent) or (wrote is not None and present < wrote)

    def shows_our_write(self) -> bool:
        """Return whether a write of ours, sent and never confirmed, is what the org shows now.

        The new timeout is there, in a version later than the one we wrote on, and either nothing else moved,
        or exactly one write happened since: then whatever else moved was ours to put back.
        """
        sent, present = self.line.version_before, self.reading.version
        if not self.reading.is_after(self.change):
            return False
        if sent is None or present is None:
            return True
        same = not self.reading.differs_from(self.change.fields)
        return present == sent + 1 or (same and present > sent)

    def shows_exactly_our_write(self) -> bool:
        """Return whether what the org shows is what was sent, one version on, and nothing else moved.

        Then a write that was turned away arrived twice: a proxy repeated it, and the answer is that to the
        second copy.
        """
        return self.may_show_our_write() and not self.reading.differs_from(self.change.fields)

    def may_show_our_write(self) -> bool:
        """Return whether the org shows the timeout that was sent, one version on."""
        sent, present = self.line.version_before, self.reading.version
        return sent is not None and present == sent + 1 and self.reading.is_after(self.change)

    def still_ours(self) -> bool:
        """Return whether the org shows our last write, or a write of ours whose reply was lost."""
        ours, present = self.line.version_after, self.reading.version
        if ours is None or present is None:
            return True
        return present == ours or (self.unclear and present == ours + 1)

    def note(self, correlation_id: str | None) -> None:
        """Keep a correlation id for the journal."""
        if correlation_id:
            self.line = replace(self.line, correlation_ids=(*self.line.correlation_ids, correlation_id))

    def result(self) -> ChangeResult:
        """Return how the change ended."""
        return ChangeResult(
            change=self.change,
            outcome=self.outcome,
            reason=self.reason,
            entry=self.line.entry,
            version_before=self.line.version_before,
            version_after=self.line.version_after,
            correlation_ids=self.line.correlation_ids,
            stop=self.stop,
            denied=self.denied,
        )


def fresh_reading(state: ChangeState, context: ApplyContext) -> Snapshot:
    """Read the action as it is now. Raises ApiError."""
    return Snapshot.of(context.org.read_config(state.change.action_id), state.change.salt)


def read_until_written(state: ChangeState, context: ApplyContext) -> None:
    """Read the action, again while a replica still shows a version from before our write."""
    for attempt in range(MAX_WRITES):
        state.present = fresh_reading(state, context)
        if not state.is_older_than_our_write:
            return
        pause(context, attempt)


def append_line(state: ChangeState, context: ApplyContext, line: JournalLine) -> None:
    """Write a line to the journal, at the present time, and wait until it is on the disk."""
    state.line = replace(line, at=context.clock.now())
    context.journal.append(state.line)


def pause(context: ApplyContext, attempt: int) -> None:
    """Wait before the next attempt, longer each time."""
    context.clock.sleep(BACK_OFF_S * attempt)
