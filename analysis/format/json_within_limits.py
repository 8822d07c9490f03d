"""JSON from outside (a file, a reply), held to what every part of diag can work with.

One parser for all that is kept or written back: text in UTF-8, nested no deeper than any sound file, numbers
that fit, and no half characters. What passes here cannot fail later in a way that nobody expected.
"""

import json
import math
import re
from typing import Any, Final

MOST_DEPTH: Final = 100
"""Levels. Contracts of real actions have about ten; a file made to break a parser has thousands."""
BROKEN_CHARACTER: Final = "\uffff"
"""Stands for half a character (a surrogate without its partner, `"\\ud83d"` in JSON), which no file and no
request can carry. It is a code point that no text uses, so it is known again: an action that holds one is
never written back (`diag.genesys.data_action`)."""

_MOST_BITS: Final = 64
_HALF: Final = re.compile("[\ud800-\udfff]")
_MAY_BE_HALF: Final = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")


class UnfitJsonError(ValueError):
    """Raised for JSON that is not taken; its text completes "the file ..." and quotes no value."""


def parse_json(source: str | bytes, *, keys_once: bool = True) -> Any:
    """Return the value in a JSON text. Raises UnfitJsonError, and nothing else.

    `keys_once` False for what is only read: one odd object in a list of hundreds is no reason to refuse all.
    """
    try:
        text = source.decode("utf-8-sig") if isinstance(source, bytes) else source.removeprefix("\ufeff")
        body = json.loads(text, object_pairs_hook=_object if keys_once else None)
    except UnicodeDecodeError as error:
        raise UnfitJsonError(f"is not UTF-8 text (byte {error.start + 1})") from None
    except json.JSONDecodeError as error:
        raise UnfitJsonError(
            f"is not valid JSON (line {error.lineno}, column {error.colno}: {error.msg})"
        ) from None
    except RecursionError:
        raise UnfitJsonError(_too_deep()) from None
    except UnfitJsonError:
        raise
    except ValueError:  # thousands of digits: Python does not even read them
        raise UnfitJsonError(_too_large()) from None
    check_values(body)
    return _with_whole_characters(body) if _MAY_BE_HALF.search(text) else body


def parse_object(source: str | bytes) -> dict[str, Any]:
    """Return the object in a JSON text. Raises UnfitJsonError, also for any other value."""
    body = parse_json(source)
    if not isinstance(body, dict):
        raise UnfitJsonError("is not a JSON object")
    return body


def parse_line(line: str | bytes) -> dict[str, Any] | None:
    """Return the object in one line of a file that a run wrote; None for anything else, such as half a line.

    Its characters are whole. Quick: a load reads its own lines while it calls. Values are for the reader to
    check (`analysis.format.json_to_dataclass`).
    """
    escape = r"\u" in line if isinstance(line, str) else rb"\u" in line
    try:
        body = json.loads(line)
        if escape or not line.isascii():
            body = _with_whole_characters(body)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def check_values(body: object) -> None:
    """Raise UnfitJsonError for values nested too deep, and for numbers that are infinite or too large."""
    level = [body]
    for _ in range(MOST_DEPTH):
        below: list[object] = []
        for value in level:
            if isinstance(value, str):  # first, because most values are texts
                continue
            if isinstance(value, dict):
                below.extend(value.values())
            elif isinstance(value, list):
                below.extend(value)
            elif isinstance(value, float):
                if not math.isfinite(value):
                    raise UnfitJsonError("holds a number that is infinite or none at all (NaN)")
            elif isinstance(value, int) and value.bit_length() > _MOST_BITS:
                raise UnfitJsonError(_too_large())
        if not below:
            return
        level = below
    raise UnfitJsonError(_too_deep())


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object that says everything once: of two values, one would be believed and the other lost."""
    body = dict(pairs)
    if len(body) != len(pairs):
        raise UnfitJsonError("holds an object that names the same key twice")
    return body


def _with_whole_characters(value: Any) -> Any:
    """The values with every half character marked (BROKEN_CHARACTER). Raises RecursionError."""
    match value:
        case str():
            return _whole(value)
        case list():
            return [_with_whole_characters(item) for item in value]
        case dict():
            return {_whole(key): _with_whole_characters(item) for key, item in value.items()}
        case _:
            return value


def _whole(text: str) -> str:
    return _HALF.sub(BROKEN_CHARACTER, text)


def _too_deep() -> str:
    return f"is nested more than {MOST_DEPTH} levels deep"


def _too_large() -> str:
    return f"holds a whole number of more than {_MOST_BITS} bits"
