"""`$successTemplateUtils`: what only success templates need. Its arguments are JSON texts.

Source: help.mypurecloud.com, "Velocity macros for data actions".
"""

import json
from typing import Final

from diag.direct.rendering.json_value import UnreadableJsonError, json_value
from diag.direct.rendering.tools.tool import Arguments, Method, TemplateTool
from diag.direct.rendering.velocity.java_values import UnknownMeaningError, Value, double_text, text_of


def json_text(value: object) -> str:
    """Return a JSON value as a variable of a success template holds it: its JSON text, without spaces."""
    if isinstance(value, float):
        return double_text(value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _first_from_array(arguments: Arguments) -> Value:
    """Return the first item of a JSON array as JSON text; of an empty one the default that is given."""
    items = _array(text_of(arguments[0]))
    if items:
        return json_text(items[0])
    if len(arguments) == 1:
        raise UnknownMeaningError("$successTemplateUtils.firstFromArray of an empty array, without a default")
    return text_of(arguments[1])


def _array(text: str) -> list[object]:
    try:
        items = json_value(text)
    except UnreadableJsonError:
        items = None
    if not isinstance(items, list):
        raise UnknownMeaningError("$successTemplateUtils.firstFromArray of something that is no JSON array")
    return items


SUCCESS_TEMPLATE_TOOL: Final = TemplateTool(
    methods={"firstFromArray": Method(frozenset({1, 2}), _first_from_array)},
    refused={
        "moveKeysIntoArrayOfObjects": "what it makes of the keys is described nowhere that could be read, "
        "so it is not guessed"
    },
)
