"""Methods of lists, objects and numbers that templates may call without changing anything."""

from typing import Final

from diag.direct.rendering.tools.tool import Arguments, Method
from diag.direct.rendering.velocity.java_values import (
    FailsOnPlatformError,
    UnknownMeaningError,
    Value,
    text_of,
)


def _item(arguments: Arguments) -> Value:
    items, place = arguments
    return item_of(items, place)


def item_of(holder: Value, key: Value) -> Value:
    """Return `holder[key]`: an item of a list, a field of an object; null where an object lacks it."""
    if isinstance(holder, list):
        if isinstance(key, bool) or not isinstance(key, int) or key < 0:
            raise UnknownMeaningError("an item of a list by something else than its place")
        if key >= len(holder):
            raise FailsOnPlatformError("an item beyond the end of a list")
        item: Value = holder[key]
        return item
    if isinstance(holder, dict):
        return holder.get(key) if isinstance(key, str) else None
    raise UnknownMeaningError("an item of something that is neither a list nor an object")


def _size(arguments: Arguments) -> Value:
    holder = arguments[0]
    return len(holder) if isinstance(holder, (list, dict)) else None


def _is_empty(arguments: Arguments) -> Value:
    return not arguments[0]


def _contains_key(arguments: Arguments) -> Value:
    holder, key = arguments
    return isinstance(holder, dict) and isinstance(key, str) and key in holder


def _to_string(arguments: Arguments) -> Value:
    return text_of(arguments[0])


LIST_METHODS: Final = {
    "size": Method(frozenset({0}), _size),
    "isEmpty": Method(frozenset({0}), _is_empty),
    "get": Method(frozenset({1}), _item),
}
OBJECT_METHODS: Final = {**LIST_METHODS, "containsKey": Method(frozenset({1}), _contains_key)}
PLAIN_METHODS: Final = {"toString": Method(frozenset({0}), _to_string)}
