"""A text as JSON, strictly: every way in which it may not be JSON has a name."""

import json
import math
import re
from typing import Final, NoReturn

MAX_DEPTH: Final = 50
"""Levels of nesting that a data action accepts, of inputs and replies (help.mypurecloud.com/?p=138534)."""

MAX_TEXT: Final = 4 * 1024 * 1024
"""Longer texts are not read, characters."""

MAX_OBJECTS: Final = 20_000
"""Texts with more objects are not read: calls wait while one is."""

_MAY_BE_HALF: Final = re.compile(r"\\u[dD][89a-fA-F]")


class UnreadableJsonError(Exception):
    """Why a text is no JSON that an action could use. The message holds nothing of the text."""


def json_value(text: str) -> object:
    """Return the JSON value in a text. Raises `UnreadableJsonError`."""
    if len(text) > MAX_TEXT or text.count("{") > MAX_OBJECTS:
        raise UnreadableJsonError(f"more than {MAX_TEXT:,} characters or {MAX_OBJECTS:,} objects")
    try:
        value = _DECODER.decode(text)
    except UnreadableJsonError:
        raise
    except json.JSONDecodeError:
        raise UnreadableJsonError("not JSON") from None
    except ValueError:  # thousands of digits: Python does not even read them
        raise UnreadableJsonError("a number too large to be read") from None
    except RecursionError:
        raise UnreadableJsonError(f"nested deeper than {MAX_DEPTH} levels") from None
    if text.count("{") + text.count("[") > MAX_DEPTH:
        _check_depth(value)
    if "\\u" in text and _MAY_BE_HALF.search(text) is not None and not _writable(value):
        raise UnreadableJsonError("half a character (a surrogate without its partner)")
    return value


def as_text(body: bytes) -> str:
    """Return a reply's bytes as text. Raises `UnreadableJsonError` for what is not UTF-8."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise UnreadableJsonError("not UTF-8") from None
    if text.startswith("\ufeff"):
        raise UnreadableJsonError("a byte order mark in front: whether Genesys Cloud skips it is unknown")
    return text


def _check_depth(value: object) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            item
            for holder in level
            if isinstance(holder, (dict, list))
            for item in (holder.values() if isinstance(holder, dict) else holder)
            if isinstance(item, (dict, list))
        ]
        if not level:
            return
    raise UnreadableJsonError(f"nested deeper than {MAX_DEPTH} levels")


def _writable(value: object) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise UnreadableJsonError("a number too large to be read")
    return number


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise UnreadableJsonError("the same key twice in one object: which of them counts is unknown")
    return read


def _not_json(constant: str) -> NoReturn:
    raise UnreadableJsonError("NaN or Infinity, which JSON does not have")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_without_duplicates, parse_float=_finite, parse_constant=_not_json
)
