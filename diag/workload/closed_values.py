"""Inputs with nothing to invent: the contract lists every value (docs/method.md, "What may be changed")."""

from collections.abc import Mapping
from typing import Any


def is_closed(schema: Mapping[str, Any]) -> bool:
    """Return whether each value that `make_payloads` picks for a schema is one of a list that is complete.

    Those are `const`, `enum`, true or false, and null. A `default` or an `example` is no such list: often it
    is a placeholder, which the backend knows no better than an invented value.
    """
    listed = _listed(schema, "enum")
    if "const" in schema:
        return True
    if listed:
        picked = [schema[key] for key in ("default", "example") if key in schema]
        return all(value in listed for value in (*picked, *_listed(schema, "examples")))
    kinds = schema.get("type", "object" if "properties" in schema else None)
    kinds = kinds if isinstance(kinds, list) else [kinds]
    kind = next((one for one in kinds if one != "null"), "null")
    if kind in ("boolean", "null"):
        return True
    if any(key in schema for key in ("default", "example", "examples")):
        return False
    for key in ("oneOf", "anyOf"):
        choices = _listed(schema, key)
        if choices and isinstance(choices[0], Mapping):
            return is_closed(choices[0])
    parts = schema.get("properties") if kind == "object" else {"items": schema.get("items")}
    if kind not in ("object", "array") or not isinstance(parts, Mapping):
        return False
    return bool(parts) and all(isinstance(part, Mapping) and is_closed(part) for part in parts.values())


def _listed(schema: Mapping[str, Any], key: str) -> list[Any]:
    values = schema.get(key)
    return values if isinstance(values, list) else []
