"""For `diag history --org`: the org's changes and diag's own in one list, the newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal, TypedDict

from analysis.dataclass_to_json import JsonObject, Written
from analysis.moment_words import utc_time
from diag.audits.org_changes import OrgChange
from diag.changes.journal.journal_line import JournalLine
from diag.table import Column, Table

NOT_TOLD = "not told"


@dataclass(frozen=True, slots=True)
class OrgHistoryRow:
    """One change: `via` is the journal entry by which diag made it, None: someone else did."""

    at: float
    action_id: str
    action_name: str
    before: str
    """Seconds as a text, `unset`, or `not told`."""
    after: str
    """The same."""
    who: str | None
    """Who made the change; None: unknown."""
    via: str | None
    """The journal entry by which diag made it; None: someone else did."""
    in_org: bool
    """Whether the org tells of it."""


def org_history(
    changes: Sequence[OrgChange], lines: Sequence[JournalLine], since: float
) -> tuple[OrgHistoryRow, ...]:
    """Return the org's changes, and the journal's entries since then (`lines`: the last of each) that it does
    not tell of."""
    told = {change.entry for change in changes if change.entry is not None}
    rows = [_of_org(change) for change in changes]
    rows += [_of_journal(line) for line in lines if line.entry not in told and line.at >= since]
    return tuple(sorted(rows, key=lambda row: row.at, reverse=True))


def _of_org(change: OrgChange) -> OrgHistoryRow:
    before, after = (
        (_seconds(change.before_s), _seconds(change.after_s)) if change.told else (NOT_TOLD, NOT_TOLD)
    )
    return OrgHistoryRow(
        change.at, change.action_id, change.action_name, before, after, change.who, change.entry, True
    )


def _of_journal(line: JournalLine) -> OrgHistoryRow:
    return OrgHistoryRow(
        line.at,
        line.action_id,
        line.action_name,
        line.before_text,
        f"{line.after_timeout_s} s",
        line.client_id,
        line.entry,
        False,
    )


def _seconds(timeout_s: int | None) -> str:
    return "unset" if timeout_s is None else f"{timeout_s} s"


def org_history_table(rows: Sequence[OrgHistoryRow]) -> Table:
    """Return the rows as a table, in the order given."""
    return Table(
        columns=(
            Column("when"),
            Column("action"),
            Column("before", "right"),
            Column("after", "right"),
            Column("by"),
            Column("through"),
            Column("told by", priority=3),
        ),
        rows=tuple(
            (
                utc_time(row.at),
                row.action_name,
                row.before,
                row.after,
                row.who or "unknown",
                "elsewhere" if row.via is None else f"diag {row.via}",
                ("org, journal" if row.via else "org") if row.in_org else "journal",
            )
            for row in rows
        ),
    )


class OrgHistoryAdded(TypedDict):
    """What is written of a row otherwise than its fields."""

    at: str
    """UTC."""


_WRITTEN: Final = Written(OrgHistoryRow, added=(OrgHistoryAdded,))


class OrgHistoryJson(TypedDict):
    """What was changed in the org, by whomever, the newest first."""

    format_version: Literal[1]
    changes: list[Annotated[JsonObject, _WRITTEN]]
    org_not_read: str | None
    """Why the org does not tell of changes by others; null: it does."""


def org_history_json(rows: Sequence[OrgHistoryRow], why_not: str | None) -> OrgHistoryJson:
    """Return the rows as JSON; `why_not`: why the org's audits could not be read."""
    return {"format_version": 1, "changes": [_row(row) for row in rows], "org_not_read": why_not}


def _row(row: OrgHistoryRow) -> JsonObject:
    added: OrgHistoryAdded = {"at": utc_time(row.at)}
    return _WRITTEN.of(row, added)
