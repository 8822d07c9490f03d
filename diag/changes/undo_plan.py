"""The way back: journal entries become a plan in reverse, which goes through the same apply."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from diag.changes.errors import NothingToUndoError
from diag.changes.journal.journal import JournalLine, latest_by_entry
from diag.changes.plans.change_result import ChangeOutcome
from diag.changes.plans.plan import OrgIdentity, Plan, PlanItem, SkippedChange, Unchanged
from diag.changes.plans.planned_change import ReadConfig, change_of, read_or_skip

CREATED: Final = "register"
"""Origin of journal entries of `diag register`: there is no earlier timeout to go back to."""

_LIST: Final = "List what was changed, and where: diag history"


@dataclass(frozen=True, slots=True)
class Undoable:
    """What one action's chosen entries did together: from `first`'s old timeout to `last`'s new one."""

    first: JournalLine
    last: JournalLine


def wrote(record: JournalLine) -> bool:
    """Return whether an entry, by its last record, left its new timeout in the org (or may have)."""
    if record.finished:
        return record.outcome == ChangeOutcome.APPLIED or (
            record.outcome == ChangeOutcome.FAILED and record.version_after is not None
        )
    return True


def entries_of_run(records: Sequence[JournalLine], run: str) -> list[JournalLine]:
    """Return the last record of each entry of one apply, named by its apply id, plan digest or run id.

    A digest may be shortened to 8 characters or more. Raises NothingToUndoError.
    """
    found = [
        record
        for record in latest_by_entry(records).values()
        if run in (record.apply_id, *record.run_ids) or (len(run) >= 8 and record.plan_digest.startswith(run))
    ]
    if not found:
        raise NothingToUndoError(f"The journal knows no apply, plan or run {run!r}.", hint=_LIST)
    return found


def entry_named(records: Sequence[JournalLine], entry: str | None, org: OrgIdentity) -> list[JournalLine]:
    """Return the last record of one entry; with `entry` None, of the newest in `org` that can be undone.

    Raises NothingToUndoError.
    """
    latest = latest_by_entry(records)
    if entry is not None:
        if entry not in latest:
            raise NothingToUndoError(f"The journal has no entry {entry!r}.", hint=_LIST)
        return [latest[entry]]
    undone = {record.undoes for record in latest.values() if record.undoes and wrote(record)}
    open_ones = [
        record
        for record in latest.values()
        if wrote(record) and record.origin != CREATED and record.undoes is None and record.entry not in undone
    ]
    for record in reversed(open_ones):
        if made_in(record, org):
            return [record]
    elsewhere = sorted({f"{record.org_name} ({record.host})" for record in open_ones})
    raise NothingToUndoError(
        f"The journal holds nothing that could be undone in org {org.org_name} ({org.host})"
        + (f", only changes in {', '.join(elsewhere)}." if elsewhere else "."),
        hint=_LIST,
    )


def made_in(record: JournalLine, org: OrgIdentity) -> bool:
    """Return whether an entry is about this org; the host counts, as sandboxes of a scenario share an id."""
    return record.org_id == org.org_id and record.host == org.host


def make_undo_plan(
    entries: Sequence[JournalLine],
    read: ReadConfig,
    org: OrgIdentity,
    *,
    force: bool = False,
    now: Callable[[], float] = time.time,
) -> Plan:
    """Return the plan that takes `entries` back. Entries of another org, or that wrote nothing, are skipped.

    Several entries of one action are taken back together. An action whose timeout is no longer what the
    entry set is skipped unless `force`: someone else has changed it since. A timeout that was unset before
    becomes unset again where the platform lets it (`Change.after_is_set`).
    """
    skipped: list[SkippedChange] = []
    chosen: dict[str, Undoable] = {}
    for record in entries:
        if not made_in(record, org):
            reason = f"it was made in org {record.org_name!r} ({record.host})"
            skipped.append(SkippedChange(record.action_id, record.action_name, reason))
        elif record.origin == CREATED:
            reason = "it was created, not changed: delete it in the admin UI"
            skipped.append(SkippedChange(record.action_id, record.action_name, reason))
        elif not wrote(record):
            reason = f"nothing to undo: {record.outcome}"
            skipped.append(SkippedChange(record.action_id, record.action_name, reason))
        else:
            known = chosen.get(record.action_id)
            chosen[record.action_id] = Undoable(known.first if known else record, record)
    reversed_ones = [_reverse(undoable, read, force=force) for undoable in chosen.values()]
    return Plan.of([*skipped, *reversed_ones], created_at=now(), org=org, origin="undo")


def demand_something_undone(plan: Plan) -> None:
    """Return when an undo plan changes something, or all of it is as it was. Raises NothingToUndoError."""
    if plan.changes or not plan.skipped:
        return
    raise NothingToUndoError(
        f"Nothing was undone in org {plan.org.org_name} ({plan.org.host}).",
        hint=_LIST,
        details=tuple(f"{item.action_name}: {item.reason}" for item in plan.skipped),
    )


def _reverse(undoable: Undoable, read: ReadConfig, *, force: bool) -> PlanItem:
    first, last = undoable.first, undoable.last
    full = read_or_skip(read, first.action_id, first.action_name)
    if isinstance(full, SkippedChange):
        return full
    timeout_s = full.action.require_whole().timeout_s
    if timeout_s == first.before_timeout_s:
        return Unchanged(first.action_id, first.action_name, f"its timeout is {timeout_s} s again already")
    if timeout_s != last.after_timeout_s and not force:
        return SkippedChange(
            first.action_id,
            first.action_name,
            f"its timeout is {timeout_s} s now, the journal set {last.after_timeout_s} s: somebody changed "
            f"it since (--force to set {first.before_timeout_s} s all the same)",
        )
    was = f"{first.before_timeout_s} s" if first.before_is_set else "unset, which is 60 s"
    change = change_of(
        full,
        first.before_timeout_s,
        f"takes back {last.entry}: it was {was}",
        undoes=last.entry,
        forced=force,
    )
    return replace(change, after_is_set=first.before_is_set)
