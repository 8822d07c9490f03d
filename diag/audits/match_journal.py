"""Changes that an org tells, matched with the entries of the journal: which of them diag itself made."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from diag.audits.org_changes import OrgChange
from diag.changes.journal.journal_line import JournalLine, latest_by_entry
from diag.changes.plans.plan import OrgIdentity
from diag.changes.undo_plan import made_in, wrote

TOGETHER_S: Final = 300.0
"""The org's clock and this machine's may differ by so much."""


def match_journal(
    changes: Sequence[OrgChange], lines: Sequence[JournalLine], org: OrgIdentity
) -> tuple[OrgChange, ...]:
    """Return the changes, each with its entry: the nearest one, and no entry at two changes."""
    began: dict[str, float] = {}
    for line in lines:
        began.setdefault(line.entry, line.at)
    made = [line for line in latest_by_entry(lines).values() if made_in(line, org) and wrote(line)]
    pairs = sorted(
        (max(began[line.entry] - change.at, change.at - line.at, 0.0), change.at, at, line.entry)
        for line in made
        for at, change in enumerate(changes)
        if _may_be_of(change, line)
    )
    joined: dict[int, str] = {}
    for apart_s, _, at, entry in pairs:
        if apart_s <= TOGETHER_S and at not in joined and entry not in joined.values():
            joined[at] = entry
    return tuple(replace(change, entry=joined.get(at)) for at, change in enumerate(changes))


def _may_be_of(change: OrgChange, line: JournalLine) -> bool:
    if line.action_id != change.action_id:
        return False
    return not change.told or change.after_s in (None, line.after_timeout_s)
