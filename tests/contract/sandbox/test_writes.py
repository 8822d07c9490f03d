"""What the sandbox lets be written, published and as a draft, and what it refuses."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.contract.sandbox.conftest import Own
from tests.support.full_config import full_config
from tests.support.running_sandbox import RunningSandbox

ACTIONS = "/api/v2/integrations/actions"


def test_a_full_patch_changes_the_timeout_and_nothing_else(own: Own) -> None:
    sandbox, client = own
    uri = f"{ACTIONS}/{sandbox.action_id('Create Support Ticket')}"
    version, before = full_config(client, uri)
    reply = client.patch(uri, json={"version": version, "config": {**before, "timeoutSeconds": 8}}).json()
    assert (reply["version"], reply["config"]["timeoutSeconds"]) == (version + 1, 8)
    _, after = full_config(client, uri)
    assert after == {**before, "timeoutSeconds": 8}
    assert sandbox.truth()["actions"][uri.rsplit("/", 1)[1]]["timeout_s"] == 8


def test_what_a_patch_leaves_out_of_the_config_is_gone(own: Own) -> None:
    sandbox, client = own
    uri = f"{ACTIONS}/{sandbox.action_id('Create Support Ticket')}"
    reply = client.patch(uri, json={"version": 1, "config": {"timeoutSeconds": 8}}).json()
    assert reply["config"] == {"timeoutSeconds": 8, "request": {}, "response": {}}
    assert client.get(f"{uri}/templates/requesttemplate.vm").status_code == 404
    broken = client.post(f"{uri}/test", json={"subject": "x", "priority": "low"}).json()
    assert broken["error"]["code"] == "invalid.substitution"
    assert broken["operations"][-1]["name"] == "Resolve request template"


def test_a_patch_with_an_old_version_is_refused_and_changes_nothing(own: Own) -> None:
    sandbox, client = own
    uri = f"{ACTIONS}/{sandbox.action_id('Create Support Ticket')}"
    assert client.patch(uri, json={"version": 1, "name": "Create Ticket"}).status_code == 200
    stale = client.patch(uri, json={"version": 1, "name": "Ticket"})
    assert (stale.status_code, stale.json()["code"]) == (409, "version.conflict")
    assert client.get(uri).json()["name"] == "Create Ticket"


@pytest.mark.slow
def test_racing_writers_lose_no_update(own: Own) -> None:
    sandbox, _ = own
    uri = f"{ACTIONS}/{sandbox.action_id('Quote Shipping Rate')}"

    def write(writer: int) -> int:
        won = 0
        with sandbox.client() as client:
            for _ in range(15):
                version = client.get(uri).json()["version"]
                body = {"version": version, "name": f"Written by {writer}"}
                won += client.patch(uri, json=body).status_code == 200
        return won

    with ThreadPoolExecutor(4) as pool:
        won = sum(pool.map(write, range(4)))
    assert sandbox.truth()["actions"][uri.rsplit("/", 1)[1]]["version"] == 1 + won
    assert 15 <= won <= 60


@pytest.mark.parametrize("timeout", [0, 61, 2.5, "10", True])
def test_a_timeout_outside_1_to_60_is_refused(
    api: httpx.Client, sandbox: RunningSandbox, timeout: Any
) -> None:
    uri = f"{ACTIONS}/{sandbox.action_id('Create Support Ticket')}"
    version = api.get(uri).json()["version"]
    reply = api.patch(uri, json={"version": version, "config": {"timeoutSeconds": timeout}})
    assert (reply.status_code, reply.json()["code"]) == (400, "bad.request")


@pytest.mark.parametrize("name", ["Get User Presence", "Custom Auth - Billing"])
def test_built_in_and_auth_actions_cannot_be_written(
    api: httpx.Client, sandbox: RunningSandbox, name: str
) -> None:
    uri = f"{ACTIONS}/{sandbox.action_id(name)}"
    assert api.patch(uri, json={"version": 1, "config": {"timeoutSeconds": 8}}).status_code == 400
    assert api.delete(uri).status_code == 400
    assert api.post(f"{uri}/draft").status_code == 400


def test_the_life_of_a_draft(own: Own) -> None:
    sandbox, client = own
    uri = f"{ACTIONS}/{sandbox.action_id('Quote Shipping Rate')}"
    assert client.get(f"{uri}/draft").status_code == 404
    draft = client.post(f"{uri}/draft").json()
    assert draft["config"]["timeoutSeconds"] == 15
    assert client.post(f"{uri}/draft").status_code == 409
    assert [e["id"] for e in client.get(f"{ACTIONS}/drafts").json()["entities"]] == [draft["id"]]
    patched = client.patch(
        f"{uri}/draft",
        json={"version": draft["version"], "config": {**draft["config"], "timeoutSeconds": 60}},
    ).json()
    assert client.get(f"{uri}?includeConfig=true").json()["config"]["timeoutSeconds"] == 15
    tested = client.post(f"{uri}/draft/test", json={"postcode": "12345"})
    assert tested.json()["success"] is True
    id_ = tested.headers["ININ-Correlation-Id"]
    (call,) = client.get(f"/sandbox/truth/calls?ids={id_}").json()["calls"]
    assert (call["target"], call["timeout_s"]) == ("draft", 60)
    assert client.get(f"{uri}/draft/validation").json() == {"valid": True, "errors": []}
    assert client.post(f"{uri}/draft/publish", json={"version": draft["version"]}).status_code == 409
    published = client.post(f"{uri}/draft/publish", json={"version": patched["version"]}).json()
    assert (published["version"], published["config"]["timeoutSeconds"]) == (2, 60)
    assert client.get(f"{uri}/draft").status_code == 404


def test_a_dropped_draft_leaves_the_action_alone(own: Own) -> None:
    sandbox, client = own
    uri = f"{ACTIONS}/{sandbox.action_id('Quote Shipping Rate')}"
    client.post(f"{uri}/draft")
    assert client.delete(f"{uri}/draft").status_code == 204
    assert client.get(uri).json()["version"] == 1
    assert client.delete(f"{uri}/draft").status_code == 404
