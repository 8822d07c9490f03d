"""Text at a terminal's width: broken between words, never between a number and its unit or in a command."""

import os
import re
import shutil
import unicodedata
from typing import Final, TextIO

_UNITS: Final = r"%|(?:ms|s|min|h|B|kB|MB|(?:call|action|row|job|time|day|hour|minute|second|window)s?)\b"
_TOGETHER: Final = re.compile(
    rf"(?<=\d) (?={_UNITS})|(?<=\d) (?=of \d)|(?<=\d of) (?=\d)|(?<=[\d)]) (?=-> )|(?<=[\d)] ->) (?=\S)"
)
_COMMAND: Final = re.compile(r"(?<=: )(?:diag|locust) [^(),;]*?(?= \(|$)")
_LABEL: Final = re.compile(r" *\S+(?: \S+)? {2,}(?=\S)")
_HANGING: Final = 4
_FEWEST: Final = 20
"""Columns a text keeps beside its label; below that it goes on under the label."""
_GLUE: Final = "\0"


def wrapped(text: str, width: int) -> str:
    """Return the text in lines of at most `width` columns; longer only where one word is.

    A line goes on under its text where it begins with a label and two spaces or more, else four columns
    further in than it began. A command at the end of a line stays whole, so that it can be copied.
    """
    return "\n".join(_broken(line, width) for line in text.split("\n"))


def glued(text: str) -> str:
    """Return the text with its spaces marked so that `wrapped` breaks none of them."""
    return text.replace(" ", _GLUE)


def columns_of(text: str) -> int:
    """Return how many columns of a terminal the text takes: East Asian characters two, accents none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1
        for one in text
    )


def shortened(name: str, width: int) -> str:
    """Return a name in at most `width` columns, its end as "…"; for names only, never for figures."""
    if columns_of(name) <= width:
        return name
    while name and columns_of(name) >= width:
        name = name[:-1]
    return name + "…" if width > 0 else ""


def terminal_width(stream: TextIO) -> int:
    """Return the columns of the terminal behind `stream`, at least 40; 100 where there is none."""
    columns = shutil.get_terminal_size((0, 0)).columns
    if not columns:
        try:
            columns = os.get_terminal_size(stream.fileno()).columns
        except (OSError, ValueError):
            columns = 0
    return max(columns or 100, 40)


def _broken(line: str, width: int) -> str:
    if columns_of(line) <= width:
        return line.replace(_GLUE, " ")
    begins = len(line) - len(line.lstrip(" "))
    label = _LABEL.match(line)
    inward = columns_of(label[0]) if label and width - columns_of(label[0]) >= _FEWEST else begins + _HANGING
    whole = _COMMAND.sub(lambda found: glued(found[0]), line[begins:])
    words = _TOGETHER.sub(_GLUE, whole).split(" ")
    lines = [" " * begins + words[0]]
    for word in words[1:]:
        if columns_of(lines[-1]) + 1 + columns_of(word) <= width or not lines[-1].strip():
            lines[-1] += " " + word
        else:
            lines.append(" " * inward + word)
    return "\n".join(one.rstrip(" ").replace(_GLUE, " ") for one in lines)
