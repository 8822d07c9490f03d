"""Timeouts that are no longer what diag last set, by the journal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from diag.audits.org_changes import OrgChange
from diag.changes.journal.journal_line import JournalLine, latest_by_entry
from diag.changes.plans.plan import OrgIdentity
from diag.changes.undo_plan import made_in, wrote


@dataclass(frozen=True, slots=True)
class SetElsewhere:
    """An action whose timeout someone else changed after diag set it; seconds, times in Unix seconds.

    `who` and `at` are of the change, as far as the org told.
    """

    action_id: str
    set_s: int
    """What diag set."""
    set_at: float
    """When, Unix seconds."""
    entry: str
    """Of the journal."""
    now_s: int
    """In force now."""
    who: str | None = None
    """Who changed it; None: unknown."""
    at: float | None = None
    """When, Unix seconds; None: unknown."""


def set_elsewhere(
    lines: Sequence[JournalLine], org: OrgIdentity, timeouts: Mapping[str, int | None]
) -> dict[str, SetElsewhere]:
    """Return the actions of `org` whose timeout in force (by id; None: unknown) is not what diag last set."""
    newest: dict[str, JournalLine] = {}
    for line in latest_by_entry(lines).values():
        if made_in(line, org) and wrote(line) and not line.creates:
            newest[line.action_id] = line
    found: dict[str, SetElsewhere] = {}
    for action_id, line in newest.items():
        now_s = timeouts.get(action_id)
        if now_s is None or now_s == line.after_timeout_s:
            continue
        if not line.finished and now_s == line.before_timeout_s:
            continue  # killed before it wrote
        found[action_id] = SetElsewhere(action_id, line.after_timeout_s, line.at, line.entry, now_s)
    return found


def with_authors(found: Mapping[str, SetElsewhere], changes: Sequence[OrgChange]) -> dict[str, SetElsewhere]:
    """Return them with who set the present timeout, and when, where `changes` (newest first) tell it."""
    return {action_id: _with_author(one, changes) for action_id, one in found.items()}


def _with_author(one: SetElsewhere, changes: Sequence[OrgChange]) -> SetElsewhere:
    later = [
        change
        for change in changes
        if change.action_id == one.action_id and change.entry is None and change.at > one.set_at
    ]
    exact = (change for change in later if change.told and (change.after_s or 60) == one.now_s)
    of = next(exact, None) or next((change for change in later if not change.told), None)
    return one if of is None else replace(one, who=of.who, at=of.at)
