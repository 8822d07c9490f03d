import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from analysis.format.sample_schema import InputOrigin
from diag.workload.payload import Payload
from diag.workload.payloads_from_contract import EMPTY, NoInput, from_contract

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["phone", "count"],
    "properties": {
        "phone": {"type": "string", "minLength": 5, "maxLength": 12},
        "count": {"type": "integer", "minimum": 3, "maximum": 9},
        "price": {"type": ["number", "null"], "minimum": 0},
        "kind": {"enum": ["a", "b"]},
        "active": {"type": "boolean"},
        "when": {"type": "string", "format": "date-time"},
        "lines": {
            "type": "array",
            "minItems": 2,
            "items": {"type": "object", "properties": {"id": {"type": "string"}}},
        },
        "either": {"anyOf": [{"type": "integer"}, {"type": "string"}]},
    },
}


def payloads(contract: dict[str, Any], seed: int) -> tuple[Payload, ...]:
    made = from_contract(contract, seed)
    assert not isinstance(made, NoInput)
    return made


@given(seed=st.integers())
def test_generated_payloads_follow_the_contract_and_the_seed(seed: int) -> None:
    made = payloads({"input": {"inputSchema": SCHEMA}}, seed)

    assert made == payloads({"input": {"inputSchema": SCHEMA}}, seed)
    assert [one.label for one in made] == [f"generated-{n}" for n in range(1, len(made) + 1)]
    for one in made:
        Draft7Validator(SCHEMA).validate(json.loads(one.body))


def test_examples_are_used_as_they_are() -> None:
    schema = {"type": "object", "properties": {"id": {"type": "string", "examples": ["C-1001"]}}}

    assert [one.body for one in payloads({"input": {"inputSchema": schema}}, 1)] == [b'{"id":"C-1001"}']


def test_without_a_schema_the_input_is_empty() -> None:
    for contract in (None, {}, {"input": "?"}, {"input": {"inputSchema": {"type": "object"}}}):
        assert from_contract(contract, 1) == (EMPTY,)


def test_values_never_show() -> None:
    assert "C-1001" not in repr(Payload.of("mine", {"id": "C-1001"}, InputOrigin.INLINE))
