"""A text as JSON, strictly: every way in which it may not be JSON has a name."""

import json
import math
from typing import Final, NoReturn

MAX_DEPTH: Final = 50
"""Levels of nesting that a data action accepts (help.mypurecloud.com/?p=138534)."""

_MAX_DIGITS: Final = 1000


class UnreadableJsonError(Exception):
    """Why a text is no JSON that an action could use. The message holds nothing of the text."""


def json_value(text: str) -> object:
    """Return the JSON value in a text. Raises `UnreadableJsonError`."""
    try:
        value = _DECODER.decode(text)
    except UnreadableJsonError:
        raise
    except ValueError:
        raise UnreadableJsonError("not JSON") from None
    except RecursionError:
        raise UnreadableJsonError(f"nested deeper than {MAX_DEPTH} levels") from None
    if text.count("{") + text.count("[") > MAX_DEPTH and _deeper_than(value, MAX_DEPTH):
        raise UnreadableJsonError(f"nested deeper than {MAX_DEPTH} levels")
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


def _deeper_than(value: object, levels: int) -> bool:
    level = [value]
    for _ in range(levels):
        level = [
            item
            for holder in level
            if isinstance(holder, (dict, list))
            for item in (holder.values() if isinstance(holder, dict) else holder)
        ]
    return any(isinstance(item, (dict, list)) for item in level)


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise UnreadableJsonError("the same key twice in one object: which of them counts is unknown")
    return read


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise UnreadableJsonError("a number too large to be read")
    return number


def _whole(digits: str) -> int:
    if len(digits) > _MAX_DIGITS:
        raise UnreadableJsonError("a number too large to be read")
    return int(digits)


def _not_json(constant: str) -> NoReturn:
    raise UnreadableJsonError("NaN or Infinity, which JSON does not have")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_without_duplicates,
    parse_float=_finite,
    parse_int=_whole,
    parse_constant=_not_json,
)
