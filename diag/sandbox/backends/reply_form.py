"""The JSON around a backend's result, and the part of an action's configuration that takes it off again."""

from typing import Final

from diag.sandbox.reply_bodies import JsonObject

_PART: Final = "result"
TRANSLATION: Final[JsonObject] = {
    "translationMap": {_PART: f"$.{_PART}"},
    "translationMapDefaults": {_PART: "{}"},
}
SUCCESS_TEMPLATE: Final = f"${{{_PART}}}"


def wrapped(result: JsonObject) -> JsonObject:
    """Return a reply's body of which `TRANSLATION` and `SUCCESS_TEMPLATE` make the result."""
    return {_PART: result}
