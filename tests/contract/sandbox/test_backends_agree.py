"""What the client makes of a backend's reply is what a test call shows: each proves the other."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import httpx
import pytest

from diag.direct.comparison.compare_requests import RequestComparison, compare_requests
from diag.direct.comparison.shown_request import shown_request
from diag.direct.credentials.authorization import authorization
from diag.direct.direct_action import DirectAction, RenderedRequest, Secrets
from diag.direct.rendering.prepare import PreparedAction, prepare
from diag.direct.rendering.refusals import TemplateRefusedError
from diag.sandbox.world.scenario import shipped_scenarios
from diag.workload.payloads_from_contract import NoInput, from_contract
from tests.support.sandbox_in_process import InProcessSandbox

ACTIONS: Final = "/api/v2/integrations/actions"
OTHERS: Final = ("hostile-platform", "ten-thousand-actions", "two-thousand-actions")
"""Faults, and too much of the same."""
NONE: Final = Secrets()
SECRETS: Final = Secrets(
    {"apiKey": "crm-key", "clientId": "ledger", "clientSecret": "ledger-secret"}, {"access_token": "none"}
)


def direct_action(sandbox: InProcessSandbox, action_id: str) -> tuple[DirectAction, dict[str, Any]]:
    """An action as direct calls need it, and its contract."""
    uri = f"{ACTIONS}/{action_id}"
    action = sandbox.get(f"{uri}?includeConfig=true&expand=contract")
    texts = [sandbox.request("GET", f"{uri}/templates/{n}template.vm").text for n in ("request", "success")]
    request, response = action["config"]["request"], action["config"]["response"]
    direct = DirectAction(
        action_id=action_id,
        action_name=action["name"],
        method=request["requestType"],
        url_template=request["requestUrlTemplate"],
        headers=request["headers"],
        request_template=texts[0],
        translation_map=response["translationMap"],
        translation_defaults=response["translationMapDefaults"],
        success_template=texts[1],
        output_schema=json.dumps(action["contract"]["output"]["successSchema"]),
    )
    return direct, action["contract"]


def sent(sandbox: InProcessSandbox, request: RenderedRequest, **headers: str) -> httpx.Response:
    return sandbox.request(
        request.method, request.url, headers={**dict(request.headers), **headers}, content=request.body
    )


@pytest.mark.parametrize("scenario", [name for name in shipped_scenarios() if name not in OTHERS])
def test_a_direct_call_has_the_result_of_a_test_call(scenario: str) -> None:
    with InProcessSandbox(scenario) as sandbox:
        ids = [a for a, said in sandbox.get("/sandbox/truth")["actions"].items() if said["kind"] == "custom"]
        for action_id in ids:
            action, contract = direct_action(sandbox, action_id)
            made = from_contract(contract, 1)
            assert not isinstance(made, NoInput)
            inputs = dict(made[0].values)
            try:
                prepared = prepare(action)
                request = prepared.request(inputs, SECRETS)
            except TemplateRefusedError:
                assert (scenario, action.action_name) == ("direct", "Send Lines")
                continue
            reply = sent(sandbox, request)
            uri = f"{ACTIONS}/{action_id}/test"
            tested = sandbox.request("POST", uri, json=inputs).json()
            if reply.status_code >= 400 or not tested["success"]:
                continue  # refused by chance, or for want of credentials: see below
            result = prepared.result(reply.status_code, reply.content)
            if scenario == "submit-and-poll":
                assert isinstance(result.value, Mapping)
                assert result.value.keys() == tested["finalResult"].keys()
            else:
                assert (result.problem, result.value) == (None, tested["finalResult"]), action.action_name


def prepared_of(sandbox: InProcessSandbox, name: str) -> PreparedAction:
    return prepare(direct_action(sandbox, sandbox.action_id(name))[0])


INPUTS: Final[Mapping[str, dict[str, Any]]] = {
    "Get Customer": {"customerId": "C-1"},
    "Find Articles": {"text": 'say "no" & 50 % more/less?'},
    "Create Case": {"subject": 'He said "no"\n\\ twice', "note": "é"},
    "Close Case": {"caseId": "C-42"},
    "Get Orders": {"customerId": "C-1"},
    "Check Stock": {"sku": "S"},
    "Get Ledger Balance": {"accountId": "A"},
}


@pytest.mark.parametrize("name", INPUTS)
def test_credentials_of_every_kind_lead_to_the_result(name: str) -> None:
    with InProcessSandbox("direct") as sandbox:
        prepared = prepared_of(sandbox, name)
        secrets, headers = SECRETS, {}
        if prepared.needs_auth_response:
            login = prepared_of(sandbox, "Custom Auth - Ledger")
            assert login.credentials == {"clientId", "clientSecret"}
            token = sent(sandbox, login.request({}, SECRETS))
            answer = login.result(token.status_code, token.content).value
            assert isinstance(answer, dict) and answer["expires_in"] == 3600
            secrets = Secrets(SECRETS.credentials, answer)
        wants = {"Create Case": "api-key", "Close Case": "api-key", "Get Ledger Balance": "bearer"}
        if name == "Get Orders":
            wants[name] = "basic"
            orders = {"username": "orders", "password": "orders-password"}
            headers["Authorization"] = authorization("basic", orders)
        request = prepared.request(INPUTS[name], secrets)
        reply = sent(sandbox, request, **headers)
        assert reply.status_code == 200
        result = prepared.result(reply.status_code, reply.content)
        assert (result.problem, result.value) == (
            None,
            sandbox.test(name, **INPUTS[name]).json()["finalResult"],
        )

        if name in wants:
            for wrong in (
                {},
                {"X-Api-Key": "x"},
                {"Authorization": "Basic eA=="},
                {"Authorization": "Bearer x"},
            ):
                refused = sandbox.request(
                    request.method, request.url, headers={"Authorization": "", **wrong}, content=b"{}"
                )
                assert (refused.status_code, refused.json()["message"][-len(wants[name]) - 1 :]) == (
                    401,
                    f"{wants[name]}.",
                )
            outcomes = [call["outcome"] for call in sandbox.get("/sandbox/truth/calls")["calls"]]
            assert outcomes.count("auth_error") == 4


def test_a_token_endpoint_wants_the_right_client() -> None:
    with InProcessSandbox("direct") as sandbox:
        login = prepared_of(sandbox, "Custom Auth - Ledger")
        wrong = Secrets({"clientId": "ledger", "clientSecret": "wrong"})
        assert sent(sandbox, login.request({}, wrong)).status_code == 401
        right = sent(sandbox, login.request({}, SECRETS))
        bearer = {"Authorization": f"Bearer {right.json()['result']['access_token']}"}
        url = "/sandbox/backend/get-ledger-balance"
        assert sandbox.request("GET", url, headers=bearer).status_code == 200
        sandbox.clock.advance(3600.0)
        assert sandbox.request("GET", url, headers=bearer).status_code == 401


@pytest.mark.slow
def test_a_share_of_replies_breaks_the_contract_for_the_platform_and_for_us() -> None:
    name, inputs = "Quote Price", {"sku": "S"}
    with InProcessSandbox("direct", seed=2) as tested, InProcessSandbox("direct", seed=2) as called:
        prepared = prepared_of(called, name)
        request = prepared.request(inputs, NONE)
        results, bodies = [], []
        for _ in range(200):
            reply = sent(called, request)
            assert reply.status_code == 200
            results.append(prepared.result(200, reply.content))
            bodies.append(tested.test(name, **inputs).json())
        ours, theirs = (
            [call["outcome"] for call in one.get("/sandbox/truth/calls")["calls"]] for one in (called, tested)
        )

    broken = [result.problem is not None for result in results]
    assert broken == [not body["success"] for body in bodies] == [o == "contract_error" for o in ours]
    assert theirs == ours
    assert 3 <= sum(broken) <= 20
    first = bodies[broken.index(True)]
    assert [step["success"] for step in first["operations"]] == [True] * 5 + [False]
    assert first["operations"][-1]["name"] == "Validate output against schema"
    assert first["error"]["details"] == [{"errorCode": "ACTION.PROCESSING"}]


def test_the_steps_of_a_test_call_show_the_request_that_the_client_renders() -> None:
    with InProcessSandbox("direct") as sandbox:
        masked = {"Close Case": "X-Api-Key", "Get Orders": "Authorization"}
        for name in ("Get Customer", "Close Case", "Get Orders", "Check Stock"):
            ours = prepared_of(sandbox, name).request(INPUTS[name], SECRETS)
            if name == "Get Orders":
                headers = (*ours.headers, ("Authorization", "Basic b3JkZXJzOm9yZGVycy1wYXNzd29yZA=="))
                ours = RenderedRequest(ours.method, ours.url, headers, ours.body)
            theirs = shown_request(sandbox.test(name, **INPUTS[name]).json()["operations"])
            assert theirs is not None
            hidden = (f"header '{masked[name]}' (masked in the reply)",) if name in masked else ()
            assert compare_requests(ours, theirs, known="") == RequestComparison((), hidden)


def test_what_is_not_understood_is_not_shown_and_secrets_never_are() -> None:
    with InProcessSandbox("direct") as sandbox:
        replies = {name: sandbox.test(name, **inputs) for name, inputs in INPUTS.items()}
        replies["Custom Auth - Ledger"] = sandbox.test("Custom Auth - Ledger")
        shown: dict[str, Any] = {
            name: next((step["result"] for step in reply.json()["operations"] if "result" in step), None)
            for name, reply in replies.items()
        }
    assert shown["Find Articles"] is None, "its URL takes $esc"
    assert shown["Create Case"].keys() == {"url", "method", "headers"}, "its body takes $esc"
    assert shown["Create Case"]["headers"]["X-Api-Key"] == "***"
    assert shown["Get Ledger Balance"]["headers"]["Authorization"] == "***"
    ask = shown["Custom Auth - Ledger"]["body"]
    assert ask == "grant_type=client_credentials&client_id=***&client_secret=***"
    for reply in replies.values():
        assert not any(secret in reply.text for secret in ("crm-key", "ledger-secret", "orders-password"))


@pytest.mark.parametrize("switched", [{"resolved_request": "hidden"}, {"secure_results": "masked"}])
def test_what_the_steps_show_can_be_turned_off(switched: dict[str, Any]) -> None:
    with InProcessSandbox("direct") as sandbox:
        entry = sandbox.sandbox.org.entry(sandbox.action_id("Get Customer"))
        entry.published = replace(entry.revision(), secure=True)
        assert "result" in sandbox.test("Get Customer", customerId="C").json()["operations"][1]
        sandbox.sandbox.switches = replace(sandbox.sandbox.switches, **switched)
        steps = sandbox.test("Get Customer", customerId="C").json()["operations"]
        assert not any("result" in step for step in steps)
