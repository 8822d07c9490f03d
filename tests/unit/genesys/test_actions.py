"""One action: its kind, its configuration read and written back whole, its drafts and its test call."""

import json
from dataclasses import replace

import httpx
import pytest
import respx

from diag.genesys.api_errors import NotFoundError, StaleVersionError
from diag.genesys.client import GenesysClient
from diag.genesys.http.connection import Connection
from diag.platform_facts.facts import TimedOutForm
from tests.support.genesys.respx_org import ACTION, ACTIONS, NOT_FOUND, action
from tests.support.learnt_facts import learnt


@pytest.mark.parametrize(
    ("prefix", "category", "kind", "configurable"),
    [
        ("custom_-_", "Web Services Data Actions", "custom", True),
        ("static_", "Genesys Cloud Data Actions", "static", False),
        ("customAuth_-_", "Web Services Data Actions", "custom_auth", False),
        ("custom_-_", "My Function Data Actions", "function", True),
    ],
)
def test_kinds(
    wire: respx.MockRouter, client: GenesysClient, prefix: str, category: str, kind: str, configurable: bool
) -> None:
    entity = action(1, prefix=prefix, timeout_s=None) | {"category": category}
    wire.get(f"{ACTIONS}/{entity['id']}").respond(json=entity, headers={"ININ-Correlation-Id": "c-1"})
    found = client.get_action(entity["id"])
    assert (found.kind, found.configurable) == (kind, configurable)
    assert (found.not_configurable_reason is None) == configurable
    assert (found.timeout_is_set, found.timeout_s) == (False, None if kind == "custom_auth" else 60)
    assert found.correlation_id == "c-1"


def templates(wire: respx.MockRouter, path: str = "custom_-_1") -> None:
    wire.get(f"{ACTIONS}/{path}/templates/requesttemplate.vm").respond(text="${input.rawRequest}")
    wire.get(f"{ACTIONS}/{path}/templates/successtemplate.vm").respond(text="{$a}")


def test_a_patch_sends_everything_back_and_only_the_timeout_differs(
    wire: respx.MockRouter, client: GenesysClient
) -> None:
    entity = action(1)
    entity["config"]["futureSetting"] = 5
    wire.get(f"{ACTIONS}/custom_-_1").respond(json=entity)
    templates(wire)
    patch = wire.patch(f"{ACTIONS}/custom_-_1").respond(json=action(1, timeout_s=8) | {"version": 8})
    full = client.read_config("custom_-_1")
    assert (full.request_template, full.success_template) == ("${input.rawRequest}", "{$a}")
    assert client.patch_timeout(full, 8).timeout_s == 8
    assert json.loads(patch.calls.last.request.content) == {
        "name": "Action 1",
        "category": "Web Services Data Actions",
        "version": 7,
        "config": {
            "timeoutSeconds": 8,
            "futureSetting": 5,
            "request": {
                "requestUrlTemplate": "https://crm/${input.id}",
                "requestTemplate": "${input.rawRequest}",
                "requestType": "GET",
                "headers": {"X": "1"},
            },
            "response": {
                "translationMap": {"a": "$.a"},
                "translationMapDefaults": {"a": "0"},
                "successTemplate": "{$a}",
            },
        },
    }


def test_headers_and_templates_never_show(wire: respx.MockRouter, client: GenesysClient) -> None:
    entity = action(1)
    entity["config"]["request"]["headers"] = {"Authorization": "Bearer pat-123"}
    wire.get(f"{ACTIONS}/custom_-_1").respond(json=entity)
    templates(wire)
    shown = repr(client.read_config("custom_-_1"))
    assert "pat-123" not in shown and "rawRequest" not in shown and "Action 1" in shown


def test_unset_is_omitted_and_a_missing_template_is_none(
    wire: respx.MockRouter, client: GenesysClient
) -> None:
    entity = action(1, timeout_s=None)
    for part in ("request", "response"):
        entity["config"][part] = {k: v for k, v in entity["config"][part].items() if not k.endswith("Uri")}
    wire.get(f"{ACTIONS}/custom_-_1").respond(json=entity)
    wire.get(url__regex=r".*/templates/.*").respond(404, json=NOT_FOUND)
    full = client.read_config("custom_-_1")
    assert full.request_template is None
    config = full.patch_body(None)["config"]
    assert isinstance(config, dict) and "timeoutSeconds" not in config


@pytest.mark.parametrize("refused_by", [400, 409])
def test_a_null_that_is_refused_gives_way_to_leaving_it_out(
    wire: respx.MockRouter, client: GenesysClient, refused_by: int
) -> None:
    wire.get(f"{ACTIONS}/custom_-_1").respond(json=action(1))
    templates(wire)
    connection = replace(client.connection, platform=learnt(clear_timeout="null"))
    refusal = httpx.Response(refused_by, json={"status": refused_by, "code": "bad.request", "message": "no"})
    written = httpx.Response(200, json=action(1, timeout_s=None) | {"version": 8})
    patch = wire.patch(f"{ACTIONS}/custom_-_1").mock(side_effect=[refusal, written])
    with GenesysClient(connection) as knowing:
        full = knowing.read_config("custom_-_1")
        if refused_by == 409:  # someone else was here: read again, never just another write
            with pytest.raises(StaleVersionError):
                knowing.patch_timeout(full, None)
            return
        assert knowing.patch_timeout(full, None).version == 8

    first, second = (json.loads(call.request.content)["config"] for call in patch.calls)
    assert first["timeoutSeconds"] is None
    assert second == {key: value for key, value in first.items() if key != "timeoutSeconds"}


