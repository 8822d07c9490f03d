"""Functions, analytics, dependency tracking, permissions, large orgs: one scenario each."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.running_sandbox import RunningSandbox, StartSandbox

ACTIONS = "/api/v2/integrations/actions"
Started = tuple[RunningSandbox, httpx.Client, dict[str, str]]
Start = Callable[[str | Path], Started]


@pytest.fixture(scope="module")
def start(start_module_sandbox: StartSandbox) -> Iterator[Start]:
    """`start(scenario)` returns the sandbox (one per scenario), a client, and action addresses by name."""
    known: dict[str | Path, tuple[RunningSandbox, httpx.Client]] = {}

    def starter(scenario: str | Path) -> Started:
        if scenario not in known:
            running = start_module_sandbox(scenario)
            known[scenario] = running, running.client()
        running, client = known[scenario]
        return running, client, {a["name"]: f"{ACTIONS}/{i}" for i, a in running.truth()["actions"].items()}

    yield starter
    for _, client in known.values():
        client.close()


def test_a_function_has_a_second_timeout_that_is_changed_through_the_draft(start: Start) -> None:
    _, client, uris = start("functions")
    uri = uris["Function bites first"]
    assert client.get(f"{uri}/function").json()["function"]["timeoutSeconds"] == 3
    assert client.put(f"{uri}/draft/function", json={}).status_code == 404
    client.post(f"{uri}/draft").raise_for_status()
    refused = client.put(f"{uri}/draft/function", json={"timeoutSeconds": 16})
    assert (refused.status_code, refused.json()["message"]) == (
        400,
        "timeoutSeconds must be a whole number from 1 to 15.",
    )
    put = client.put(f"{uri}/draft/function", json={"handler": "h", "timeoutSeconds": 9}).json()
    assert put["function"]["timeoutSeconds"] == 9
    assert client.get(f"{uri}/function").json()["function"]["timeoutSeconds"] == 3
    version = client.get(f"{uri}/draft").json()["version"]
    client.post(f"{uri}/draft/publish", json={"version": version}).raise_for_status()
    assert client.get(f"{uri}/function").json()["function"] == put["function"]


def test_a_function_is_aborted_by_its_own_timeout(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "slow.toml"
    path.write_text(
        'description = "A function that never makes it"\n[[integration]]\nname = "F"\n'
        'type = "function-data-actions"\n[[action]]\nname = "Slow"\nkind = "function"\nintegration = "F"\n'
        'category = "Function Data Actions"\ntimeout_s = 5\nfunction_timeout_s = 1\n'
        'latency = { model = "fixed", at_ms = 3000 }\n'
    )
    _, client, uris = start(path)
    started = time.perf_counter()
    result = client.post(f"{uris['Slow']}/test", json={}).json()
    assert time.perf_counter() - started < 2.9
    assert (result["error"]["status"], result["error"]["code"]) == (500, "internal.server.error")
    assert [step["name"] for step in result["operations"][-2:]] == ["Execute", "External execution log"]
    assert client.get(f"{ACTIONS}/functions/runtimes").json()[0]["status"] == "Available"


def test_only_function_actions_have_a_function(start: Start) -> None:
    _, client, uris = start("demo")
    assert client.get(f"{uris['Get Account Balance']}/function").status_code == 400


def query(
    client: httpx.Client, since: datetime, until: datetime, **more: Any
) -> dict[tuple[str, ...], list[dict[str, Any]]]:
    body = {
        "interval": f"{since.isoformat()}/{until.isoformat()}",
        "metrics": ["tTotalExecution"],
        "groupBy": ["actionName", "responseStatus"],
        **more,
    }
    reply = client.post("/api/v2/analytics/actions/aggregates/query", json=body).raise_for_status()
    return {tuple(r["group"].values()): r["data"] for r in reply.json()["results"]}


def test_analytics_know_the_calls_just_served(start: Start) -> None:
    running, client, uris = start("demo")
    for name, payload in (
        ("Quote Shipping Rate", {"postcode": "12345"}),
        ("Get Loyalty Points", {"memberId": "M"}),
    ):
        client.post(f"{uris[name]}/test", json=payload)
    client.post(f"{uris['Quote Shipping Rate']}/execute", json={"postcode": "12345"})
    now = datetime.now(UTC)
    span = (now - timedelta(minutes=5), now + timedelta(minutes=5))
    views = [{"target": "tTotalExecution", "name": "all", "function": "rangeBound", "range": {"gte": 0}}]
    groups = query(client, *span, views=views)
    without_a_past = {group for group in groups if group[0] in ("Quote Shipping Rate", "Get Loyalty Points")}
    assert without_a_past == {("Quote Shipping Rate", "200"), ("Get Loyalty Points", "400")}
    (data,) = groups["Quote Shipping Rate", "200"]
    assert data["metrics"][0]["stats"]["count"] == data["views"][0]["stats"]["count"] == 2
    running.switch(analytics_count_tests=False)
    groups = query(client, *span)
    assert groups["Quote Shipping Rate", "200"][0]["metrics"][0]["stats"]["count"] == 1
    running.switch(analytics={"ok": {"response_status": "SUCCESS"}})
    groups = query(client, *span)
    assert groups["Quote Shipping Rate", "SUCCESS"][0]["metrics"][0]["stats"]["count"] == 1
    running.switch(analytics={"lag_s": 3600})
    groups = query(client, *span)
    assert ("Quote Shipping Rate", "SUCCESS") not in groups


def test_the_made_up_past_follows_the_model_and_does_not_change(start: Start) -> None:
    running, client, _ = start("production-history")
    now = datetime.now(UTC)
    span = (now - timedelta(days=10), now - timedelta(days=3))
    views = [{"target": "tTotalExecution", "name": "slow", "function": "rangeBound", "range": {"gte": 2000}}]
    groups = query(client, *span, granularity="PT1H", views=views)
    hours = groups["Look Up Orders", "200"] + groups["Look Up Orders", "504"]
    total = sum(hour["metrics"][0]["stats"]["count"] for hour in hours)
    slow = sum(hour["views"][0]["stats"]["count"] for hour in hours)
    truth = running.truth()["actions"].values()
    share = next(a["exceed_1_to_60"][1] for a in truth if a["name"] == "Look Up Orders")
    assert total > 5000
    assert slow / total == pytest.approx(share, abs=0.03)
    assert max(hour["metrics"][0]["stats"]["max"] for hour in hours) == 3000.0
    assert query(client, *span, granularity="PT1H", views=views) == groups


def test_flows_that_use_an_action(start: Start) -> None:
    _, client, uris = start("production-history")
    uri = "/api/v2/architect/dependencytracking/consumingresources?objectType=DATAACTION&id="
    id_ = uris["Get Balance"].rsplit("/", 1)[1]
    assert [e["name"] for e in client.get(uri + id_).json()["entities"]] == ["Main menu", "Card services"]
    assert client.get(uri + "unknown").json()["total"] == 0
    assert client.get(uri).status_code == 400


def test_a_missing_permission_is_named(start: Start) -> None:
    _, client, uris = start("missing-permissions")
    uri = uris["Get Balance"]
    refused = client.patch(uri, json={"version": 1, "name": "Mine"})
    assert (refused.status_code, refused.json()["code"]) == (403, "missing.permissions")
    assert "integrations:action:edit" in refused.json()["message"]
    assert client.get(uri).json()["name"] == "Get Balance"
    grants = client.get("/api/v2/authorization/subjects/me").json()["grants"]
    domains = {policy["domain"] for policy in grants[0]["role"]["policies"]}
    assert domains == {"integrations", "bridge"}


def test_a_flat_contract_and_a_flat_result(start: Start) -> None:
    _, client, uris = start("demo")
    flat = client.get(f"{uris['Get Account Balance']}?expand=contract&flatten=true").json()["contract"]
    assert set(flat["input"]) == {"inputSchemaFlattened", "inputSchemaUri"}
    schema = client.get(flat["input"]["inputSchemaUri"]).json()
    assert schema == flat["input"]["inputSchemaFlattened"]


@pytest.mark.slow
def test_two_thousand_actions_in_a_hundred_pages(start_sandbox: StartSandbox) -> None:
    uri, names, pages = f"{ACTIONS}?pageSize=20&includeConfig=true", set(), 0
    with start_sandbox("two-thousand-actions").client() as client:
        while uri:
            page = client.get(uri).json()
            names |= {entity["name"] for entity in page["entities"]}
            pages, uri = pages + 1, page.get("nextUri")
    assert (len(names), pages) == (2_000, 100)


def test_an_empty_org_has_one_empty_page(start: Start) -> None:
    _, client, _ = start("empty-org")
    page = client.get(ACTIONS).json()
    assert (page["entities"], page["total"], page["pageCount"]) == ([], 0, 0)
    assert "nextUri" not in page
