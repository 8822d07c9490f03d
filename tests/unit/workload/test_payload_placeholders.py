"""Where inputs come from, and the line that gives an action real ones."""

import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.format.sample_schema import InputOrigin
from diag.errors import UsageError
from diag.genesys.client import GenesysClient
from diag.genesys.data_action import Action, ActionConfig
from diag.workload.action_inputs import ActionInputs, inputs_of
from diag.workload.payload import Payload
from diag.workload.payload_placeholders import line_to_paste
from diag.workload.read_workload import parse_workload

GET_CUSTOMER: Final = Action("a-1", "Get Customer", "i", "CRM", 1, False, ActionConfig(5, {}, {}))
PROPERTIES: Final[dict[str, Any]] = {
    "customerId": {"type": "string"},
    "limit": {"type": "integer"},
    "with history": {"type": "boolean"},
    "kind": {"enum": [None, "gold"]},
    "address": {"type": "object", "properties": {"city": {"type": "string"}}},
    "tags": {"type": "array", "items": {"type": "string"}},
}


def contract_of(properties: dict[str, Any]) -> dict[str, Any]:
    return {"input": {"inputSchema": {"type": "object", "properties": properties}}}


class Contracts:
    def __init__(self, properties: dict[str, Any]) -> None:
        self.properties = properties

    def get_action(self, action_id: str, *, contract: bool) -> Action:
        assert contract
        return replace(GET_CUSTOMER, contract=contract_of(self.properties))


def inputs(properties: dict[str, Any], own: tuple[Payload, ...] = ()) -> ActionInputs:
    found = inputs_of(cast(GenesysClient, Contracts(properties)), GET_CUSTOMER, own, seed=1)
    assert isinstance(found, ActionInputs)
    return found


def parsed(entry: str, folder: Path = Path()) -> tuple[Payload, ...]:
    text = f'format_version = 1\n[[action]]\nname = "A"\n{entry}\n'
    return parse_workload(tomllib.loads(text), "w.toml", folder).entries[0].payloads


def test_inputs_made_from_the_contract_are_invented_and_come_with_the_line_for_real_ones() -> None:
    made = inputs(PROPERTIES)

    assert {payload.origin for payload in made.payloads} == {InputOrigin.INVENTED}
    assert made.line_to_paste == (
        'payload = [{ values = { customerId = "...", limit = "...", "with history" = true, kind = "gold", '
        'address = { city = "..." }, tags = ["..."] } }]'
    )


def test_an_action_that_takes_no_input_is_asked_for_none() -> None:
    made = inputs({})

    assert [payload.origin for payload in made.payloads] == [InputOrigin.NONE]
    assert made.line_to_paste is None


@pytest.mark.parametrize(
    "part",
    [
        {"const": "gold"},
        {"type": "string", "enum": ["open", "closed"]},
        {"type": "string", "enum": ["open", "closed"], "default": "open"},
        {"type": "boolean"},
        {"type": ["null", "boolean"]},
        {"type": "array", "items": {"enum": ["open"]}},
        {"type": "object", "properties": {"state": {"enum": ["open"]}, "now": {"type": "boolean"}}},
        {"oneOf": [{"enum": ["open"]}, {"type": "string"}]},
    ],
)
def test_where_the_contract_lists_every_value_nothing_is_invented(part: dict[str, Any]) -> None:
    made = inputs({"state": part})

    assert {payload.origin for payload in made.payloads} == {InputOrigin.CONTRACT}
    assert made.line_to_paste is None
    beside = inputs({"state": part, "customerId": {"type": "string"}})
    assert {payload.origin for payload in beside.payloads} == {InputOrigin.INVENTED}


@pytest.mark.parametrize(
    "part",
    [
        {"type": "string"},
        {"type": "string", "default": ""},
        {"type": "string", "example": "C-1001"},
        {"type": "string", "examples": ["C-1001"]},
        {"type": "string", "enum": ["open"], "default": ""},
        {"type": "string", "enum": []},
        {"type": "integer", "minimum": 1, "maximum": 2},
        {"type": "array", "items": {"type": "string"}},
        {"type": "array"},
        {"type": "object", "properties": {}},
        {"type": "object", "default": {"id": "C-1"}, "properties": {"id": {"enum": ["C-1"]}}},
        {"type": "object", "properties": {"state": {"enum": ["open"]}, "id": {"type": "string"}}},
    ],
)
def test_a_default_or_an_example_is_invented_all_the_same(part: dict[str, Any]) -> None:
    """Often it is a placeholder: no backend is sure to know it."""
    made = inputs({"field": part})

    assert {payload.origin for payload in made.payloads} == {InputOrigin.INVENTED}


def test_a_file_for_some_inputs_makes_up_none_of_the_others(tmp_path: Path) -> None:
    (tmp_path / "some.csv").write_text("customerId\nC-1\n")

    (fitted,) = inputs(PROPERTIES, parsed('payload_file = "some.csv"', tmp_path)).payloads

    assert (fitted.values, fitted.origin) == ({"customerId": "C-1"}, InputOrigin.FILE)


@pytest.mark.parametrize(
    ("name", "row"), [("a.csv", "customerId\nC-1\n"), ("a.jsonl", '{"customerId": "C-1"}\n')]
)
def test_the_workloads_own_inputs_keep_their_origin(tmp_path: Path, name: str, row: str) -> None:
    (tmp_path / name).write_text(row)
    line = 'payload = [{ label = "generated-1", values = { customerId = "C-2" } }]'
    own = parsed(f'{line}\npayload_file = "{name}"', tmp_path)

    fitted = inputs(PROPERTIES, own)

    assert [payload.origin for payload in fitted.payloads] == [InputOrigin.INLINE, InputOrigin.FILE]
    assert fitted.line_to_paste is None


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ('{ customerId = "..." }', "values.customerId"),
        ('{ address = { city = "..." } }', "values.address.city"),
        ('{ tags = ["a", "..."] }', "values.tags.2"),
    ],
)
def test_a_line_that_was_pasted_and_not_filled_in_is_refused(values: str, place: str) -> None:
    with pytest.raises(UsageError, match=re.escape(f'{place} is still "..."')):
        parsed(f"payload = [{{ values = {values} }}]")


_names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
_schemas = st.recursive(
    st.sampled_from([{}, {"type": "string"}, {"type": "array"}, {"enum": [1, None]}, {"const": None}]),
    lambda inside: st.dictionaries(_names, inside, max_size=3).map(lambda found: {"properties": found}),
    max_leaves=6,
)


@pytest.mark.slow
@given(properties=st.dictionaries(_names, _schemas, min_size=1, max_size=3))
def test_the_line_is_toml_whatever_the_inputs_are_called(properties: dict[str, Any]) -> None:
    values = tomllib.loads(line_to_paste(contract_of(properties)))["payload"][0]["values"]

    assert set(values) == {name for name, part in properties.items() if part != {"const": None}}
