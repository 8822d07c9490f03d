"""What diag promised each action: the timeout its newest change set, and since when, by the journal."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from diag.changes.journal.journal_line import JournalLine, latest_by_entry
from diag.changes.plans.plan import OrgIdentity
from diag.changes.undo_plan import made_in, wrote

ACCEPTED: Final = 0.01
"""Where nothing else was promised, at most this share may be cut off: numbers are made from p99."""
_LEAST: Final = 0.0001
_MOST: Final = 0.5


@dataclass(frozen=True, slots=True)
class Promise:
    """The newest change of an action: `line` is the last of its journal entry."""

    line: JournalLine

    @property
    def accepted(self) -> float:
        """Return the share (0..1) that was promised not to be exceeded."""
        promised = self.line.promised_share
        return ACCEPTED if promised is None else min(max(promised, _LEAST), _MOST)

    @property
    def percentile(self) -> float:
        """Return the percentile the number was made at (0.5 to 0.9999)."""
        made_at = self.line.percentile
        return 1.0 - ACCEPTED if made_at is None else min(max(made_at, 1.0 - _MOST), 1.0 - _LEAST)

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


def by_production(promises: Sequence[Promise], percentile: float, since: float) -> dict[str, Promise]:
    """Return those, by action id, that what production showed has made since then (Unix seconds), at this
    percentile: what it shows after the change alone may be too little to judge."""
    return {
        one.line.action_id: one
        for one in promises
        if one.line.at >= since
        and one.line.promised_share is not None
        and not one.line.run_ids
        and math.isclose(one.percentile, percentile)
    }
