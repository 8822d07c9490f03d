"""The client against the sandbox over real HTTP."""

import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest

from diag.changes.plans.manual_plan import make_manual_plan
from diag.changes.plans.plan import OrgIdentity
from diag.genesys.api_errors import LoginError, NetworkError, NotFoundError, StaleVersionError
from diag.genesys.client import GenesysClient
from diag.genesys.http.connection import Connection
from diag.genesys.http.secret import Secret
from tests.support.genesys.counting_transport import CountingTransport
from tests.support.genesys.stripping_transport import StrippingTransport
from tests.support.running_sandbox import RunningSandbox, StartSandbox


def client_for(box: RunningSandbox, secret: str = "sandbox") -> GenesysClient:
    return GenesysClient(
        Connection.to(api_base=box.base_url, client_id="sandbox", client_secret=Secret(secret))
    )


@pytest.fixture
def client(sandbox: RunningSandbox) -> Iterator[GenesysClient]:
    with client_for(sandbox) as genesys:
        yield genesys


def test_the_whole_inventory_is_read(sandbox: RunningSandbox, client: GenesysClient) -> None:
    actions = {action.id: action for action in client.list_actions()}
    truth = sandbox.truth()["actions"]
    assert set(truth) <= set(actions)
    for action_id, true in truth.items():
        assert actions[action_id].name == true["name"]
        if actions[action_id].configurable:
            assert actions[action_id].timeout_s == true["timeout_s"]
    kinds = {action.kind for action in actions.values()}
    assert {"custom", "static"} <= kinds


def test_who_we_are_and_the_limits(client: GenesysClient) -> None:
    assert client.organization().name
    assert client.token_info().organization.id == client.organization().id
    assert client.limits()["actions.concurrent.executions.max"] == 5000  # the demo raises it
    skew = client.clock_skew_s()
    assert skew is not None and abs(skew) < 5


def test_wrong_secret(sandbox: RunningSandbox) -> None:
    with client_for(sandbox, secret="wrong-one") as client, pytest.raises(LoginError) as caught:
        client.organization()
    assert "wrong-one" not in f"{caught.value} {caught.value.hint} {caught.value.details}"


def test_an_org_that_tells_no_config_is_shown_but_never_written_to(sandbox: RunningSandbox) -> None:
    transport = StrippingTransport("config")
    with GenesysClient(
        Connection.to(api_base=sandbox.base_url, client_id="sandbox", client_secret=Secret("sandbox")),
        transport=transport,
    ) as client:
        actions = client.list_actions()
        plan = make_manual_plan(actions, 17, client.read_config, OrgIdentity("o", "O", sandbox.base_url))
    assert {action.id for action in actions} >= set(sandbox.truth()["actions"])
    assert plan.changes == () and plan.unchanged == ()
    reasons = {entry.action_id: entry.reason for entry in plan.skipped}
    changeable = [action.id for action in actions if action.configurable]
    assert changeable and all("without config" in reasons[action_id] for action_id in changeable)
    assert all("config" not in reasons[a.id] for a in actions if not a.configurable)
    assert "PATCH" not in transport.methods


def test_an_unknown_action(client: GenesysClient) -> None:
    with pytest.raises(NotFoundError):
        client.get_action("custom_-_00000000-0000-0000-0000-000000000000")


@pytest.mark.parametrize("patch_config", ["replace", "merge"])
@pytest.mark.parametrize("stale_form", ["409", "400"])
def test_a_patch_changes_the_timeout_and_nothing_else(
    start_sandbox: StartSandbox, patch_config: str, stale_form: str
) -> None:
    box = start_sandbox()
    box.switch(patch_config=patch_config, stale_form=stale_form)
    with client_for(box) as client:
        chosen = next(action for action in client.list_actions() if action.kind == "custom")
        before = client.read_config(chosen.id)
        assert before.action.config is not None and before.action.version is not None
        patched = client.patch_timeout(before, 17)
        assert patched.correlation_id
        after = client.read_config(chosen.id)
        assert after.action.timeout_s == 17
        assert after.action.version is not None and after.action.version > before.action.version
        expected = replace(
            before,
            action=replace(
                before.action,
                version=after.action.version,
                config=replace(before.action.config, timeout_seconds=17),
            ),
        )
        assert after == expected
        with pytest.raises(StaleVersionError):
            client.patch_timeout(before, 18)
        assert client.get_action(chosen.id).timeout_s == 17


