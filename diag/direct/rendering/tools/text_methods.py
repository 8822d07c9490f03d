"""Methods of `java.lang.String` that templates may call: those whose result is the same here to the letter.

Source: help.mypurecloud.com, "Velocity macros for data actions", "Java string method macros", which points to
the class. Positions count UTF-16 units in Java, so a text with letters beyond the first 65,536 is not cut.
"""

from collections.abc import Callable
from typing import Final

from diag.direct.rendering.tools.linear_pattern import matched_all, split_at
from diag.direct.rendering.tools.tool import Arguments, Method
from diag.direct.rendering.velocity.java_values import (
    MAX_TEXT,
    FailsOnPlatformError,
    UnknownMeaningError,
    Value,
)

_JAVA_TRIMS: Final = "".join(map(chr, range(0x21)))


def _one(run: Callable[[str], Value]) -> Method:
    return Method(frozenset({0}), lambda arguments: run(_text(arguments[0])))


def _two(run: Callable[[str, str], Value]) -> Method:
    return Method(frozenset({1}), lambda arguments: run(*map(_text, arguments)))


def _three(run: Callable[[str, str, str], Value]) -> Method:
    return Method(frozenset({2}), lambda arguments: run(*map(_text, arguments)))


def _text(value: Value) -> str:
    if value is None:
        raise FailsOnPlatformError("a method of a text is given null")
    if not isinstance(value, str):
        raise UnknownMeaningError("a method of a text is given something else than a text")
    return value


def _place(value: Value) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise UnknownMeaningError("a place in a text that is no whole number")
    return value


def _measured(text: str) -> str:
    """Return the text, where its letters are one UTF-16 unit each."""
    if any(letter > "\uffff" for letter in text):
        raise UnknownMeaningError("a place or length in a text with letters beyond U+FFFF")
    return text


def _substring(arguments: Arguments) -> Value:
    text = _measured(_text(arguments[0]))
    begin = _place(arguments[1])
    end = _place(arguments[2]) if len(arguments) == 3 else len(text)
    if not 0 <= begin <= end <= len(text):
        raise FailsOnPlatformError("substring beyond the ends of a text")
    return text[begin:end]


def _simple_case(text: str, changed: str) -> str:
    """Return the changed text, unless it depends on language or letters that grow."""
    if not text.isascii() and (len(text) != len(changed) or any(letter in "İıſẞΣσς" for letter in text)):
        raise UnknownMeaningError("upper or lower case of letters that languages treat differently")
    return changed


def _equals(arguments: Arguments) -> Value:
    return isinstance(arguments[1], str) and arguments[0] == arguments[1]


def _equals_ignoring_case(arguments: Arguments) -> Value:
    if arguments[1] is None:
        return False
    left, right = map(_text, arguments)
    if not (left.isascii() and right.isascii()):
        raise UnknownMeaningError("equalsIgnoreCase of letters beyond ASCII")
    return left.lower() == right.lower()


def _replaced(text: str, old: str, new: str) -> str:
    if len(text) + text.count(old) * len(new) > MAX_TEXT:
        raise UnknownMeaningError(f"a replacement that makes a text of more than {MAX_TEXT:,} characters")
    return text.replace(old, new)


TEXT_METHODS: Final = {
    "length": _one(lambda text: len(_measured(text))),
    "isEmpty": _one(lambda text: text == ""),
    "toString": _one(lambda text: text),
    "trim": _one(lambda text: text.strip(_JAVA_TRIMS)),
    "toLowerCase": _one(lambda text: _simple_case(text, text.lower())),
    "toUpperCase": _one(lambda text: _simple_case(text, text.upper())),
    "substring": Method(frozenset({1, 2}), _substring),
    "concat": _two(lambda text, other: text + other),
    "contains": _two(lambda text, other: other in text),
    "startsWith": _two(lambda text, other: text.startswith(other)),
    "endsWith": _two(lambda text, other: text.endswith(other)),
    "indexOf": _two(lambda text, other: _measured(text).find(other)),
    "lastIndexOf": _two(lambda text, other: _measured(text).rfind(other)),
    "equals": Method(frozenset({1}), _equals),
    "equalsIgnoreCase": Method(frozenset({1}), _equals_ignoring_case),
    "replace": _three(_replaced),
    "replaceAll": _three(lambda text, pattern, new: matched_all(text, pattern, new)),
    "replaceFirst": _three(lambda text, pattern, new: matched_all(text, pattern, new, count=1)),
    "split": _two(lambda text, pattern: split_at(text, pattern)),
}
"""Name -> the method; the text itself comes first among its arguments, and is not counted."""
