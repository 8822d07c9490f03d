"""Texts of unknown origin (names, reasons, messages) made fit to leave the program: the one cleaner.

Whatever an org, a file or a user calls things passes here on its way to a terminal, a log, a file or a page.
Names are compared and sent as they are. HTML is escaped by the template engine.
"""

import json
import re
import unicodedata
from typing import Final

REPLACED: Final = "\ufffd"
"""Stands where a character was that is not shown: two names that differ only there still look different."""
_WHITE: Final = frozenset("\t\n\r\v\f\x85\u2028\u2029")
_UNSEEN: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\U000e0000-\U000e0fff]"
)
"""No control characters, and yet nothing to see (Unicode, Default_Ignorable_Code_Point; the empty Braille
cell). What chooses an emoji's form (U+FE00 to FE0F) is shown as it is."""
_JOINERS: Final = "\u200c\u200d"
_JOINED: Final = frozenset({"Lo", "Mn", "Mc", "So", "Sk"})
"""Letters without case (Persian, Hindi), marks, and emoji: not Latin, where a joiner shows nothing."""
_FORMULA_START: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_DOUBTFUL: Final = re.compile("[^ -~]")
_MARKDOWN: Final = re.compile(r"([\\`*_\[\]<>#|~&])")


def printable(text: str) -> str:
    """Return the text on one line, without characters that move a cursor, turn text around or are not seen.

    Those are control, format (bidi, zero-width), unassigned and private characters and half surrogates. White
    space that ends a line becomes a space, all else REPLACED.
    """
    if text.isascii() and text.isprintable():
        return text
    return _DOUBTFUL.sub(lambda found: found[0] if _joins(found) else _shown(found[0]), text)


def is_printable(text: str) -> bool:
    """Return whether all of the text is shown as it is, so that it can be typed again."""
    return printable(text) == text


def printable_lines(text: str) -> str:
    """Return a text of several lines with each of them `printable`; lines end as they did, in LF or CR LF."""
    return "\n".join(
        printable(line[:-1]) + "\r" if line.endswith("\r") else printable(line) for line in text.split("\n")
    )


def json_text(value: object, *, indent: int | None = None, readable: bool = False) -> str:
    """Return a value as JSON that can be printed: names are exact, what is not `printable` is an escape.

    `readable` leaves letters beyond ASCII as they are. Raises ValueError for NaN and infinity.
    """
    return escaped_json(json.dumps(value, indent=indent, ensure_ascii=not readable, allow_nan=False))


def escaped_json(text: str) -> str:
    """Return the same JSON with an escape for each character that is not `printable`."""
    if text.isascii() and "\x7f" not in text:  # Python's encoder escapes all controls but this one
        return text
    return _DOUBTFUL.sub(lambda found: _json_character(found[0]), text)


def csv_cell(text: str) -> str:
    """Return the text so that no spreadsheet runs it as a formula (OWASP, "CSV Injection").

    Plain numbers stay as they are, also negative ones.
    """
    clean = printable(text)
    if clean.lstrip().startswith(_FORMULA_START) and not _NUMBER.fullmatch(clean):
        return f"'{clean}"
    return clean


def markdown(text: str) -> str:
    """Return the text as Markdown that shows it literally; `@name` in it mentions no user."""
    return _MARKDOWN.sub(r"\\\1", printable(text)).replace("@", "&#64;")


def _joins(found: re.Match[str]) -> bool:
    """Return whether a (non-)joiner stands between two letters or emoji, where people need it."""
    before, after = found.start() - 1, found.end()
    if found[0] not in _JOINERS or before < 0 or after >= len(found.string):
        return False
    return all(unicodedata.category(found.string[at]) in _JOINED for at in (before, after))


def _shown(one: str) -> str:
    if one in _WHITE:
        return " "
    return REPLACED if unicodedata.category(one)[0] == "C" or _UNSEEN.match(one) else one


def _json_character(one: str) -> str:
    if one == "\n" or _shown(one) == one:
        return one
    return "\\u007f" if one == "\x7f" else json.dumps(one)[1:-1]