@pytest.mark.parametrize(
    ("status", "reply"),
    [
        (409, {"code": "conflict"}),
        (400, {"message": "Version 6 does not match the current version 7", "code": "bad.request"}),
    ],
)
def test_a_stale_version_is_told_and_not_retried(
    wire: respx.MockRouter, client: GenesysClient, status: int, reply: dict[str, str]
) -> None:
    wire.get(f"{ACTIONS}/custom_-_1").respond(json=action(1))
    templates(wire)
    patch = wire.patch(f"{ACTIONS}/custom_-_1").respond(status, json=reply)
    full = client.read_config("custom_-_1")
    with pytest.raises(StaleVersionError) as caught:
        client.patch_timeout(full, 5)
    assert caught.value.category == "stale" and patch.call_count == 1


def test_drafts(wire: respx.MockRouter, client: GenesysClient) -> None:
    draft = f"{ACTIONS}/custom_-_1/draft"
    wire.get(draft).mock(
        side_effect=[httpx.Response(404, json=NOT_FOUND), httpx.Response(200, json=action(1))] * 2
    )
    create = wire.post(draft).respond(json=action(1))
    delete = wire.delete(draft).mock(side_effect=[httpx.Response(204), httpx.Response(404, json=NOT_FOUND)])
    patch = wire.patch(draft).respond(json=action(1, timeout_s=2) | {"version": 8})
    templates(wire, "custom_-_1/draft")
    assert client.get_draft("custom_-_1") is None
    assert client.create_draft("custom_-_1").version == 7
    assert create.calls.last.request.content == b""
    assert create.calls.last.request.headers["Content-Type"] == "application/json"
    assert create.calls.last.request.headers["User-Agent"].startswith("diag/")
    full = client.read_config("custom_-_1", draft=True)
    assert client.patch_draft_timeout(full, 2).timeout_s == 2
    assert json.loads(patch.calls.last.request.content)["config"]["timeoutSeconds"] == 2
    client.delete_draft("custom_-_1")
    client.delete_draft("custom_-_1")
    assert delete.call_count == 2


def test_an_id_cannot_leave_its_path(wire: respx.MockRouter, client: GenesysClient) -> None:
    route = wire.get(url__regex=rf"{ACTIONS}/.*").respond(404, json=NOT_FOUND)
    with pytest.raises(NotFoundError):
        client.get_action("../../oauth/clients?x=1")
    assert route.calls.last.request.url.raw_path.startswith(b"/api/v2/integrations/actions/..%2F..%2Foauth")


def test_contract_only_when_asked_for(wire: respx.MockRouter, client: GenesysClient) -> None:
    route = wire.get(f"{ACTIONS}/custom_-_1").respond(
        json=action(1) | {"contract": {"input": {"inputSchema": {}}}}
    )
    assert client.get_action("custom_-_1", contract=True).contract == {"input": {"inputSchema": {}}}
    assert route.calls.last.request.url.params["expand"] == "contract"
    client.get_action("custom_-_1")
    assert "expand" not in route.calls.last.request.url.params


def test_limits_fall_back_on_the_published_defaults(wire: respx.MockRouter, client: GenesysClient) -> None:
    path = "https://api.mypurecloud.com/api/v2/organizations/limits/namespaces/dataactions"
    concurrency = {"key": "actions.concurrent.executions.max", "namespace": "dataactions"}
    wire.get(f"{path}/defaults").respond(
        json={"entities": [{**concurrency, "value": 50}, {"key": "requests.volume.max", "value": 2500}]}
    )
    wire.get(path).respond(json={"entities": [{**concurrency, "value": 30}, {"key": "odd", "value": "x"}]})
    assert client.limits() == {"actions.concurrent.executions.max": 30, "requests.volume.max": 2500}


def test_token_info(wire: respx.MockRouter, client: GenesysClient) -> None:
    wire.get("https://api.mypurecloud.com/api/v2/tokens/me").respond(
        json={"organization": {"id": "o", "name": "Acme"}, "OAuthClient": {"id": "c", "name": "harness"}}
    )
    info = client.token_info()
    assert (info.client_id, info.client_name, info.organization.name) == ("c", "harness", "Acme")


@pytest.mark.parametrize(
    ("form", "outcome"), [(None, "timeout"), ("504", "timeout"), ("success_false", "platform_error")]
)
def test_a_test_call_is_judged_by_the_form_of_a_timeout_that_was_learnt(
    wire: respx.MockRouter, connection: Connection, form: TimedOutForm | None, outcome: str
) -> None:
    error = {"status": 504, "code": "request.timeout", "message": "The request timed out."}
    wire.post(f"{ACTION}/test").respond(504, json=error)
    facts = learnt() if form is None else learnt(timeout_form=form)

    with GenesysClient(replace(connection, platform=facts)) as client:
        assert client.test_action("a1", {}, wait_s=1.0).outcome.outcome == outcome
