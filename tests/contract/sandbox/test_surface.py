"""The sandbox's API over HTTP, as a client sees it."""

import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest

from tests.contract.sandbox.conftest import Own
from tests.support.full_config import full_config
from tests.support.running_sandbox import RunningSandbox

ACTIONS = "/api/v2/integrations/actions"


def login(sandbox: RunningSandbox, **changes: Any) -> httpx.Response:
    request = {"data": {"grant_type": "client_credentials"}, "auth": ("sandbox", "sandbox")} | changes
    return httpx.post(f"{sandbox.base_url}/oauth/token", trust_env=False, verify=False, **request)


def test_login_gives_a_bearer_token(sandbox: RunningSandbox) -> None:
    reply = login(sandbox).json()
    assert reply["token_type"] == "bearer"
    assert reply["expires_in"] == 86_400


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"auth": ("sandbox", "wrong")}, 401, "invalid_client"),
        ({"auth": ("other", "sandbox")}, 401, "invalid_client"),
        ({"auth": None}, 401, "invalid_client"),
        ({"data": {"grant_type": "password"}}, 400, "unsupported_grant_type"),
        ({"data": {}}, 400, "unsupported_grant_type"),
    ],
)
def test_login_refuses(sandbox: RunningSandbox, changes: dict[str, Any], status: int, error: str) -> None:
    reply = login(sandbox, **changes)
    assert (reply.status_code, reply.json()["error"]) == (status, error)


def test_every_route_needs_a_token_that_was_given_out(sandbox: RunningSandbox) -> None:
    without = httpx.get(sandbox.base_url + ACTIONS, trust_env=False, verify=False)
    assert (without.status_code, without.json()["code"]) == (401, "authentication.required")
    made_up = httpx.get(
        sandbox.base_url + ACTIONS, headers={"Authorization": "Bearer x"}, trust_env=False, verify=False
    )
    assert (made_up.status_code, made_up.json()["code"]) == (401, "bad.credentials")


def test_a_revoked_token_is_worth_nothing(own: Own) -> None:
    _, client = own
    assert client.delete("/api/v2/tokens/me").status_code == 204
    assert client.get(ACTIONS).status_code == 401


def test_every_reply_carries_the_time_for_whoever_checks_clocks(api: httpx.Client) -> None:
    said = parsedate_to_datetime(api.get(ACTIONS).headers["date"])
    assert abs((datetime.now(UTC) - said).total_seconds()) < 30


def test_every_reply_carries_a_correlation_id_and_errors_repeat_it(api: httpx.Client) -> None:
    good, bad = api.get(ACTIONS), api.get(f"{ACTIONS}/nope")
    assert good.headers["ININ-Correlation-Id"] != bad.headers["ININ-Correlation-Id"]
    assert bad.status_code == 404
    assert bad.json()["contextId"] == bad.headers["ININ-Correlation-Id"]


def test_pages_cover_every_action_once(api: httpx.Client) -> None:
    seen, uri = [], f"{ACTIONS}?pageSize=4&includeAuthActions=true"
    while uri:
        page = api.get(uri).json()
        seen += [entity["name"] for entity in page["entities"]]
        assert (page["total"], page["pageCount"]) == (12, 3)
        uri = page.get("nextUri")
    assert len(seen) == len(set(seen)) == 12


def test_custom_auth_actions_are_listed_only_when_asked_for(api: httpx.Client) -> None:
    kinds = [e["id"].split("_")[0] for e in api.get(f"{ACTIONS}?pageSize=100").json()["entities"]]
    assert "customAuth" not in kinds
    assert "static" in kinds
    everything = api.get(f"{ACTIONS}?pageSize=100&includeAuthActions=true").json()
    assert sum(e["id"].startswith("customAuth_-_") for e in everything["entities"]) == 1


def test_filters(api: httpx.Client, sandbox: RunningSandbox) -> None:
    def names(query: str) -> list[str]:
        return [e["name"] for e in api.get(f"{ACTIONS}?{query}").json()["entities"]]

    assert names("name=customer") == ["Get Customer by Phone"]
    assert names("category=AWS%20Lambda%20Data%20Actions") == ["Get Loyalty Points"]
    assert names("secure=true") == []
    id_ = sandbox.action_id("Quote Shipping Rate")
    assert names(f"ids={id_},nope") == ["Quote Shipping Rate"]
    assert names("sortBy=name&sortOrder=desc&pageSize=1") == ["Search Knowledge Articles"]


def test_config_and_contract_come_only_when_asked_for(api: httpx.Client, sandbox: RunningSandbox) -> None:
    uri = f"{ACTIONS}/{sandbox.action_id('Get Customer by Phone')}"
    assert {"config", "contract"}.isdisjoint(api.get(uri).json())
    full = api.get(f"{uri}?includeConfig=true&expand=contract").json()
    assert full["config"]["timeoutSeconds"] == 3
    assert "requestTemplate" not in full["config"]["request"]
    assert full["contract"]["input"]["inputSchema"]["required"] == ["phone"]
    listed = api.get(f"{ACTIONS}?includeConfig=true&name=balance").json()["entities"][0]
    assert "timeoutSeconds" not in listed["config"]


