"""What plainly fits a contract fits it by JSON Schema, too, and those of scenarios are told at once."""

from itertools import product
from typing import Any, Final

import pytest
from jsonschema import Draft4Validator

from diag.sandbox.world.actions.plain_contract import plainly_fits
from diag.sandbox.world.scenario import load_scenario

KINDS: Final = ("string", "integer", "number", "boolean", "object", "array", "null", "other", 7)
VALUES: Final[tuple[Any, ...]] = ("", "x", "xy", "é€", 1, 0, 1.0, 1.5, True, None, {}, {"a": 1}, [], ["x"])
PLAIN: Final[tuple[dict[str, Any], ...]] = (
    {},
    {"title": "T", "description": "D"},
    {"minLength": 0},
    {"minLength": 2},
    {"enum": ["x", "xyz"]},
    {"enum": ["x", "xy"], "minLength": 2},
)
ODD: Final[tuple[dict[str, Any], ...]] = (
    {"title": 5},
    {"$schema": None},
    {"minLength": -1},
    {"minLength": 1.0},
    {"minLength": True},
    {"enum": ["x", "x"]},
    {"enum": ["x", 1]},
    {"enum": []},
    {"enum": "x"},
    {"maxLength": 1},
    {"not": {}},
    {"required": True},
)
TYPES: Final = ("string", "integer", "number", "boolean", "object", "array")
REQUIRED: Final[tuple[Any, ...]] = (["a"], ["b", "c"], ["a", "a"], [], None, ["a", 1], "a")
ADDED: Final[tuple[Any, ...]] = (True, False, {}, {"type": "integer"}, None, "no")


def is_valid(schema: dict[str, Any]) -> bool:
    valid: bool = Draft4Validator(Draft4Validator.META_SCHEMA).is_valid(schema)
    return valid


@pytest.mark.parametrize("kind", KINDS)
def test_a_part_that_plainly_fits_does_so_by_the_standard(kind: object) -> None:
    for more, of_a_kind in product(PLAIN + ODD, (True, False)):
        part = {"type": kind, **more} if of_a_kind else more
        schema: dict[str, Any] = {"type": "object", "properties": {"a": part}}
        told = [value for value in VALUES if plainly_fits(schema, {"a": value})]
        if of_a_kind and more in PLAIN and "enum" not in more and kind in TYPES:
            assert told  # without a validator
        if told:
            assert is_valid(schema)
            assert [value for value in told if not Draft4Validator(schema).is_valid({"a": value})] == []


def test_an_object_that_plainly_fits_does_so_by_the_standard() -> None:
    told = 0
    parts = {"a": {"type": "string"}, "b": {"type": "integer"}}
    inputs: tuple[dict[str, Any], ...] = ({}, {"a": "x"}, {"b": 1}, {"a": "x", "c": 1}, {"b": 1, "c": "x"})
    for required, added, more in product(REQUIRED, ADDED, PLAIN + ODD):
        wholes: list[dict[str, Any]] = [{"type": "object", "properties": parts, **more}, {"type": "array"}]
        for whole, keys in product(wholes, ({"required": required}, {"additionalProperties": added}, None)):
            schema = {**whole, **(keys or {"required": required, "additionalProperties": added})}
            fits = [each for each in inputs if plainly_fits(schema, each)]
            told += len(fits)
            assert not fits or is_valid(schema)
            assert all(Draft4Validator(schema).is_valid(each) for each in fits)
    assert told > 100


@pytest.mark.parametrize("name", ["day", "demo", "direct", "rehearsal"])
def test_what_an_action_of_a_scenario_asks_for_is_told_without_a_validator(name: str) -> None:
    for action in load_scenario(name).actions[:50]:
        schema: Any = action.input_schema
        inputs = {part: a_value(each) for part, each in schema["properties"].items()}
        assert plainly_fits(schema, inputs) != any("items" in each for each in schema["properties"].values())


def a_value(part: dict[str, Any]) -> Any:
    return {"string": part.get("enum", ["a text"])[0], "array": []}[part["type"]]
