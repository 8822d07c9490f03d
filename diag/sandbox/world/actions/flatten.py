"""Architect's flat form: nested fields as one level of dotted names (`flatten=true`)."""

from diag.sandbox.reply_bodies import JsonObject, JsonValue


def flat_values(value: JsonObject) -> JsonObject:
    """`{"a": {"b": 1}, "c": [{"d": 2}]}` as `{"a.b": 1, "c.d": [2]}`: a list of objects turns into lists."""
    flat: JsonObject = {}
    for path, leaf in _leaves(value, ""):
        flat[path] = leaf
    return flat


def flat_schema(schema: JsonObject) -> JsonObject:
    """An object schema with the properties of nested objects lifted to dotted names."""
    properties: JsonObject = {}
    _lift(schema, "", properties)
    return {**schema, "properties": properties}


def array_properties(schema: JsonObject) -> list[str]:
    """The names of a flat schema's properties that hold arrays."""
    properties = schema.get("properties")
    parts = properties.items() if isinstance(properties, dict) else ()
    return [name for name, part in parts if isinstance(part, dict) and part.get("type") == "array"]


def _leaves(value: JsonObject, prefix: str) -> list[tuple[str, JsonValue]]:
    leaves: list[tuple[str, JsonValue]] = []
    for name, item in value.items():
        path = f"{prefix}{name}"
        if isinstance(item, dict):
            leaves += _leaves(item, f"{path}.")
        elif isinstance(item, list) and item and all(isinstance(entry, dict) for entry in item):
            rows = [dict(_leaves(entry, "")) for entry in item if isinstance(entry, dict)]
            names = dict.fromkeys(name for row in rows for name in row)
            leaves += [(f"{path}.{name}", [row.get(name) for row in rows]) for name in names]
        else:
            leaves.append((path, item))
    return leaves


def _lift(schema: JsonObject, prefix: str, into: JsonObject) -> None:
    properties = schema.get("properties")
    for name, part in properties.items() if isinstance(properties, dict) else ():
        if (
            isinstance(part, dict)
            and part.get("type") == "object"
            and isinstance(part.get("properties"), dict)
        ):
            _lift(part, f"{prefix}{name}.", into)
        else:
            into[f"{prefix}{name}"] = part
