"""The sandbox's API over HTTP, as a client sees it."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
import pytest

ACTIONS = "/api/v2/integrations/actions"


@pytest.fixture(scope="module")
def api(sandbox):
    with sandbox.client() as client:
        yield client


@pytest.fixture
def own(start_sandbox):
    """A sandbox that the test may change, and a client to it."""
    running = start_sandbox()
    with running.client() as client:
        yield running, client


def login(sandbox, **changes):
    request = {"data": {"grant_type": "client_credentials"}, "auth": ("sandbox", "sandbox")} | changes
    return httpx.post(f"{sandbox.base_url}/oauth/token", trust_env=False, **request)


def test_login_gives_a_bearer_token(sandbox):
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
def test_login_refuses(sandbox, changes, status, error):
    reply = login(sandbox, **changes)
    assert (reply.status_code, reply.json()["error"]) == (status, error)


def test_every_route_needs_a_token_that_was_given_out(sandbox):
    without = httpx.get(sandbox.base_url + ACTIONS, trust_env=False)
    assert (without.status_code, without.json()["code"]) == (401, "authentication.required")
    made_up = httpx.get(sandbox.base_url + ACTIONS, headers={"Authorization": "Bearer x"}, trust_env=False)
    assert (made_up.status_code, made_up.json()["code"]) == (401, "bad.credentials")


def test_a_revoked_token_is_worth_nothing(own):
    _, client = own
    assert client.delete("/api/v2/tokens/me").status_code == 204
    assert client.get(ACTIONS).status_code == 401


def test_every_reply_carries_the_time_for_whoever_checks_clocks(api):
    said = parsedate_to_datetime(api.get(ACTIONS).headers["date"])
    assert abs((datetime.now(UTC) - said).total_seconds()) < 30


def test_every_reply_carries_a_correlation_id_and_errors_repeat_it(api):
    good, bad = api.get(ACTIONS), api.get(f"{ACTIONS}/nope")
    assert good.headers["ININ-Correlation-Id"] != bad.headers["ININ-Correlation-Id"]
    assert bad.status_code == 404
    assert bad.json()["contextId"] == bad.headers["ININ-Correlation-Id"]


def test_pages_cover_every_action_once(api):
    seen, uri = [], f"{ACTIONS}?pageSize=4&includeAuthActions=true"
    while uri:
        page = api.get(uri).json()
        seen += [entity["name"] for entity in page["entities"]]
        assert (page["total"], page["pageCount"]) == (12, 3)
        uri = page.get("nextUri")
    assert len(seen) == len(set(seen)) == 12


def test_custom_auth_actions_are_listed_only_when_asked_for(api):
    kinds = [e["id"].split("_")[0] for e in api.get(f"{ACTIONS}?pageSize=100").json()["entities"]]
    assert "customAuth" not in kinds
    assert "static" in kinds
    everything = api.get(f"{ACTIONS}?pageSize=100&includeAuthActions=true").json()
    assert sum(e["id"].startswith("customAuth_-_") for e in everything["entities"]) == 1


def test_filters(api, sandbox):
    def names(query):
        return [e["name"] for e in api.get(f"{ACTIONS}?{query}").json()["entities"]]

    assert names("name=customer") == ["Get Customer by Phone"]
    assert names("category=AWS%20Lambda%20Data%20Actions") == ["Get Loyalty Points"]
    assert names("secure=true") == []
    id_ = sandbox.action_id("Quote Shipping Rate")
    assert names(f"ids={id_},nope") == ["Quote Shipping Rate"]
    assert names("sortBy=name&sortOrder=desc&pageSize=1") == ["Search Knowledge Articles"]


def test_config_and_contract_come_only_when_asked_for(api, sandbox):
    uri = f"{ACTIONS}/{sandbox.action_id('Get Customer by Phone')}"
    assert {"config", "contract"}.isdisjoint(api.get(uri).json())
    full = api.get(f"{uri}?includeConfig=true&expand=contract").json()
    assert full["config"]["timeoutSeconds"] == 3
    assert "requestTemplate" not in full["config"]["request"]
    assert full["contract"]["input"]["inputSchema"]["required"] == ["phone"]
    listed = api.get(f"{ACTIONS}?includeConfig=true&name=balance").json()["entities"][0]
    assert "timeoutSeconds" not in listed["config"]


def test_templates_are_plain_text(api, sandbox):
    uri = f"{ACTIONS}/{sandbox.action_id('Create Support Ticket')}/templates"
    reply = api.get(f"{uri}/requesttemplate.vm")
    assert reply.headers["content-type"].startswith("text/plain")
    assert reply.text == '{"subject": "${input.subject}", "priority": "${input.priority}"}'
    assert api.get(f"{uri}/other.vm").status_code == 404


def full_config(client, uri):
    """What a careful client sends: everything that was read, templates inlined."""
    action = client.get(f"{uri}?includeConfig=true").json()
    config = action["config"]
    config["request"]["requestTemplate"] = client.get(f"{uri}/templates/requesttemplate.vm").text
    config["response"]["successTemplate"] = client.get(f"{uri}/templates/successtemplate.vm").text
    return action["version"], config


def test_a_full_patch_changes_the_timeout_and_nothing_else(own):
    sandbox, client = own
    uri = f"{ACTIONS}/{sandbox.action_id('Create Support Ticket')}"
    version, before = full_config(client, uri)
    reply = client.patch(uri, json={"version": version, "config": {**before, "timeoutSeconds": 8}}).json()
    assert (reply["version"], reply["config"]["timeoutSeconds"]) == (version + 1, 8)
    _, after = full_config(client, uri)
    assert after == {**before, "timeoutSeconds": 8}
    assert sandbox.truth()["actions"][uri.rsplit("/", 1)[1]]["timeout_s"] == 8


def test_what_a_patch_leaves_out_of_the_config_is_gone(own):
    sandbox, client = own
    uri = f"{ACTIONS}/{sandbox.action_id('Create Support Ticket')}"
    reply = client.patch(uri, json={"version": 1, "config": {"timeoutSeconds": 8}}).json()
    assert reply["config"] == {"timeoutSeconds": 8, "request": {}, "response": {}}
    assert client.get(f"{uri}/templates/requesttemplate.vm").status_code == 404
    broken = client.post(f"{uri}/test", json={"subject": "x", "priority": "low"}).json()
    assert broken["error"]["code"] == "invalid.substitution"
    assert broken["operations"][-1]["name"] == "Resolve request template"


def test_a_patch_with_an_old_version_is_refused_and_changes_nothing(own):
    sandbox, client = own
    uri = f"{ACTIONS}/{sandbox.action_id('Create Support Ticket')}"
    assert client.patch(uri, json={"version": 1, "name": "Create Ticket"}).status_code == 200
    stale = client.patch(uri, json={"version": 1, "name": "Ticket"})
    assert (stale.status_code, stale.json()["code"]) == (409, "version.conflict")
    assert client.get(uri).json()["name"] == "Create Ticket"


def test_racing_writers_lose_no_update(own):
    sandbox, _ = own
    uri = f"{ACTIONS}/{sandbox.action_id('Quote Shipping Rate')}"

    def write(writer):
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
def test_a_timeout_outside_1_to_60_is_refused(api, sandbox, timeout):
    uri = f"{ACTIONS}/{sandbox.action_id('Create Support Ticket')}"
    version = api.get(uri).json()["version"]
    reply = api.patch(uri, json={"version": version, "config": {"timeoutSeconds": timeout}})
    assert (reply.status_code, reply.json()["code"]) == (400, "bad.request")


@pytest.mark.parametrize("name", ["Get User Presence", "Custom Auth - Billing"])
def test_built_in_and_auth_actions_cannot_be_written(api, sandbox, name):
    uri = f"{ACTIONS}/{sandbox.action_id(name)}"
    assert api.patch(uri, json={"version": 1, "config": {"timeoutSeconds": 8}}).status_code == 400
    assert api.delete(uri).status_code == 400
    assert api.post(f"{uri}/draft").status_code == 400


def test_a_test_run_takes_the_drawn_time_and_answers_with_every_step(api, sandbox):
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


def test_a_call_slower_than_the_timeout_ends_at_the_timeout(own):
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


def test_a_refusing_backend_fails_fast_and_execute_hides_its_words(api, sandbox):
    uri = f"{ACTIONS}/{sandbox.action_id('Get Loyalty Points')}"
    tested = api.post(f"{uri}/test", json={"memberId": "M-1"}).json()
    assert tested["success"] is False
    assert tested["error"]["details"] == [{"errorCode": "ACTION.REMOTE_ENDPOINT"}]
    assert "Backend answered 404" in tested["error"]["errors"][0]["message"]
    executed = api.post(f"{uri}/execute", json={"memberId": "M-1"})
    assert executed.status_code == 400
    assert "Backend answered" not in executed.text
    assert "use test mode" in executed.json()["errors"][0]["message"]


def test_inputs_are_checked_against_the_contract(api, sandbox):
    uri = f"{ACTIONS}/{sandbox.action_id('Create Support Ticket')}"
    result = api.post(f"{uri}/test", json={"subject": "x", "priority": "huge"}).json()
    assert result["success"] is False
    assert [o["success"] for o in result["operations"]] == [False]
    assert "priority" in result["error"]["errors"][0]["message"]
    executed = api.post(f"{uri}/execute", json={})
    assert (executed.status_code, executed.json()["code"]) == (400, "invalid.schema")


def test_the_life_of_a_draft(own):
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


def test_a_dropped_draft_leaves_the_action_alone(own):
    sandbox, client = own
    uri = f"{ACTIONS}/{sandbox.action_id('Quote Shipping Rate')}"
    client.post(f"{uri}/draft")
    assert client.delete(f"{uri}/draft").status_code == 204
    assert client.get(uri).json()["version"] == 1
    assert client.delete(f"{uri}/draft").status_code == 404


def test_self_checks_limits_and_integrations(api):
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
