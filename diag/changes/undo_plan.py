"""The way back: journal entries become a plan in reverse, which goes through the same apply."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from diag.changes.change_errors import NothingToUndoError
from diag.changes.journal.journal_line import JournalLine, latest_by_entry
from diag.changes.plans.change_result import ChangeOutcome
from diag.changes.plans.plan import OrgIdentity, Plan, PlanItem, SkippedChange, Unchanged
from diag.changes.plans.planned_change import ReadConfig, change_of, read_or_skip

_LIST: Final = "List what was changed, and where: diag history"


@dataclass(frozen=True, slots=True)
class Undoable:
    """What one action's chosen entries did together: from `first`'s old timeout to `last`'s new one."""

    first: JournalLine
    last: JournalLine


def wrote(line: JournalLine) -> bool:
    """Return whether an entry, by its last line, left its new timeout in the org (or may have)."""
    if line.finished:
        return line.outcome == ChangeOutcome.APPLIED or (
            line.outcome == ChangeOutcome.FAILED and line.version_after is not None
        )
    return True


def entries_of_run(lines: Sequence[JournalLine], run: str) -> list[JournalLine]:
    """Return the last line of each entry of one apply, named by its apply id, plan digest or run id.

    A digest may be shortened to 8 characters or more. Raises NothingToUndoError.
    """
    last_lines = [
        line
        for line in latest_by_entry(lines).values()
        if run in (line.apply_id, *line.run_ids) or (len(run) >= 8 and line.plan_digest.startswith(run))
    ]
    if not last_lines:
        raise NothingToUndoError(f"The journal has no apply, plan or run {run!r}.", hint=_LIST)
    return last_lines


def entry_named(lines: Sequence[JournalLine], entry: str | None, org: OrgIdentity) -> list[JournalLine]:
    """Return the last line of one entry; with `entry` None, of the newest in `org` that can be undone.

    Raises NothingToUndoError.
    """
    latest = latest_by_entry(lines)
    if entry is not None:
        if entry not in latest:
            raise NothingToUndoError(f"The journal has no entry {entry!r}.", hint=_LIST)
        return [latest[entry]]
    undone = {line.undoes for line in latest.values() if line.undoes and wrote(line)}
    open_ones = [
        line
        for line in latest.values()
        if wrote(line) and not line.creates and line.undoes is None and line.entry not in undone
    ]
    for line in reversed(open_ones):
        if made_in(line, org):
            return [line]
    elsewhere = sorted({f"{line.org_name} ({line.host})" for line in open_ones})
    raise NothingToUndoError(
        f"The journal holds nothing that could be undone in org {org.org_name} ({org.host})"
        + (f", only changes in {', '.join(elsewhere)}." if elsewhere else "."),
        hint=_LIST,
    )


def made_in(line: JournalLine, org: OrgIdentity) -> bool:
    """Return whether an entry is about this org; the host counts, as sandboxes of a scenario share an id."""
    return line.org_id == org.org_id and line.host == org.host


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
    for line in entries:
        reason = _why_not_undone(line, org)
        if reason is not None:
            skipped.append(SkippedChange(line.action_id, line.action_name, reason))
            continue
        earlier = chosen.get(line.action_id)
        chosen[line.action_id] = Undoable(earlier.first if earlier else line, line)
    reversals = [_reverse(undoable, read, force=force) for undoable in chosen.values()]
    return Plan.of([*skipped, *reversals], created_at=now(), org=org, origin="undo")


def _why_not_undone(line: JournalLine, org: OrgIdentity) -> str | None:
    if not made_in(line, org):
        return f"it was made in org {line.org_name!r} ({line.host})"
    if line.creates:
        return "it was created, not changed: delete it in the admin UI"
    if line.proposes:
        return "it was proposed to Terraform, and diag wrote nothing to the org: take the commit back there"
    return None if wrote(line) else f"nothing to undo: {line.outcome}"


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
            f"its timeout is {timeout_s} s now, the journal set {last.after_timeout_s} s: someone else "
            f"changed it since (--force to set {first.before_timeout_s} s all the same)",
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
