"""Java's regular expressions, as far as Python reads them alike and in time proportional to the text.

A template and a hostile reply meet here, so a pattern must not be able to run away: letters, classes, one
group level, and at most one part that repeats without end, at the pattern's end or behind `^`.
"""

import re
from functools import lru_cache
from typing import Final

from diag.direct.rendering.velocity.java_values import MAX_TEXT, UnknownMeaningError

_PART: Final = re.compile(
    r"(?P<atom>"
    r"\\[dDwWsS]|\\[^A-Za-z0-9]|\\[tnrf]"  # classes and escaped signs
    r"|\[\^?(?:\\[dDwWsStnrf]|\\[^A-Za-z0-9]|[^\]\[\\&])(?:\\[dDwWsStnrf]|\\[^A-Za-z0-9]|[^\]\[\\&])*\]"
    r"|[^\\\[\](){}.*+?^$|]"  # a plain sign
    r"|\.|\((?!\?)|\)"
    r")(?P<repeat>[*+?]|\{\d{1,2}\})?"
)
_MAX_PATTERN: Final = 200
_GROUP_IN_REPLACEMENT: Final = re.compile(r"\\(.)|\$(\d)|([\\$])", re.S)
_ANY_BUT_LINE_ENDS: Final = "[^\n\r\u0085\u2028\u2029]"


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    """Return the pattern compiled. Raises `UnknownMeaningError` for one that is not plainly linear."""
    at = 1 if pattern.startswith("^") else 0
    anchored, endless, groups = bool(at), False, 0
    parts = ["\\A"] if anchored else []
    while at < len(pattern) <= _MAX_PATTERN:
        part = _PART.match(pattern, at)
        if part is None or (endless and not anchored) or (part["atom"] in "()" and part["repeat"]):
            raise _unfit()
        repeats = part["repeat"] in ("*", "+")
        if repeats and endless:
            raise _unfit()
        endless = endless or repeats
        groups += {"(": 1, ")": -1}.get(part["atom"], 0)
        if groups not in (0, 1):
            raise _unfit()
        parts.append((_ANY_BUT_LINE_ENDS if part["atom"] == "." else part["atom"]) + (part["repeat"] or ""))
        at = part.end()
    if not pattern or len(pattern) > _MAX_PATTERN or groups:
        raise _unfit()
    try:
        compiled = re.compile("".join(parts), re.ASCII)
    except re.error:  # a class whose range runs backwards, or ends at a class
        raise _unfit() from None
    if compiled.match("") is not None:
        raise _unfit()
    return compiled


def _unfit() -> UnknownMeaningError:
    return UnknownMeaningError("a regular expression beyond classes, plain letters and one repetition")


def matched_all(text: str, pattern: str, new: str, count: int = 0) -> str:
    """Return what `replaceAll` (or with a count of 1 `replaceFirst`) returns."""
    compiled = _compiled(pattern)
    pieces = _replacement(new, compiled.groups)
    size = len(text)

    def replaced(found: re.Match[str]) -> str:
        nonlocal size
        filled = "".join(piece if isinstance(piece, str) else (found[piece] or "") for piece in pieces)
        size += len(filled)
        if size > MAX_TEXT:
            raise UnknownMeaningError(f"a replacement that makes a text of more than {MAX_TEXT:,} characters")
        return filled

    return compiled.sub(replaced, text, count)


def _replacement(new: str, groups: int) -> list[str | int]:
    pieces: list[str | int] = []
    at = 0
    for found in _GROUP_IN_REPLACEMENT.finditer(new):
        pieces.append(new[at : found.start()])
        escaped, group, lone = found.groups()
        if lone is not None or (group is not None and int(group) > groups):
            raise UnknownMeaningError("a replacement with a lone $ or \\, or a group that is not there")
        pieces.append(escaped if escaped is not None else int(group))
        at = found.end()
    return [*pieces, new[at:]]


def split_at(text: str, pattern: str) -> list[object]:
    """Return what `split` returns: empty pieces at the end are dropped."""
    compiled = _compiled(pattern)
    if compiled.groups:
        raise _unfit()
    if compiled.search(text) is None:
        return [text]
    pieces: list[object] = list(compiled.split(text))
    while pieces and pieces[-1] == "":
        pieces.pop()
    return pieces
