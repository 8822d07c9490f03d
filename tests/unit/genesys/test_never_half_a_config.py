"""An action that did not arrive whole is never written back: what is missing would be erased."""

import json
from dataclasses import replace
from typing import Any

import httpx
import pytest
import respx
from hypothesis import given
from hypothesis import strategies as st

from diag.genesys.api_errors import UnexpectedReplyError, effect_is_unknown
from diag.genesys.client import GenesysClient
from diag.genesys.data_action import Action, ActionConfig
from diag.genesys.full_config import FullConfig
from tests.support.genesys.respx_org import NOT_FOUND

ACTIONS = "https://api.mypurecloud.com/api/v2/integrations/actions"
REQUEST = {"requestType": "GET", "requestUrlTemplate": "https://crm/${input.id}", "headers": {"X": "1"}}
WHOLE = {
    "id": "custom_-_1",
    "name": "A",
    "version": 7,
    "config": {"timeoutSeconds": 3, "request": REQUEST, "response": {}},
}


def without(*path: str) -> dict[str, Any]:
    copy: dict[str, Any] = json.loads(json.dumps(WHOLE))
    inner = copy
    for key in path[:-1]:
        inner = inner[key]
    del inner[path[-1]]
    return copy


def with_request(**fields: object) -> dict[str, Any]:
    return {**WHOLE, "config": {"request": {**REQUEST, **fields}, "response": {}}}


ODD_TIMEOUTS: tuple[object, ...] = ("5", 5.5, 61, -1, True, [])
PARTIAL = [
    (without("config"), "config"),
    ({**WHOLE, "config": None}, "config"),
    ({**WHOLE, "config": {}}, "config.request"),
    (without("config", "request"), "config.request"),
    (without("config", "request", "requestType"), "config.request.requestType"),
    (without("config", "request", "requestUrlTemplate"), "config.request.requestUrlTemplate"),
    (with_request(requestUrlTemplate=""), "config.request.requestUrlTemplate"),
    (with_request(requestUrlTemplate=None), "config.request.requestUrlTemplate"),
    (with_request(requestType=7), "config.request.requestType"),
    (without("config", "response"), "config.response"),
    ({**WHOLE, "config": {"request": REQUEST, "response": None}}, "config.response"),
    ({**WHOLE, "config": {"request": REQUEST, "response": "x"}}, "config.response"),
    *(
        (
            {**WHOLE, "config": {"request": REQUEST, "response": {}, "timeoutSeconds": odd}},
            "a valid config.timeoutSeconds",
        )
        for odd in ODD_TIMEOUTS
    ),
    (without("version"), "version"),
    ({**WHOLE, "category": "Function Data Actions", "config": {"timeoutSeconds": 3}}, "config.request"),
]


@pytest.mark.parametrize("draft", [False, True])
@pytest.mark.parametrize(("entity", "missing"), PARTIAL)
def test_it_is_not_even_read_for_a_change(
    wire: respx.MockRouter, client: GenesysClient, entity: dict[str, Any], missing: str, draft: bool
) -> None:
    path = f"{ACTIONS}/custom_-_1{'/draft' if draft else ''}"
    wire.get(path).respond(json=entity, headers={"ININ-Correlation-Id": "c-9"})
    wire.get(url__regex=r".*/templates/.*").respond(text="x")
    with pytest.raises(UnexpectedReplyError) as caught:
        client.read_config("custom_-_1", draft=draft)
    assert f"without {missing}" in caught.value.message and "'A'" in caught.value.message
    assert caught.value.category == "error" and caught.value.hint
    assert caught.value.correlation_id == "c-9"


@pytest.mark.parametrize(("entity", "missing"), PARTIAL)
def test_and_nothing_is_sent_when_someone_got_hold_of_one(
    wire: respx.MockRouter, client: GenesysClient, entity: dict[str, Any], missing: str
) -> None:
    patch = wire.patch(url__startswith=ACTIONS).respond(json=WHOLE)
    full = FullConfig(Action.from_json(entity, "a test"), "x", "y")
    for write in (client.patch_timeout, client.patch_draft_timeout):
        with pytest.raises(UnexpectedReplyError, match=f"without {missing}"):
            write(full, 6)
    assert patch.call_count == 0


@pytest.mark.parametrize("name", [None, "", 7])
def test_nor_is_one_without_its_name_which_would_be_renamed_to_its_id(
    wire: respx.MockRouter, client: GenesysClient, name: object
) -> None:
    wire.get(f"{ACTIONS}/custom_-_1").respond(json={**WHOLE, "name": name})
    with pytest.raises(UnexpectedReplyError, match="without name"):
        client.read_config("custom_-_1")


