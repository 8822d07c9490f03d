"""Whether an action's JSON is whole: what the platform always sends, and of the kind that it sends."""

import json
from types import NoneType
from typing import Final

from analysis.format.json_within_limits import BROKEN_CHARACTER
from diag.genesys.replies.json_reply import JsonObject, optional_int, optional_object, optional_text

_KINDS: Final[dict[str, dict[str, type]]] = {
    "request": {"headers": dict, "requestTemplate": str, "requestTemplateUri": str},
    "response": {
        "translationMap": dict,
        "translationMapDefaults": dict,
        "successTemplate": str,
        "successTemplateUri": str,
    },
}
"""What these keys hold where they are there and not null (docs/genesys-api.md, "Writing a timeout")."""


def damaged_part(source: JsonObject) -> str | None:
    """Return the first part of an action's JSON that is not as the platform always sends it.

    Parts that stand in for nothing when they are read: a name falls back to the id, a response to an
    empty one, a timeout to the default. Written back, they would replace what the org has.
    """
    if BROKEN_CHARACTER in json.dumps(source, ensure_ascii=False):
        return "every character whole (half of one is in its texts)"
    if not optional_text(source, "name"):
        return "name"
    if source.get("version") is not None and (optional_int(source, "version") or 0) < 0:
        return "a valid version"
    if not isinstance(source.get("category"), str | None):
        return "a valid category"
    config = optional_object(source, "config")
    if config.get("request") and not isinstance(config.get("response"), dict):
        return "config.response"
    for part, kinds in _KINDS.items():
        held = optional_object(config, part)
        for key, kind in kinds.items():
            if key in held and not isinstance(held[key], (kind, NoneType)):
                return f"a valid config.{part}.{key}"
    timeout = config.get("timeoutSeconds")
    if timeout is not None and optional_int(config, "timeoutSeconds") not in range(61):
        return "a valid config.timeoutSeconds"
    return None
