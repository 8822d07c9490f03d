"""The JSON that a backend answers, and the part of an action's configuration that makes the result of it."""

from typing import Final

from diag.sandbox.backends.backend_spec import BackendSpec
from diag.sandbox.reply_bodies import JsonObject, JsonValue

_PART: Final = "result"
_UNEXPECTED: Final[JsonObject] = {"unexpected": True}


def reply_form(spec: BackendSpec) -> tuple[JsonObject, str]:
    """Return an action's `config.response` and its success template."""
    if not spec.translated:
        usual: JsonObject = {
            "translationMap": {_PART: f"$.{_PART}"},
            "translationMapDefaults": {_PART: "{}"},
        }
        return usual, f"${{{_PART}}}"
    own: JsonObject = {
        "translationMap": dict(spec.translation_map),
        "translationMapDefaults": dict(spec.translation_defaults),
    }
    return own, spec.success_template


def reply_body(spec: BackendSpec, result: JsonObject, *, breaks_contract: bool = False) -> JsonObject:
    """Return the body of a reply, of which `reply_form` makes the result.

    With `breaks_contract` every value in it is an object that nobody expects.
    """
    body: JsonObject = dict(spec.answers) if spec.translated else {_PART: result}
    return _broken_object(body) if breaks_contract else body


def _broken_object(whole: JsonObject) -> JsonObject:
    return {name: _broken(value) for name, value in whole.items()}


def _broken(value: JsonValue) -> JsonValue:
    if isinstance(value, dict) and value:
        return _broken_object(value)
    return dict(_UNEXPECTED)
