"""Inputs made from a contract: patterns, and what happens where none can be made."""

import json
import random
from typing import Any, cast

import pytest
from jsonschema import Draft7Validator

from diag.choice.choose_actions import Candidate
from diag.choice.make_inputs import with_inputs
from diag.genesys.api_errors import PermissionMissingError
from diag.genesys.client import GenesysClient
from diag.genesys.data_action import Action, ActionConfig
from diag.workload.payloads_from_contract import NoInput, from_contract
from diag.workload.text_for_pattern import matching_text
from diag.workload.workload import WorkloadEntry

NO_TEXT = r"^(?=.*\d)(?=.*q)[a-z]{40}$"  # a digit among letters only: nothing matches


@pytest.mark.parametrize(
    "pattern",
    [
        r"^\d+$", r"^[0-9]{10}$", r"^[1-9]\d{4,9}$", r"^\+?[1-9]\d{1,14}$", r"^\+1\d{10}$", r"^[A-Z]{2}$",
        r"^[A-Z]{2}\d{6}$", r"^[A-Z]{3}-\d{4}$", r"^C-\d+$|^[A-Z]-[0-9]+$", r"^[a-z]+$", r"^[0-9a-f]{16}$",
        r"^[^@\s]+@[^@\s]+\.[a-z]+$", r"^https://", r"^\d{4}-\d{2}-\d{2}$", r"^\d{2}/\d{2}/\d{4}$", r"\S",
        r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$",
        r"^\d{3}-\d{3}-\d{4}$", r"^[a-z]{2}-[A-Z]{2}$", r"^(true|false)$", r"^[\w.-]{1,40}$",
        r"^INC[0-9]{7}$", r"^CS\d{7}$", r"^\+?[0-9 ]+$", r"^POL-\d{6}$", r"^500[a-zA-Z0-9]{12,15}$",
        r"^[a-zA-Z0-9]{15}([a-zA-Z0-9]{3})?$", r"^003[a-zA-Z0-9]{15}$", r"^DE\d{20}$",
        r"^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$", r"^\d{5}(-\d{4})?$", r"^[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}$",
        r"^[A-Z]\d[A-Z] \d[A-Z]\d$", r"^\d{3}-\d{2}-\d{4}$", r"^\d{6}[-+]\d{4}$",
        r"^[A-Z]{1,3}-[A-Z]{1,2} \d{1,4}$", r"^[A-Z]+-\d+$", r"^(yes|no)$", r"^(de|en|fr)$", r"^sip:.+@.+$",
        r"^\d{2}\.\d{2}\.\d{4}$", r"^([01]\d|2[0-3]):[0-5]\d$", r"^0x[0-9a-f]+$", r"^[A-HJ-NPR-Z0-9]{17}$",
        r"^(\w)\1$", r"(?i)^abc-\d$", r"^XY-\d{3}-Q!$",
    ],
)  # fmt: skip
def test_usual_patterns_are_matched(pattern: str) -> None:
    schema = {"type": "object", "properties": {"id": {"type": "string", "pattern": pattern}}}
    made = from_contract({"input": {"inputSchema": schema}}, 1)

    assert not isinstance(made, NoInput), pattern
    for one in made:
        Draft7Validator(schema).validate(json.loads(one.body))
    assert made == from_contract({"input": {"inputSchema": schema}}, 1)


def test_lengths_hold_beside_a_pattern() -> None:
    assert len(matching_text(r"^\d+$", random.Random(1), shortest=30, longest=30) or "") == 30
    assert matching_text(r"^\d{12}$", random.Random(1), longest=5) is None
    assert matching_text(r"(", random.Random(1)) is None  # not a pattern at all


@pytest.mark.slow
def test_an_unusual_pattern_is_said_with_the_name_of_its_input() -> None:
    part = {
        "type": "object",
        "properties": {"key": {"type": "string", "pattern": NO_TEXT}},
    }
    schema = {"type": "object", "properties": {"order": part}}
    made = from_contract({"input": {"inputSchema": schema}}, 1)

    assert isinstance(made, NoInput)
    assert "'order.key'" in made.why
    assert "write a payload" in made.why
    assert "order.key = " in made.why


class Org:
    """Just enough of a client."""

    def __init__(self, contracts: dict[str, Any]) -> None:
        self.contracts = contracts
        self.asked: list[str] = []

    def get_action(self, action_id: str, *, contract: bool) -> Action:
        assert contract
        self.asked.append(action_id)
        found = self.contracts[action_id]
        if isinstance(found, Exception):
            raise found
        return Action(action_id, action_id, "i", "c", 1, False, ActionConfig(5, {}, {}), found)


@pytest.mark.slow
def test_an_action_without_an_input_is_left_out_with_the_reason() -> None:
    pattern = {"type": "object", "properties": {"id": {"type": "string", "pattern": NO_TEXT}}}
    org = Org(
        {
            "good": {"input": {"inputSchema": {"type": "object", "properties": {"n": {"type": "integer"}}}}},
            "unread": PermissionMissingError("Genesys refused (403)."),
            "odd": {"input": {"inputSchema": pattern}},
            "own": {},
        }
    )
    own = from_contract(None, 1)
    assert not isinstance(own, NoInput)
    entries = [(name, WorkloadEntry(name="*")) for name in ("good", "unread", "odd")]
    entries.append(("own", WorkloadEntry(name="*", payloads=own)))
    candidates = [Candidate(Action(n, n, "i", "c", 1, False, None), entry) for n, entry in entries]

    kept, left_out = with_inputs(cast(GenesysClient, org), candidates, 1)

    assert {each.action.id for each in kept} == {"good", "own"}
    assert all(each.inputs for each in kept)
    assert org.asked == ["good", "unread", "odd", "own"]
    assert {one.what: one.why.split(",")[0] for one in left_out} == {
        "unread": "its input contract could not be read",
        "odd": f"diag cannot invent a value for 'id' ({NO_TEXT}): write a payload under this action in the "
        'workload: payload = [{ values = { id = "..." } }]',
    }
