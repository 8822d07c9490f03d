"""The JSON of `diag history`: of each entry of the journal its last line."""

from collections.abc import Sequence
from typing import Annotated, Final, Literal, TypedDict

from analysis.dataclass_to_json import JsonObject, Written
from analysis.moment_words import utc_time
from diag.changes.journal.journal_line import JournalLine


class EntryAdded(TypedDict):
    """What is written otherwise than in the journal."""

    at: str
    """UTC."""


_WRITTEN: Final = Written(JournalLine, added=(EntryAdded,))


class HistoryOfJournal(TypedDict):
    """What diag changed, the newest first."""

    format_version: Literal[1]
    entries: list[Annotated[JsonObject, _WRITTEN]]


def history_json(lines: Sequence[JournalLine]) -> HistoryOfJournal:
    """Return the last lines of entries, in the order given, as JSON."""
    return {"format_version": 1, "entries": [_entry(line) for line in lines]}


def _entry(line: JournalLine) -> JsonObject:
    added: EntryAdded = {"at": utc_time(line.at)}
    return _WRITTEN.of(line, added)
