"""Input contracts."""

import socket
from typing import Any

import pytest

from diag.sandbox.world.actions.contract import contract_errors, schema_problem

SCHEMA: dict[str, Any] = {
    "$schema": "http://json-schema.org/draft-04/schema#",
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "string"},
        "n": {"type": "integer", "minimum": 0, "exclusiveMinimum": True},
    },
}


def test_what_fits_has_no_errors_and_no_schema_takes_everything() -> None:
    assert contract_errors(SCHEMA, {"id": "x", "n": 1, "more": None}) == []
    assert contract_errors({}, {"anything": 1}) == []


def test_every_error_is_named_with_its_place() -> None:
    assert contract_errors(SCHEMA, {"n": 0}) == [
        "$.n: 0 is less than or equal to the minimum of 0",
        "$: 'id' is a required property",
    ]


def test_draft_4_it_is() -> None:
    assert schema_problem(SCHEMA) is None
    problem = schema_problem({"minimum": 1, "exclusiveMinimum": 0})
    assert problem is not None
    assert "is not of type 'boolean'" in problem


def test_a_foreign_reference_is_never_fetched() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        schema: dict[str, Any] = {"$ref": f"http://127.0.0.1:{listener.getsockname()[1]}/schema"}
        assert contract_errors(schema, {}) == [
            "the input schema itself cannot be used: it refers to something outside itself"
        ]
        with pytest.raises(BlockingIOError):
            listener.accept()
