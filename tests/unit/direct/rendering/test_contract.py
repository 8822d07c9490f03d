"""The output contract: which results fit, what broke, and what a contract may not do."""

import json
from typing import Any

import pytest

from diag.direct.rendering.reply.contract import ContractRefusedError, compile_contract

DRAFT_4 = "http://json-schema.org/draft-04/schema#"


def broke(schema: dict[str, Any], value: object) -> tuple[str | None, str | None]:
    """Return what broke and where, None twice where the value fits."""
    result = compile_contract(json.dumps(schema)).judged(value)
    return result.problem, result.path


@pytest.mark.parametrize(
    ("schema", "value", "problem", "path"),
    [
        ({"type": "object"}, {}, None, None),
        ({"type": "array", "items": {"type": "string"}}, ["a"], None, None),
        ({"type": "array", "items": {"type": "string"}}, ["a", 5], "type: not string", "$[1]"),
        ({"type": ["string", "null"]}, 5, "type: not null or string", "$"),
        ({"required": ["a b"]}, {}, 'required: "a b" is missing', "$"),
        (
            {"properties": {"a b": {"properties": {"c": {"type": "string"}}}}},
            {"a b": {"c": 1}},
            "type: not string",
            '$["a b"].c',
        ),
        ({"properties": {"a": {"enum": ["x"]}}}, {"a": "y"}, "enum: not as the contract says", "$.a"),
        ({"properties": {"a": {"maximum": 5}}}, {"a": 6}, "maximum: not as the contract says", "$.a"),
        ({"additionalProperties": False}, {"a": 1}, "additionalProperties: not as the contract says", "$"),
        ({"additionalProperties": {"type": "string"}}, {"C-1": 5}, "type: not string", "$[*]"),
    ],
)
def test_what_broke_is_named_by_keyword_and_place(
    schema: dict[str, Any], value: object, problem: str | None, path: str | None
) -> None:
    assert broke({"$schema": DRAFT_4, **schema}, value) == (problem, path)


def test_the_outermost_place_is_named() -> None:
    schema = {"required": ["b"], "properties": {"a": {"properties": {"c": {"type": "string"}}}}}

    assert broke(schema, {"a": {"c": 5}}) == ('required: "b" is missing', "$")


@pytest.mark.parametrize(
    "draft", [None, DRAFT_4, "http://json-schema.org/draft-07/schema#", "https://x.example/y"]
)
def test_a_whole_number_may_be_written_as_a_broken_one(draft: str | None) -> None:
    schema: dict[str, Any] = {"properties": {"n": {"type": "integer", "maximum": 9}}}
    if draft is not None:
        schema["$schema"] = draft

    assert broke(schema, {"n": 5.0}) == (None, None)
    assert broke(schema, {"n": 5.5}) == ("type: not integer", "$.n")
    assert broke(schema, {"n": True}) == ("type: not integer", "$.n")


def test_a_draft_is_the_one_that_the_contract_names() -> None:
    schema = {"properties": {"a": {"const": 5}}}

    assert broke({"$schema": DRAFT_4, **schema}, {"a": 6}) == (None, None), "draft 4 has no const"
    for draft in ("http://json-schema.org/draft-06/schema#", "https://json-schema.org/draft-07/schema"):
        assert broke({"$schema": draft, **schema}, {"a": 6})[1] == "$.a"


@pytest.mark.parametrize("draft", [DRAFT_4, "http://json-schema.org/draft-07/schema#"])
def test_a_format_breaks_no_contract(draft: str) -> None:
    """What a date-time is, and whether it is looked at, differs from validator to validator."""
    schema = {"$schema": draft, "properties": {"at": {"type": "string", "format": "date-time"}}}

    assert broke(schema, {"at": "2026-01-01T00:00:00.000+0000"}) == (None, None)
    assert broke(schema, {"at": 5}) == ("type: not string", "$.at")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[1]", "not an object"),
        ("{", "not JSON"),
        ('{"type": "strange"}', "no JSON Schema"),
        ('{"pattern": "("}', "a pattern that is not read here"),
        ('{"$ref": "http://127.0.0.1:1/x"}', "refers to another document"),
        ('{"items": [{"$ref": "file:///etc/passwd"}]}', "refers to another document"),
        ('{"$ref": "#/definitions/nowhere"}', "no JSON Schema"),
        ('{"a":' * 200 + "1" + "}" * 200, "not JSON"),
    ],
)
def test_a_contract_that_cannot_be_held_is_refused_and_nothing_is_fetched(text: str, why: str) -> None:
    with pytest.raises(ContractRefusedError, match=why):
        compile_contract(text)


def test_an_identity_of_its_own_sends_nobody_to_the_network() -> None:
    schema = {
        "$schema": "http://127.0.0.1:1/draft",
        "id": "http://127.0.0.1:1/contract",
        "definitions": {"n": {"type": "string"}},
        "properties": {"a": {"$ref": "#/definitions/n"}},
    }

    assert broke(schema, {"a": 5}) == ("type: not string", "$.a")


def test_a_pattern_ends_on_any_reply() -> None:
    slow = {"properties": {"a": {"pattern": "^(a+)+$"}}}
    endless = {"properties": {"a": {"pattern": "^(?=a)(a|a)+\\1$"}}}

    assert broke(slow, {"a": "a" * 100_000 + "!"}) == ("pattern: not as the contract says", "$.a")
    assert broke(endless, {"a": "a" * 40 + "!"})[0] == "a result that the contract cannot be held against"


def test_no_value_of_a_result_is_named() -> None:
    schema = {"properties": {"a": {"enum": ["x"]}, "b": {"pattern": "^x$"}}, "additionalProperties": False}

    for value in ({"a": "canary"}, {"b": "canary"}, {"canary": 1}, {"b": {"canary": "canary"}}):
        result = compile_contract(json.dumps(schema)).judged(value)
        assert "canary" not in repr(result)