@pytest.mark.parametrize("form", ["success_false", "408", "504"])
def test_a_real_timeout_is_recognised_in_every_form(start_sandbox: StartSandbox, form: str) -> None:
    box = start_sandbox()
    box.switch(timeout_form=form)
    slowest = max(box.truth()["actions"].items(), key=lambda item: item[1]["p50_ms"] or 0)[0]
    with client_for(box) as client:
        client.patch_timeout(client.read_config(slowest), 1)
        reply = client.test_action(slowest, payload_for(client, slowest), wait_s=30, timeout_s=1)
    assert reply.outcome.outcome == "timeout"
    assert 900 <= reply.elapsed_ms < 20_000
    assert reply.correlation_id


def test_an_org_that_ignores_include_config(start_sandbox: StartSandbox) -> None:
    box = start_sandbox()
    with client_for(box) as client:
        expected = {action.id: action.timeout_s for action in client.list_actions() if action.configurable}
        box.switch(list_include_config=False)
        found = {action.id: action.timeout_s for action in client.list_actions() if action.configurable}
    assert found == expected


def test_a_backend_that_refuses_is_a_fast_failure(sandbox: RunningSandbox, client: GenesysClient) -> None:
    refused = sandbox.action_id("Get Loyalty Points")
    reply = client.test_action(refused, payload_for(client, refused), wait_s=30, timeout_s=5)
    assert reply.outcome.outcome == "invalid_input"
    assert reply.outcome.error_code == "ACTION.REMOTE_ENDPOINT:404"
    wrong_input = client.test_action(sandbox.action_id("Get Customer by Phone"), {"phone": 7}, wait_s=30)
    assert wrong_input.outcome.outcome == "invalid_input"


def test_a_draft_from_birth_to_deletion(start_sandbox: StartSandbox) -> None:
    box = start_sandbox()
    action_id = box.action_id("Get Customer by Phone")
    with client_for(box) as client:
        assert client.get_draft(action_id) is None
        client.create_draft(action_id)
        draft = client.read_config(action_id, draft=True)
        client.patch_draft_timeout(draft, 50)
        assert client.draft_ids() == {action_id}
        found = client.get_draft(action_id)
        assert found is not None and found.timeout_s == 50
        assert client.get_action(action_id).timeout_s == 3
        payload = payload_for(client, action_id)
        assert client.test_action(action_id, payload, draft=True, wait_s=60).outcome.outcome == "ok"
        client.delete_draft(action_id)
        client.delete_draft(action_id)
        assert client.get_draft(action_id) is None


def test_what_the_token_may_do(client: GenesysClient) -> None:
    permissions = client.permissions()
    assert permissions.allow("integrations:action:view")
    assert permissions.allow("integrations:action:edit")


def test_we_give_up_first(sandbox: RunningSandbox, client: GenesysClient) -> None:
    slowest = max(sandbox.truth()["actions"].items(), key=lambda item: item[1]["p50_ms"] or 0)[0]
    reply = client.test_action(slowest, payload_for(client, slowest), wait_s=0.2)
    assert (reply.status, reply.outcome.outcome) == (None, "client_timeout")


def test_nobody_listens_there() -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{reserved.getsockname()[1]}"
        connection = Connection.to(api_base=address, access_token=Secret("t"))
        transport = CountingTransport()
        with (
            GenesysClient(connection, transport=transport) as client,
            pytest.raises(NetworkError, match="refuses the connection") as caught,
        ):
            client.organization()
    assert not caught.value.sent
    assert len(transport.paths) == 1  # a wrong address is said at once, not after every retry


def test_a_server_that_does_not_speak_tls(sandbox: RunningSandbox) -> None:
    address = sandbox.base_url.replace("http://", "https://")
    connection = Connection.to(api_base=address, access_token=Secret("t"))
    with GenesysClient(connection) as client, pytest.raises(NetworkError, match="No trusted TLS") as caught:
        client.organization()
    assert caught.value.hint and "never switched off" in caught.value.hint


def test_a_name_nobody_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    connection = Connection.to(api_base="https://api.genesys.invalid", access_token=Secret("t"))
    with GenesysClient(connection) as client, pytest.raises(NetworkError, match="cannot be resolved"):
        client.organization()


def payload_for(client: GenesysClient, action_id: str) -> dict[str, object]:
    """A value for every input the contract asks for."""
    samples: dict[str, object] = {"string": "x-123", "integer": 1, "number": 1.5, "boolean": True}
    contract = client.get_action(action_id, contract=True).contract or {}
    inputs = contract["input"]
    assert isinstance(inputs, dict)
    schema = inputs.get("inputSchema") or inputs.get("inputSchemaFlattened") or {}
    properties = schema.get("properties", {})
    return {
        name: (spec.get("enum") or [samples.get(spec.get("type"), "x-123")])[0]
        for name, spec in properties.items()
    }
