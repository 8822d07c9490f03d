"""What diag promised each action: the timeout its newest change set, and since when, by the journal."""

from collections.abc import Sequence
from dataclasses import dataclass

from diag.changes.journal.journal_line import JournalLine, latest_by_entry
from diag.changes.plans.plan import OrgIdentity
from diag.changes.undo_plan import made_in, wrote


@dataclass(frozen=True, slots=True)
class Promise:
    """The newest change of an action: `line` is the last of its journal entry."""

    line: JournalLine

    @property
    def timeout_s(self) -> int:
        """Return the timeout that was set, seconds."""
        return self.line.after_timeout_s

    @property
    def undo_helps(self) -> bool:
        """Whether the change made the timeout shorter, so that taking it back cuts fewer executions off."""
        return self.line.before_timeout_s > self.line.after_timeout_s


def promises_of(lines: Sequence[JournalLine], org: OrgIdentity) -> tuple[Promise, ...]:
    """Return one promise per action of `org` that diag has changed, in the order of the journal.

    A change without a result counts: it may have taken effect, and the org's timeout tells. A change that was
    taken back promises nothing, nor does an action that was created.
    """
    newest: dict[str, JournalLine] = {}
    for line in latest_by_entry(lines).values():
        if made_in(line, org) and wrote(line) and not line.creates:
            newest.pop(line.action_id, None)
            newest[line.action_id] = line
    return tuple(Promise(line) for line in newest.values() if line.undoes is None)
