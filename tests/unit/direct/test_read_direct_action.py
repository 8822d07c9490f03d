"""From an action as the org holds it to what a direct call needs, or why there is none."""

import json
from typing import Any

import pytest

from diag.direct.direct_action import DirectAction
from diag.direct.read_direct_action import NotDirect, read_direct_action
from diag.genesys.data_action import Action
from diag.genesys.full_config import FullConfig

SCHEMA = {"type": "object", "properties": {"name": {"type": "string"}}}


def full(**changes: Any) -> FullConfig:
    body: dict[str, Any] = {
        "id": "custom_-_1",
        "name": "Look up",
        "integrationId": "i",
        "category": "Web",
        "version": 3,
        "secure": False,
        "config": {
            "request": {
                "requestUrlTemplate": "https://h/${input.id}",
                "requestType": "POST",
                "headers": {"A": "b"},
            },
            "response": {"translationMap": {"x": "$.x"}, "translationMapDefaults": {"x": "1"}},
        },
        "contract": {"output": {"successSchema": SCHEMA}},
    }
    integration_type = changes.pop("integration_type", "custom-rest-actions")
    action = Action.from_json({**body, **changes}, "GET")
    typed = Action(
        **{**{name: getattr(action, name) for name in action.__slots__}, "integration_type": integration_type}
    )
    return FullConfig(typed, request_template="{}", success_template="${x}")


def test_everything_of_the_action_is_taken() -> None:
    read = read_direct_action(full())

    assert isinstance(read, DirectAction)
    assert (read.action_id, read.action_name, read.method) == ("custom_-_1", "Look up", "POST")
    assert (read.url_template, dict(read.headers)) == ("https://h/${input.id}", {"A": "b"})
    assert (read.request_template, read.success_template) == ("{}", "${x}")
    assert (dict(read.translation_map), dict(read.translation_defaults)) == ({"x": "$.x"}, {"x": "1"})
    assert json.loads(read.output_schema) == SCHEMA


def config(**request: Any) -> dict[str, Any]:
    whole = {"requestUrlTemplate": "https://h", "requestType": "GET", **request}
    return {"request": {name: value for name, value in whole.items() if value is not None}, "response": {}}


@pytest.mark.parametrize(
    ("changes", "reason", "instead"),
    [
        ({"integration_type": "aws-lambda-data-actions"}, "AWS Lambda", "CloudWatch"),
        ({"integration_type": "function-data-actions"}, "a function inside Genesys Cloud", "execution log"),
        ({"integration_type": None, "category": "A Function Data Action"}, "a function", "execution log"),
        ({"integration_type": "purecloud-data-actions"}, "its backend is Genesys Cloud itself", "test"),
        ({"integration_type": "salesforce-datadip"}, "of type salesforce-datadip sign", "test endpoint"),
        ({"id": "static_1"}, "built into Genesys Cloud", "test endpoint"),
        ({"contract": None}, "without its contract", "Read the org again"),
        ({"contract": {"output": {"successSchemaFlattened": SCHEMA}}}, "a flattened contract", "again"),
        ({"config": None}, "without config", "again"),
        ({"config": config(requestUrlTemplate=None)}, "no URL template", "test endpoint"),
        ({"config": config(requestUrlTemplate="/api/v2/users")}, "has no host", "test endpoint"),
        ({"config": config(headers={"A": 5})}, "its headers holds something else than texts", "test"),
    ],
)
def test_what_cannot_be_called_directly_says_why_and_what_instead(
    changes: dict[str, Any], reason: str, instead: str
) -> None:
    read = read_direct_action(full(**changes))

    assert isinstance(read, NotDirect)
    assert reason in read.reason
    assert instead in read.instead


def test_a_custom_authentication_action_needs_no_contract() -> None:
    read = read_direct_action(full(id="customAuth_-_i", contract=None))

    assert isinstance(read, DirectAction)
    assert json.loads(read.output_schema) == {}
