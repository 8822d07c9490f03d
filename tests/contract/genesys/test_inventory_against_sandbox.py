"""Reading whole inventories from the sandbox over real HTTP, with every request counted."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from analysis.format.timeout_limits import DEFAULT_TIMEOUT_S
from diag.doctor.org_checks import check_org
from diag.genesys.analytics.execution_counts import DurationRange
from diag.genesys.client import GenesysClient
from diag.genesys.http.connection import Connection
from diag.genesys.http.secret import Secret
from diag.inventory.read_inventory import read_inventory, with_consumers
from diag.production.when_production_calls import production_weeks
from diag.sandbox.world.actions.action_spec import ActionSpec
from diag.sandbox.world.build_org import stable_id
from diag.sandbox.world.scenario import load_scenario
from tests.support.genesys.counting_transport import CountingTransport
from tests.support.running_sandbox import RunningSandbox, StartSandbox


def client_for(box: RunningSandbox, transport: httpx.BaseTransport | None = None) -> GenesysClient:
    connection = Connection.to(api_base=box.base_url, client_id="sandbox", client_secret=Secret("sandbox"))
    return GenesysClient(connection, transport=transport)


def id_of(spec: ActionSpec) -> str:
    return f"custom_-_{stable_id('action', f'{spec.integration}/{spec.name}')}"


@pytest.mark.slow
def test_ten_thousand_actions_are_a_hundred_calls(start_sandbox: StartSandbox) -> None:
    box = start_sandbox("ten-thousand-actions")
    transport = CountingTransport()
    with client_for(box, transport) as client:
        inventory = read_inventory(client)
    told = {row.action.id: (row.action.name, row.action.timeout_s) for row in inventory.rows}
    specs = load_scenario("ten-thousand-actions").actions
    described = {id_of(spec): (spec.name, spec.timeout_s or DEFAULT_TIMEOUT_S) for spec in specs}
    assert told == described  # its own truth of so many takes it half a second to write
    assert len(inventory.rows) == len(told) == 10_000
    assert transport.paths.count("/api/v2/integrations/actions") == 100
    assert len(transport.paths) == 103  # and the login, one page of integrations, one of drafts


def test_function_actions_show_which_timeout_bites(start_sandbox: StartSandbox) -> None:
    with client_for(start_sandbox("functions")) as client:
        rows = {row.action.name: row for row in read_inventory(client).rows}
    assert {row.action.kind for row in rows.values()} == {"function"}
    first = rows["Function bites first"]
    assert (first.action.timeout_s, first.function_timeout_s, first.bites) == (20, 3, "function")
    assert rows["Action bites first"].bites == rows["Fits"].bites == "action"


def test_flows_and_production_telemetry(start_sandbox: StartSandbox) -> None:
    until = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    since = until - timedelta(days=2)
    ranges = [DurationRange(second * 1000, (second + 1) * 1000) for second in range(12)]
    with client_for(start_sandbox("production-history")) as client:
        rows = {row.action.name: row for row in with_consumers(client, read_inventory(client).rows)}
        assert [flow.name for flow in rows["Get Balance"].consumers or ()] == ["Main menu", "Card services"]
        assert rows["Rarely used"].consumers == ()
        hours = client.execution_counts(rows["Get Balance"].action.id, since, until, ranges)
        totals = client.execution_totals(since, until)
        ids = [row.action.id for row in rows.values()]
        by_hour = client.hourly_executions([*ids, *(f"unknown-{n}" for n in range(30))], since, until)
        weeks = production_weeks(client, ids, "Europe/Berlin", datetime.now(UTC), stated={})
    assert totals[rows["Get Balance"].action.id] == sum(hour.total for hour in hours)
    assert {action_id: sum(each.values()) for action_id, each in by_hour.items()} == totals
    assert weeks is not None
    week = weeks[rows["Get Balance"].action.id]
    assert week.zone == "Europe/Berlin" and sum(week.calls) > 1000
    assert 10 <= len(hours) <= 48
    assert all(len(hour.counts) == 12 and sum(hour.counts) == hour.total for hour in hours)
    assert all(hour.counts[0] >= 0.9 * hour.total for hour in hours)  # p50 0.12 s, p99 0.29 s


def test_a_client_that_may_look_but_not_touch(start_sandbox: StartSandbox) -> None:
    with client_for(start_sandbox("missing-permissions")) as client:
        checks = {check.name: check for check in check_org(client)}
    assert checks["permission integrations:action:view"].status == "ok"
    for missing in ("integrations:action:edit", "architect:dependencyTracking:view"):
        assert checks[f"permission {missing}"].status == "warning" and checks[f"permission {missing}"].fix
