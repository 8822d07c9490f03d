"""Flows from the sandbox over real HTTP: what is read, how often, how fast, and what is kept."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from analysis.flows.flow import FlowsRead
from diag.flows.fetch_from_org import NEVER_PUBLISHED, NOT_LISTED, WantedFlow, read_flows
from diag.flows.flow_cache import FlowCacheError, KeptFlows, cache_path, read_cache, write_cache
from diag.genesys.api_errors import PermissionMissingError
from diag.genesys.client import GenesysClient
from diag.genesys.http.pacing import RateBucket
from diag.target import sandbox_connection
from tests.support.genesys.counting_transport import CountingTransport
from tests.support.running_sandbox import StartSandbox
from tests.support.sandbox_in_process import SteppedClock

NOBODY = KeptFlows("host", "org")


def client_of(base_url: str, transport: httpx.BaseTransport | None = None) -> GenesysClient:
    return GenesysClient(sandbox_connection(base_url), transport=transport, bucket=RateBucket(10**6))


def read(
    client: GenesysClient,
    kept: KeptFlows = NOBODY,
    *,
    wanted: list[WantedFlow] | None = None,
    save: Callable[[KeptFlows], None] = lambda kept: None,
) -> FlowsRead:
    return read_flows(client, kept, wanted=wanted, now=lambda: 1_800_000_000.0, save=save)


def test_flows_of_every_kind_are_read_or_refused_by_name(start_sandbox: StartSandbox) -> None:
    with client_of(start_sandbox("flows").base_url) as client:
        found = read(client)

    flows = {flow.name: flow for flow in found.flows}
    assert {name: [step.name for step in flow.steps] for name, flow in flows.items()} == {
        "Main menu": ["Look up the caller", "List orders"],
        "Card services": ["Look up the card"],
        "Order status": ["Find orders", "Find the customer"],
        "Night batch": ["Refresh"],
        "No ids": ["Get Orders"],
        "Calls nothing": [],
    }
    card = flows["Card services"]
    assert (card.steps[0].follows_action, card.steps[0].own_ms, card.published) == (False, 10_000, True)
    assert (card.steps[0].failure, card.steps[0].timeout) == ("not wired", "wired")
    assert [step.own for step in flows["Order status"].steps] == ["literal", "expression"]
    assert flows["No ids"].not_followed
    why = {one.name: one.why for one in found.unread}
    assert why["Not yet published"] == NEVER_PUBLISHED
    assert why["No tasks"] == "it has no list of tasks, states and menus (flowSequenceItemList)"
    assert why["Too deep"].endswith("configuration is nested more than 100 levels deep.")
    assert "is not valid JSON" in why["A proxy's page"]
    assert why.keys() == {"Not yet published", "No tasks", "Too deep", "Wrong types", "A proxy's page"}
    assert "secret" not in repr(found).lower()


def test_without_the_permission_it_is_named(start_sandbox: StartSandbox, tmp_path: Path) -> None:
    scenario = tmp_path / "forbidden.toml"
    scenario.write_text('description = "x"\nwithout_permissions = ["architect:flow:view"]\n')

    with (
        client_of(start_sandbox(str(scenario)).base_url) as client,
        pytest.raises(PermissionMissingError, match="architect:flow:view"),
    ):
        read(client)


@pytest.mark.slow
def test_five_hundred_flows_keep_to_the_limit_and_are_fetched_once(
    start_sandbox: StartSandbox, tmp_path: Path
) -> None:
    """On a clock that only waits: 300 requests in any minute, and the second reading asks for the list."""
    box, clock, kept = start_sandbox("five-hundred-flows"), SteppedClock(), [NOBODY]
    times: list[float] = []

    class Timed(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            times.append(clock.monotonic_s())
            return super().handle_request(request)

    bucket = RateBucket(300, clock=clock.monotonic_s, sleep=clock.advance)
    limits = f"{box.base_url}/sandbox/limits"
    httpx.post(limits, json={"token_requests_per_minute": 10**6}, trust_env=False)  # its clock is real
    connection = sandbox_connection(box.base_url)

    with GenesysClient(connection, transport=Timed(verify=False), bucket=bucket) as client:
        found = read(client, save=lambda one: kept.append(one))
        first = len(times)
        again = read(client, kept[-1], save=lambda one: kept.append(one))

    assert len(found.flows) == 500 and again.flows == found.flows
    assert first <= 506 and len(times) - first == 5
    assert max(sum(1 for one in times if start <= one < start + 60) for start in times) <= 301
    assert 60 <= clock.monotonic_s() <= 130
    write_cache(tmp_path, kept[-1])
    assert read_cache(tmp_path, "host", "org") == kept[-1]


def test_only_wanted_flows_are_fetched_and_what_else_is_kept_stays(start_sandbox: StartSandbox) -> None:
    transport, kept = CountingTransport(), [NOBODY]
    with client_of(start_sandbox("flows").base_url, transport) as client:
        (action,) = (one for one in client.list_actions() if one.name == "Get Customer")
        using = [WantedFlow(one.id, one.name) for one in client.consumers(action.id)]
        transport.paths.clear()
        wanted = [one for one in using if one.name == "Card services"] + [WantedFlow("gone", "Elsewhere")]
        found = read(client, wanted=wanted, save=kept.append)
        others = read(client, kept[-1], wanted=using, save=kept.append)
        assert [flow.name for flow in found.flows] == ["Card services"]
        assert [(one.name, one.why) for one in found.unread] == [("Elsewhere", NOT_LISTED)]
        fetched = [path for path in transport.paths if path.endswith("configuration")]
        assert len(fetched) == len(set(fetched)) == len(others.flows) + len(others.unread) - 1


def test_what_was_read_is_kept_where_it_is_interrupted(start_sandbox: StartSandbox) -> None:
    kept = [NOBODY]

    def stop(done: int, total: int | None) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with client_of(start_sandbox("flows").base_url) as client, pytest.raises(KeyboardInterrupt):
        read_flows(client, NOBODY, wanted=None, now=lambda: 1.0, save=kept.append, on_progress=stop)

    assert len(kept[-1].flows) == 3


def test_a_newer_published_version_is_read_again(start_sandbox: StartSandbox) -> None:
    with client_of(start_sandbox("flows").base_url) as client:
        found = read(client)
        old = tuple(replace(flow, version="0.9", published=False) for flow in found.flows)
        again = read(client, replace(NOBODY, flows=old))

    assert again.flows == found.flows


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"host": "host", "org_id": "org", "flows": 7}',
        '{"host": "other", "org_id": "org"}',
        '{"host": "host", "org_id": "org", "flows": [{"name": "", "type": "", "steps": [], "begins_in": 3}]}',
    ],
)
def test_a_damaged_file_of_flows_is_an_error_with_the_fix(tmp_path: Path, text: str) -> None:
    cache_path(tmp_path, "host", "org").write_text(text)

    with pytest.raises(FlowCacheError) as refused:
        read_cache(tmp_path, "host", "org")

    assert "diag scan --flows" in (refused.value.hint or "")


def test_where_nothing_is_kept_there_is_nothing(tmp_path: Path) -> None:
    assert read_cache(tmp_path, "host", "org") is None


def test_what_is_kept_of_flows_that_are_gone_or_published_anew_is_dropped(
    start_sandbox: StartSandbox,
) -> None:
    kept: list[KeptFlows] = []
    with client_of(start_sandbox("flows").base_url) as client:
        card, *others = read(client).flows
        outdated = replace(others[0], version="0.9")
        gone = replace(card, id="gone")
        read(client, replace(NOBODY, flows=(card, outdated, gone)), wanted=[], save=kept.append)

    assert kept[-1].flows == (card,)
