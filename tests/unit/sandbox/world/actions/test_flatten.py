"""Architect's flat form."""

from typing import Any

from diag.sandbox.world.actions.flatten import flat_schema, flat_values


def test_nested_values_get_dotted_names() -> None:
    nested: dict[str, Any] = {"a": {"b": {"c": 1}}, "d": [1, 2], "e": [{"x": 1, "y": 2}, {"x": 3}], "f": {}}
    assert flat_values(nested) == {"a.b.c": 1, "d": [1, 2], "e.x": [1, 3], "e.y": [2, None]}


def test_nested_schemas_get_dotted_properties() -> None:
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {
            "id": {"type": "string"},
            "address": {"type": "object", "properties": {"city": {"type": "string"}}},
            "free": {"type": "object"},
        },
    }
    flat = flat_schema(schema)
    assert flat["properties"] == {
        "id": {"type": "string"},
        "address.city": {"type": "string"},
        "free": {"type": "object"},
    }
    assert flat_schema(flat) == flat
