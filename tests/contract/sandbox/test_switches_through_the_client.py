"""Every value of every switch, as the real client meets it."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from diag.genesys.api_errors import StaleVersionError
from diag.genesys.client import GenesysClient
from diag.genesys.http.connection import Connection
from diag.genesys.http.secret import Secret
from tests.support.running_sandbox import RunningSandbox, StartSandbox

Switchable = tuple[RunningSandbox, GenesysClient, dict[str, str]]

ORG = """
description = "An org made for the switches"
[[integration]]
name = "CRM"
[[action]]
name = "Slow"
integration = "CRM"
category = "Test"
request_type = "POST"
timeout_s = 1
latency = { model = "fixed", at_ms = 2500 }
input.id = { type = "string" }
[[action]]
name = "Secret"
integration = "CRM"
category = "Test"
secure = true
latency = { model = "fixed", at_ms = 5 }
"""


@pytest.fixture(scope="module")
def switchable(
    start_module_sandbox: StartSandbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Switchable]:
    """A sandbox of this module's own, a client to it, and its actions' ids by name."""
    path = tmp_path_factory.mktemp("switches") / "org.toml"
    path.write_text(ORG)
    running = start_module_sandbox(path)
    connection = Connection.to(
        api_base=running.base_url, client_id="sandbox", client_secret=Secret("sandbox")
    )
    with GenesysClient(connection) as client:
        yield running, client, {a.name: a.id for a in client.list_actions()}


def everything_but_the_timeout(client: GenesysClient, action_id: str) -> tuple[object, ...]:
    full = client.read_config(action_id)
    config = full.action.config
    assert config is not None
    return full.request_template, full.success_template, config.request, config.response


@pytest.mark.parametrize("semantics", ["replace", "merge"])
def test_a_patched_timeout_changes_nothing_else(switchable: Switchable, semantics: str) -> None:
    running, client, ids = switchable
    running.switch(patch_config=semantics)
    before = everything_but_the_timeout(client, ids["Slow"])
    full = client.read_config(ids["Slow"])
    assert client.patch_timeout(full, 2).timeout_s == 2
    assert everything_but_the_timeout(client, ids["Slow"]) == before
    client.patch_timeout(client.read_config(ids["Slow"]), 1)


@pytest.mark.parametrize("form", ["409", "400"])
def test_a_stale_version_is_known_by_both_forms(switchable: Switchable, form: str) -> None:
    running, client, ids = switchable
    running.switch(stale_form=form)
    full = client.read_config(ids["Slow"])
    client.patch_timeout(full, 2)
    with pytest.raises(StaleVersionError):
        client.patch_timeout(full, 3)
    assert client.patch_timeout(client.read_config(ids["Slow"]), 1).timeout_s == 1


@pytest.mark.parametrize(("form", "status"), [("success_false", 200), ("408", 408), ("504", 504)])
def test_a_timeout_is_known_by_all_three_forms(switchable: Switchable, form: str, status: int) -> None:
    running, client, ids = switchable
    running.switch(timeout_form=form)
    reply = client.test_action(ids["Slow"], {"id": "1"}, wait_s=30, timeout_s=1)
    assert (reply.status, reply.outcome.outcome) == (status, "timeout")
    assert 1000 <= reply.elapsed_ms < 2500


@pytest.mark.parametrize("listed", [True, False])
def test_the_inventory_is_the_same_whether_the_list_carries_the_config_or_not(
    switchable: Switchable, listed: bool
) -> None:
    running, client, _ = switchable
    running.switch(list_include_config=listed)
    timeouts = {action.name: action.timeout_s for action in client.list_actions()}
    assert timeouts == {"Slow": 1, "Secret": 60}
    running.switch(list_include_config=True)


@pytest.mark.parametrize("said", [True, False])
def test_a_rate_limit_is_waited_for_whether_it_says_how_long_or_not(
    switchable: Switchable, said: bool
) -> None:
    running, client, _ = switchable
    extra = {"retry_after_s": 1} if said else {}
    running.arm({"kind": "status", "status": 429, "hits": 1, "path": "organizations/me", **extra})
    started = time.perf_counter()
    assert client.organization().name == "Sandbox (org)"
    assert time.perf_counter() - started >= 1.0
    running.arm()


def test_an_edge_that_gives_up_is_not_mistaken_for_the_actions_timeout(switchable: Switchable) -> None:
    running, client, ids = switchable
    running.switch(edge_timeout_s=0.3)
    reply = client.test_action(ids["Slow"], {"id": "1"}, wait_s=30, timeout_s=1)
    running.switch(edge_timeout_s=0)
    assert reply.status == 504
    assert reply.outcome.outcome != "timeout"


@pytest.mark.parametrize("results", ["shown", "masked"])
def test_a_masked_result_is_still_a_success(switchable: Switchable, results: str) -> None:
    running, client, ids = switchable
    running.switch(secure_results=results)
    assert client.test_action(ids["Secret"], {}, wait_s=30).outcome.outcome == "ok"


@pytest.mark.parametrize("counted", [True, False])
def test_test_runs_may_or_may_not_show_up_in_the_telemetry(switchable: Switchable, counted: bool) -> None:
    running, client, ids = switchable
    running.switch(analytics_count_tests=counted)
    client.test_action(ids["Secret"], {}, wait_s=30)
    now = datetime.now(UTC)
    hours = client.execution_counts(ids["Secret"], now - timedelta(hours=1), now + timedelta(minutes=1), ())
    assert bool(hours) is counted
