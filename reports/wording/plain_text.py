"""Texts of unknown origin (action names, messages, labels) made safe for where they are shown.

HTML is escaped by the template engine; this file serves the places that have none.
"""

import re
import unicodedata
from typing import Final

_FORMULA_START: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_MARKDOWN: Final = re.compile(r"([\\`*_\[\]<>#|~&])")


def printable(text: str) -> str:
    """Return the text on one line without control, format (bidi) or unassigned characters.

    They could move a terminal's cursor, turn text around, or make an SVG ill-formed.
    """
    spaced = "".join(" " if character in "\t\n\r\v\f\u2028\u2029" else character for character in text)
    return "".join(character for character in spaced if unicodedata.category(character)[0] != "C")


def shortened(text: str, most: int = 60) -> str:
    """Return a name that fits into a sentence: its beginning, and `…` where something was left out."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


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