def test_templates_are_plain_text(api: httpx.Client, sandbox: RunningSandbox) -> None:
    uri = f"{ACTIONS}/{sandbox.action_id('Create Support Ticket')}/templates"
    reply = api.get(f"{uri}/requesttemplate.vm")
    assert reply.headers["content-type"].startswith("text/plain")
    assert reply.text == '{"subject": "${input.subject}", "priority": "${input.priority}"}'
    assert api.get(f"{uri}/other.vm").status_code == 404


def test_a_test_run_takes_the_drawn_time_and_answers_with_every_step(
    api: httpx.Client, sandbox: RunningSandbox
) -> None:
    uri = f"{ACTIONS}/{sandbox.action_id('Get Account Balance')}/test"
    started = time.perf_counter()
    reply = api.post(uri, json={"accountId": "A-1"})
    elapsed_ms = (time.perf_counter() - started) * 1e3
    result = reply.json()
    assert result["success"] is True
    assert result["finalResult"] == {"balance": 12.5, "currency": "EUR"}
    assert [operation["success"] for operation in result["operations"]] == [True] * 6
    id_ = reply.headers["ININ-Correlation-Id"]
    (call,) = api.get(f"/sandbox/truth/calls?ids={id_}").json()["calls"]
    assert call["outcome"] == "ok"
    assert call["drawn_ms"] <= call["served_ms"] <= elapsed_ms


def test_a_call_slower_than_the_timeout_ends_at_the_timeout(own: Own) -> None:
    sandbox, client = own
    uri = f"{ACTIONS}/{sandbox.action_id('Look Up Open Orders')}"
    version, config = full_config(client, uri)
    client.patch(uri, json={"version": version, "config": {**config, "timeoutSeconds": 1}})
    started = time.perf_counter()
    reply = client.post(f"{uri}/test", json={"customerId": "C-1"})
    assert 1.0 <= time.perf_counter() - started < 2.5
    assert reply.status_code == 200
    result = reply.json()
    assert result["success"] is False
    assert (result["error"]["status"], result["error"]["code"]) == (504, "request.timeout")
    assert result["operations"][-1]["name"] == "Execute"
    executed = client.post(f"{uri}/execute", json={"customerId": "C-1"})
    assert (executed.status_code, executed.json()["code"]) == (504, "request.timeout")


def test_a_refusing_backend_fails_fast_and_execute_hides_its_words(
    api: httpx.Client, sandbox: RunningSandbox
) -> None:
    uri = f"{ACTIONS}/{sandbox.action_id('Get Loyalty Points')}"
    tested = api.post(f"{uri}/test", json={"memberId": "M-1"}).json()
    assert tested["success"] is False
    assert tested["error"]["details"] == [{"errorCode": "ACTION.REMOTE_ENDPOINT"}]
    assert "Backend answered 404" in tested["error"]["errors"][0]["message"]
    executed = api.post(f"{uri}/execute", json={"memberId": "M-1"})
    assert executed.status_code == 400
    assert "Backend answered" not in executed.text
    assert "use test mode" in executed.json()["errors"][0]["message"]


def test_inputs_are_checked_against_the_contract(api: httpx.Client, sandbox: RunningSandbox) -> None:
    uri = f"{ACTIONS}/{sandbox.action_id('Create Support Ticket')}"
    result = api.post(f"{uri}/test", json={"subject": "x", "priority": "huge"}).json()
    assert result["success"] is False
    assert [o["success"] for o in result["operations"]] == [False]
    assert "priority" in result["error"]["errors"][0]["message"]
    executed = api.post(f"{uri}/execute", json={})
    assert (executed.status_code, executed.json()["code"]) == (400, "invalid.schema")


def test_self_checks_limits_and_integrations(api: httpx.Client) -> None:
    assert api.get("/api/v2/organizations/me").json()["name"] == "Sandbox (demo)"
    assert api.get("/api/v2/tokens/me").json()["OAuthClient"]["id"] == "sandbox"
    grants = api.get("/api/v2/authorization/subjects/me").json()["grants"]
    entities = {policy["entityName"]: policy["actions"] for policy in grants[0]["role"]["policies"]}
    assert entities["action"] == ["add", "delete", "edit", "execute", "view"]
    uri = "/api/v2/organizations/limits/namespaces/dataactions"
    live = {limit["key"]: limit["value"] for limit in api.get(uri).json()["entities"]}
    usual = {limit["key"]: limit["value"] for limit in api.get(f"{uri}/defaults").json()["entities"]}
    assert usual == {"actions.concurrent.executions.max": 50, "requests.volume.max": 2500}
    assert live["actions.concurrent.executions.max"] == 5000
    names = [e["name"] for e in api.get("/api/v2/integrations").json()["entities"]]
    assert "Order system" in names
