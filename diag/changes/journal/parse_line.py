"""Reading one line of the journal: every value is checked, as the file may have been edited or torn."""

import re
from dataclasses import MISSING, fields
from typing import Final

from analysis.format.json_to_dataclass import WrongShapeError, other_version, typed
from analysis.format.json_within_limits import UnfitJsonError, parse_object
from diag.changes.journal.journal_line import JournalLine

JOURNAL_VERSION: Final = 1
_ENTRY: Final = re.compile(r"[\w-]+")
"""It names a file beside the journal."""
_REQUIRED: Final = frozenset(
    field.name
    for field in fields(JournalLine)
    if field.default is MISSING and field.default_factory is MISSING
)


class DamagedLineError(ValueError):
    """Raised for a line that is not one of ours; its text says which value is wrong."""


def parse_line(text: str) -> JournalLine:
    """Return the line in `text`. Raises DamagedLineError, which names the first wrong value.

    A value of another type or range would be believed by an undo, and written to an org.
    """
    try:
        body = parse_object(text)
    except UnfitJsonError as error:
        raise DamagedLineError(f"it {error}") from None
    if other := other_version(body, JOURNAL_VERSION):
        raise DamagedLineError(f"it {other}: use the diag that wrote it")
    missing = sorted(_REQUIRED - body.keys())
    if missing:
        raise DamagedLineError(f"it has no {', '.join(missing)}")
    try:
        line = typed(JournalLine, body)
    except WrongShapeError as error:
        raise DamagedLineError(str(error)) from None
    if not _ENTRY.fullmatch(line.entry):
        raise DamagedLineError("entry is not the id of an entry")
    return line