def test_nor_is_another_action_than_the_one_asked_for(wire: respx.MockRouter, client: GenesysClient) -> None:
    wire.get(f"{ACTIONS}/custom_-_2").respond(json=WHOLE)
    with pytest.raises(UnexpectedReplyError, match="about another action, custom_-_1"):
        client.read_config("custom_-_2")


@pytest.mark.parametrize("unset", [None, 0])
def test_a_timeout_of_null_or_0_is_unset(
    wire: respx.MockRouter, client: GenesysClient, unset: object
) -> None:
    config = {"request": REQUEST, "response": {}, "timeoutSeconds": unset}
    wire.get(f"{ACTIONS}/custom_-_1").respond(json={**WHOLE, "config": config})
    wire.get(url__regex=r".*/templates/.*").respond(404, json=NOT_FOUND)
    action = client.read_config("custom_-_1").action
    assert (action.timeout_s, action.timeout_is_set) == (60, False)


@pytest.mark.parametrize("reply", [{"id": "custom_-_1"}, {**WHOLE, "version": "8"}, {**WHOLE, "id": "other"}])
def test_a_reply_to_a_write_that_names_no_version_proves_nothing(
    wire: respx.MockRouter, client: GenesysClient, reply: dict[str, Any]
) -> None:
    wire.patch(f"{ACTIONS}/custom_-_1").respond(json=reply)
    full = FullConfig(Action.from_json(WHOLE, "a test"), "x", "y")
    with pytest.raises(UnexpectedReplyError) as caught:
        client.patch_timeout(full, 6)
    assert effect_is_unknown(caught.value)


@pytest.mark.parametrize("part", ["name", "version"])
def test_a_reply_to_a_creation_that_is_not_whole_proves_nothing(
    wire: respx.MockRouter, client: GenesysClient, part: str
) -> None:
    wire.post(ACTIONS).respond(json=without(part))
    with pytest.raises(UnexpectedReplyError) as caught:
        client.create_action({"name": "A"})
    assert effect_is_unknown(caught.value)


@pytest.mark.parametrize("action_id", ["static_1", "customAuth_-_1"])
def test_what_cannot_be_changed_is_still_read_and_says_why(
    wire: respx.MockRouter, client: GenesysClient, action_id: str
) -> None:
    wire.get(f"{ACTIONS}/{action_id}").respond(json={"id": action_id, "name": "Built in"})
    wire.get(url__regex=r".*/templates/.*").respond(404, json=NOT_FOUND)
    full = client.read_config(action_id)
    assert full.action.not_configurable_reason is not None
    with pytest.raises(UnexpectedReplyError):
        full.patch_body(6)


def test_a_function_with_its_read_only_address_is_whole(
    wire: respx.MockRouter, client: GenesysClient
) -> None:
    wire.get(f"{ACTIONS}/custom_-_1").respond(json={**WHOLE, "category": "Function Data Actions"})
    wire.get(url__regex=r".*/templates/.*").respond(text="x")
    assert client.read_config("custom_-_1").patch_body(6)["version"] == 7


@pytest.mark.parametrize(("entity", "missing"), PARTIAL)
def test_it_is_listed_all_the_same(
    wire: respx.MockRouter, client: GenesysClient, entity: dict[str, Any], missing: str
) -> None:
    wire.get(ACTIONS).respond(json={"entities": [entity], "total": 1})
    wire.get(f"{ACTIONS}/custom_-_1").mock(return_value=httpx.Response(200, json=entity))
    assert [action.name for action in client.list_actions()] == ["A"]


LEAF: st.SearchStrategy[object] = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.just({})
)


@given(
    config=st.none()
    | st.dictionaries(st.sampled_from(["requestType", "requestUrlTemplate", "headers"]), LEAF),
    version=st.none() | st.integers(1, 9),
)
def test_a_body_names_address_method_and_version_or_there_is_none(
    config: dict[str, object] | None, version: int | None
) -> None:
    action = Action("a", "A", None, None, version, False)
    if config is not None:
        action = replace(action, config=ActionConfig(3, config, {}))
    try:
        body = FullConfig(action, None, None).patch_body(6)
    except UnexpectedReplyError:
        return
    sent = body["config"]
    assert isinstance(sent, dict)
    request = sent["request"]
    assert request["requestType"] and request["requestUrlTemplate"] and body["version"] == version is not None
