"""Limits that bite, and every value of every switch."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.running_sandbox import RunningSandbox, StartSandbox
from tests.support.waiting import wait_until

ACTIONS = "/api/v2/integrations/actions"
ChangedOrg = Callable[..., tuple[RunningSandbox, httpx.Client, dict[str, str]]]

ORG = """
description = "An org made for limits and switches"
[[integration]]
name = "CRM"
[[action]]
name = "Slow"
integration = "CRM"
category = "Test"
timeout_s = 1
latency = { model = "fixed", at_ms = 3000 }
[[action]]
name = "Quick"
integration = "CRM"
category = "Test"
timeout_s = 5
latency = { model = "fixed", at_ms = 250 }
[[action]]
name = "Secret"
integration = "CRM"
category = "Test"
secure = true
latency = { model = "fixed", at_ms = 1 }
result = { pin = "1234" }
"""
USUAL_LIMITS = {
    "concurrent_executions": 50,
    "executions_per_minute": 2500,
    "token_requests_per_minute": 300,
}
USUAL_SWITCHES = {
    "timeout_form": "success_false",
    "stale_form": "409",
    "patch_config": "replace",
    "retry_after": True,
    "list_include_config": True,
    "edge_timeout_s": 0,
    "secure_results": "shown",
    "max_page_size": 100,
    "draft_timeout": "draft",
    "subjects_me": True,
    "rate_limit_headers": "inin",
    "limits_readable": True,
    "timeout_code": "request.timeout",
    "timeout_step": "Execute",
}


@pytest.fixture(scope="module")
def running(start_module_sandbox: StartSandbox, tmp_path_factory: pytest.TempPathFactory) -> RunningSandbox:
    path = tmp_path_factory.mktemp("limits") / "org.toml"
    path.write_text(ORG)
    return start_module_sandbox(path)


@pytest.fixture
def org(running: RunningSandbox) -> Iterator[ChangedOrg]:
    """`org(limits={...}, switches={...})` returns the sandbox, a client with a new token, and addresses."""
    clients: list[httpx.Client] = []

    def changed(
        limits: dict[str, Any] | None = None, switches: dict[str, Any] | None = None
    ) -> tuple[RunningSandbox, httpx.Client, dict[str, str]]:
        client = running.client()
        clients.append(client)
        client.post("/sandbox/limits", json=USUAL_LIMITS | (limits or {})).raise_for_status()
        client.post("/sandbox/switches", json=USUAL_SWITCHES | (switches or {})).raise_for_status()
        return running, client, {n: f"{ACTIONS}/{running.action_id(n)}" for n in ("Slow", "Quick", "Secret")}

    yield changed
    for client in clients:
        client.close()


def test_the_requests_of_a_token_are_limited_and_those_of_another_are_not(org: ChangedOrg) -> None:
    running, client, _ = org({"token_requests_per_minute": 5})
    replies = [client.get(ACTIONS) for _ in range(6)]
    assert [reply.status_code for reply in replies] == [200] * 5 + [429]
    assert replies[4].headers["inin-ratelimit-count"] == "5"
    body = replies[5].json()
    assert body["code"] == "too.many.requests.retry.after"
    assert body["limit"] == {
        "namespace": "platform.api",
        "key": "client.credentials.token.rate.per.minute",
        "value": 5,
    }
    assert 1 <= int(replies[5].headers["retry-after"]) <= 60
    with running.client() as other:
        assert other.get(ACTIONS).status_code == 200


def test_a_429_may_come_without_retry_after(org: ChangedOrg) -> None:
    _, client, _ = org({"token_requests_per_minute": 1}, {"retry_after": False})
    client.get(ACTIONS)
    refused = client.get(ACTIONS)
    assert (refused.status_code, refused.json()["code"]) == (429, "too.many.requests")
    assert "retry-after" not in refused.headers


def test_test_and_execute_share_the_orgs_concurrent_executions(org: ChangedOrg) -> None:
    _, client, uris = org({"concurrent_executions": 2})
    with ThreadPoolExecutor(4) as pool:
        uris_called = [f"{uris['Quick']}/{verb}" for verb in ("test", "execute", "test", "execute")]
        replies = list(pool.map(lambda uri: client.post(uri, json={}), uris_called))
    assert sorted(reply.status_code for reply in replies) == [200, 200, 429, 429]
    refused = next(reply.json() for reply in replies if reply.status_code == 429)
    assert refused["limit"] == {
        "namespace": "dataactions",
        "key": "actions.concurrent.executions.max",
        "value": 2,
    }
    assert client.post(f"{uris['Quick']}/test", json={}).status_code == 200


def test_executions_a_minute_are_limited_and_the_limit_is_readable(org: ChangedOrg) -> None:
    _, client, uris = org({"executions_per_minute": 2})
    statuses = [
        client.post(f"{uris['Quick']}/{verb}", json={}).status_code for verb in ("test", "execute", "test")
    ]
    assert statuses == [200, 200, 429]
    limits = client.get("/api/v2/organizations/limits/namespaces/dataactions").json()["entities"]
    assert {"namespace": "dataactions", "key": "requests.volume.max", "value": 2} in limits


def test_limits_change_while_it_runs(org: ChangedOrg) -> None:
    running, client, uris = org({"executions_per_minute": 1})
    client.post(f"{uris['Quick']}/test", json={})
    assert client.post(f"{uris['Quick']}/test", json={}).status_code == 429
    client.post("/sandbox/limits", json={"executions_per_minute": 100}).raise_for_status()
    assert client.post(f"{uris['Quick']}/test", json={}).status_code == 200
    assert running.truth()["limits"]["executions_per_minute"] == 100


def test_a_stale_version_may_be_a_400_with_the_known_words(org: ChangedOrg) -> None:
    _, client, uris = org(switches={"stale_form": "400"})
    reply = client.patch(uris["Quick"], json={"version": 7, "name": "Q"})
    assert reply.status_code == 400
    assert "does not match the current version" in reply.json()["message"]


def test_a_patch_may_merge(org: ChangedOrg) -> None:
    _, client, uris = org(switches={"patch_config": "merge"})
    before = client.get(f"{uris['Quick']}?includeConfig=true").json()
    version = client.get(uris["Quick"]).json()["version"]
    reply = client.patch(uris["Quick"], json={"version": version, "config": {"timeoutSeconds": 9}}).json()
    assert reply["config"] == {**before["config"], "timeoutSeconds": 9}
    assert client.get(f"{uris['Quick']}/templates/successtemplate.vm").status_code == 200


def test_the_list_may_ignore_include_config(org: ChangedOrg) -> None:
    _, client, uris = org(switches={"list_include_config": False})
    assert "config" not in client.get(f"{ACTIONS}?includeConfig=true").json()["entities"][0]
    assert "config" in client.get(f"{uris['Quick']}?includeConfig=true").json()


def test_the_edge_may_cut_long_calls_while_the_action_goes_on(org: ChangedOrg) -> None:
    _, client, uris = org({"concurrent_executions": 1}, {"edge_timeout_s": 0.3})
    reply = client.post(f"{uris['Slow']}/test", json={})
    assert (reply.status_code, reply.json()["code"]) == (504, "gateway.timeout")
    assert client.post(f"{uris['Quick']}/test", json={}).status_code == 429  # its slot is still held
    wait_until(
        lambda: client.post(f"{uris['Quick']}/test", json={}).status_code != 429, "the slot free again"
    )


def test_the_result_of_a_secure_action_may_be_kept_back(org: ChangedOrg) -> None:
    running, client, uris = org()
    assert client.post(f"{uris['Secret']}/test", json={}).json()["finalResult"] == {"pin": "1234"}
    running.switch(secure_results="masked")
    assert client.post(f"{uris['Secret']}/test", json={}).json()["finalResult"] == {}
    assert [e["name"] for e in client.get(f"{ACTIONS}?secure=true").json()["entities"]] == ["Secret"]
    client.patch(uris["Secret"], json={"version": 1, "secure": False})
    assert client.get(uris["Secret"]).json()["secure"] is True  # not updatable on a published action


def test_pages_may_be_larger(org: ChangedOrg) -> None:
    _, client, _ = org()
    assert client.get(f"{ACTIONS}?pageSize=200").status_code == 400
    _, client, _ = org(switches={"max_page_size": 500})
    assert client.get(f"{ACTIONS}?pageSize=200").json()["pageSize"] == 200


def test_the_test_of_a_draft_may_obey_the_published_timeout(org: ChangedOrg) -> None:
    _, client, uris = org()
    draft = f"{uris['Slow']}/draft"
    version = client.post(draft).json()["version"]
    config = client.get(f"{draft}?includeConfig=true").json()["config"]
    body = {"version": version, "config": {**config, "timeoutSeconds": 30}}
    client.patch(draft, json=body).raise_for_status()

    assert client.post(f"{draft}/test", json={}).json()["success"] is True
    client.post("/sandbox/switches", json={"draft_timeout": "published"}).raise_for_status()
    assert client.post(f"{draft}/test", json={}).json()["success"] is False
    client.delete(draft).raise_for_status()


def test_a_timeout_may_have_another_code_and_another_step(org: ChangedOrg) -> None:
    _, client, uris = org(switches={"timeout_code": "actions.late", "timeout_step": "Run the request"})
    reply = client.post(f"{uris['Slow']}/test", json={}).json()
    assert (reply["error"]["code"], reply["operations"][-1]["name"]) == ("actions.late", "Run the request")
    client.post("/sandbox/switches", json={"timeout_form": "504"}).raise_for_status()
    assert client.post(f"{uris['Slow']}/test", json={}).json()["code"] == "actions.late"


def test_roles_limits_and_rate_limit_headers_may_be_kept_back(org: ChangedOrg) -> None:
    refused = {"subjects_me": False, "limits_readable": False, "rate_limit_headers": "none"}
    limits = "/api/v2/organizations/limits/namespaces/dataactions"
    for switches, status in (({}, 200), (refused, 403)):
        _, client, _ = org(switches=switches)
        assert client.get("/api/v2/authorization/subjects/me").status_code == status
        assert client.get(limits).status_code == status
        assert ("inin-ratelimit-count" in client.get(ACTIONS).headers) == (status == 200)


def test_switches_turn_while_it_runs_and_a_wrong_one_is_refused(org: ChangedOrg) -> None:
    _, client, uris = org()
    changed = client.post("/sandbox/switches", json={"timeout_form": "408"}).json()
    assert changed["timeout_form"] == "408"
    assert client.post(f"{uris['Slow']}/test", json={}).status_code == 408
    refused = client.post("/sandbox/switches", json={"timeout_form": "teapot"})
    assert refused.status_code == 400
    assert "must be one of: success_false, 408, 504" in refused.json()["message"]


def test_a_token_ends(start_sandbox: StartSandbox, tmp_path: Path) -> None:
    path = tmp_path / "org.toml"
    path.write_text("token_lifetime_s = 1\n" + ORG)
    with start_sandbox(path).client() as client:
        statuses = {client.get("/api/v2/organizations/me").status_code}

        def refused() -> int:
            statuses.add(client.get("/api/v2/organizations/me").status_code)
            return 401 in statuses

        wait_until(refused, "the end of the token")
    assert statuses == {200, 401}
