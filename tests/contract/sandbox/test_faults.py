"""Each fault does what it says, and the rest of the sandbox lives on."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.support.running_sandbox import RunningSandbox, StartSandbox

ACTIONS = "/api/v2/integrations/actions"
Fault = dict[str, Any]
Sabotaged = tuple[httpx.Client, Callable[..., httpx.Response]]


@pytest.fixture(scope="module")
def sabotaged(sandbox: RunningSandbox) -> Iterator[Sabotaged]:
    """A client and a way to arm faults on the shared sandbox; disarmed afterwards."""
    # What a fault left in a connection must not meet the next request.
    with sandbox.client(keep_alive=False) as client:
        yield client, lambda *faults: client.post("/sandbox/faults", json={"faults": list(faults)})
        client.post("/sandbox/faults", json={"faults": []})


@pytest.fixture(autouse=True)
def disarmed(sabotaged: Sabotaged) -> Iterator[None]:
    yield
    client, arm = sabotaged
    arm()
    assert client.get(ACTIONS).status_code == 200


@pytest.fixture
def balance(sandbox: RunningSandbox) -> str:
    return f"{ACTIONS}/{sandbox.action_id('Get Account Balance')}"


PAYLOAD = {"accountId": "A"}


def calls_seen(client: httpx.Client) -> int:
    return int(client.get("/sandbox/truth/calls").json()["total"])


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_status_before_and_after_the_work(sabotaged: Sabotaged, balance: str, status: int) -> None:
    client, arm = sabotaged
    for kind, work in (("status", 0), ("status_after", 1)):
        arm({"kind": kind, "path": "/test$", "status": status})
        reply = client.post(f"{balance}/test", json=PAYLOAD)
        assert reply.status_code == reply.json()["status"] == status
        # By its own id: calls other tests abandoned may still be ending in the shared sandbox.
        ids = {"ids": reply.headers["ININ-Correlation-Id"]}
        assert len(client.get("/sandbox/truth/calls", params=ids).json()["calls"]) == work


def test_a_429_with_retry_after(sabotaged: Sabotaged, balance: str) -> None:
    client, arm = sabotaged
    arm({"kind": "status", "status": 429, "retry_after_s": 7})
    reply = client.post(f"{balance}/test", json=PAYLOAD)
    assert (reply.status_code, reply.headers["retry-after"]) == (429, "7")


@pytest.mark.parametrize(("kind", "work"), [("reset", 0), ("reset_after", 1)])
def test_a_reset_before_and_after_the_work(sabotaged: Sabotaged, balance: str, kind: str, work: int) -> None:
    client, arm = sabotaged
    before = calls_seen(client)
    arm({"kind": kind, "path": "/test$"})
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        client.post(f"{balance}/test", json=PAYLOAD)
    # This action's only: slow calls that other tests abandoned may still be ending in the shared sandbox.
    since = client.get("/sandbox/truth/calls", params={"after": before}).json()["calls"]
    assert sum(call["action_id"] in balance for call in since) == work


def test_a_patch_that_took_effect_although_the_connection_was_reset(start_sandbox: StartSandbox) -> None:
    running = start_sandbox()
    with running.client() as client:
        uri = f"{ACTIONS}/{running.action_id('Get Account Balance')}"
        running.arm({"kind": "reset_after", "method": "patch", "hits": 1})
        with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
            client.patch(uri, json={"version": 1, "name": "Renamed"})
        assert client.get(uri).json()["name"] == "Renamed"


def test_a_stale_connection_fails_only_when_used_again(sandbox: RunningSandbox, sabotaged: Sabotaged) -> None:
    _, arm = sabotaged
    with sandbox.client() as fresh:
        arm({"kind": "stale_keep_alive", "path": "organizations/me"})
        assert fresh.get("/api/v2/organizations/me").status_code == 200
        with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
            fresh.get("/api/v2/organizations/me")
        assert fresh.get("/api/v2/organizations/me").status_code == 200


def test_a_truncated_reply(sabotaged: Sabotaged) -> None:
    client, arm = sabotaged
    arm({"kind": "truncated", "path": "actions$"})
    with pytest.raises(httpx.RemoteProtocolError):
        client.get(ACTIONS)


def test_a_malformed_reply_and_a_page_of_html(sabotaged: Sabotaged) -> None:
    client, arm = sabotaged
    arm({"kind": "malformed", "path": "actions$"})
    reply = client.get(ACTIONS)
    assert reply.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        reply.json()
    arm({"kind": "html", "status": 502})
    reply = client.get(ACTIONS)
    assert (reply.status_code, reply.headers["content-type"]) == (502, "text/html; charset=utf-8")


def test_a_huge_reply(sabotaged: Sabotaged) -> None:
    client, arm = sabotaged
    arm({"kind": "huge", "path": "actions$", "megabytes": 3})
    reply = client.get(ACTIONS)
    assert len(reply.content) > 3_000_000
    assert reply.json()["total"] == 11


def test_a_slow_and_a_failing_login(sandbox: RunningSandbox, sabotaged: Sabotaged) -> None:
    _, arm = sabotaged
    arm({"kind": "slow", "path": "oauth/token", "for_s": 0.4})
    login: dict[str, Any] = {"data": {"grant_type": "client_credentials"}, "auth": ("sandbox", "sandbox")}
    reply = httpx.post(f"{sandbox.base_url}/oauth/token", trust_env=False, verify=False, **login)
    assert reply.elapsed.total_seconds() >= 0.4
    arm({"kind": "login_throttled", "path": "oauth/token"})
    throttled = httpx.post(f"{sandbox.base_url}/oauth/token", trust_env=False, verify=False, **login)
    assert (throttled.status_code, throttled.json()["error"]) == (400, "invalid_request")
    arm({"kind": "status", "path": "oauth/token", "status": 503})
    assert (
        httpx.post(f"{sandbox.base_url}/oauth/token", trust_env=False, verify=False, **login).status_code
        == 503
    )


def test_a_token_that_ends_in_mid_run(sandbox: RunningSandbox, sabotaged: Sabotaged) -> None:
    _, arm = sabotaged
    with sandbox.client() as client:
        arm({"kind": "token_expired", "skip": 2, "hits": 1})
        assert [client.get(ACTIONS).status_code for _ in range(4)] == [200, 200, 401, 401]
    with sandbox.client() as again:
        assert again.get(ACTIONS).status_code == 200


def test_somebody_else_edits_the_action_just_before_the_patch(start_sandbox: StartSandbox) -> None:
    running = start_sandbox()
    with running.client() as client:
        uri = f"{ACTIONS}/{running.action_id('Get Account Balance')}"
        running.arm({"kind": "edited_meanwhile", "method": "PATCH", "hits": 1})
        version = client.get(uri).json()["version"]
        assert client.patch(uri, json={"version": version, "name": "Mine"}).status_code == 409
        version = client.get(uri).json()["version"]
        assert client.patch(uri, json={"version": version, "name": "Mine"}).status_code == 200


@pytest.mark.slow
def test_shares_and_counts(sabotaged: Sabotaged) -> None:
    client, arm = sabotaged
    arm({"kind": "status", "path": "organizations/me", "share": 0.3})
    failed = sum(client.get("/api/v2/organizations/me").status_code == 500 for _ in range(200))
    assert 30 < failed < 95
    (fault,) = client.get("/sandbox/faults").json()["faults"]
    assert (fault["matched"], fault["hit"]) == (200, failed)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"kind": "gremlin"}, "must be one of"),
        ({"kind": "status", "status": 200}, "from 400 to 599"),
        ({"kind": "status", "path": "("}, "not a regular expression"),
        ({"kind": "status", "colour": "red"}, "unknown setting 'colour'"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(sabotaged: Sabotaged, fault: Fault, said: str) -> None:
    _, arm = sabotaged
    reply = arm(fault)
    assert reply.status_code == 400
    assert said in reply.json()["message"]


def test_a_part_taken_out_or_sent_as_null(sabotaged: Sabotaged, balance: str) -> None:
    client, arm = sabotaged
    whole = client.get(f"{balance}?includeConfig=true").json()
    arm({"kind": "stripped", "part": "config.response"})
    assert "response" not in client.get(f"{balance}?includeConfig=true").json()["config"]
    arm({"kind": "nulled", "part": "name"})
    assert client.get(f"{balance}?includeConfig=true").json() == {**whole, "name": None}
    assert arm({"kind": "stripped"}).status_code == 400
    assert arm({"kind": "page", "part": "name"}).status_code == 400


def test_pages_nothing_and_other_character_sets(sabotaged: Sabotaged, balance: str) -> None:
    client, arm = sabotaged
    template = f"{balance}/templates/successtemplate.vm"
    text = client.get(template).text
    arm({"kind": "page"})
    assert client.get(template).headers["Content-Type"].startswith("text/html")
    arm({"kind": "empty"})
    assert (client.get(template).status_code, client.get(template).content) == (200, b"")
    arm({"kind": "latin1"})
    assert client.get(template).headers["Content-Type"] == "text/plain; charset=iso-8859-1"
    arm({"kind": "latin1_unsaid"})
    assert client.get(template).headers["Content-Type"] == "text/plain; charset=utf-8"
    arm({"kind": "unmeasured"})
    unmeasured = client.get(template)
    assert (unmeasured.text, "Content-Length" in unmeasured.headers) == (text, False)
    assert "Transfer-Encoding" not in unmeasured.headers
    arm({"kind": "miscounted", "path": "/templates/"})
    with pytest.raises(httpx.RemoteProtocolError):
        client.get(template)
    arm({"kind": "undercounted", "path": "/templates/"})
    assert client.get(template).text == text[:-10]


def test_a_write_that_arrives_twice_is_done_once(sabotaged: Sabotaged, balance: str) -> None:
    client, arm = sabotaged
    version = client.get(balance).json()["version"]
    arm({"kind": "doubled", "method": "PATCH"})
    assert client.patch(balance, json={"version": version}).status_code == 409
    assert client.get(balance).json()["version"] == version + 1


def test_misleading_replies(sabotaged: Sabotaged, balance: str) -> None:
    client, arm = sabotaged
    template = f"{balance}/templates/successtemplate.vm"
    whole = client.get(template).text
    arm({"kind": "partial", "path": "successtemplate"})
    reply = client.get(template)
    assert (reply.status_code, reply.text) == (206, whole[: len(whole) // 2])
    arm({"kind": "aged"})
    assert client.get(template).headers["Age"] == "3600"
    arm({"kind": "mislabelled", "value": "utf-16-le", "path": "successtemplate"})
    reply = client.get(template)
    assert (reply.content, reply.headers["Content-Type"]) == (whole.encode(), "text/plain; charset=utf-16-le")
    arm({"kind": "retyped", "part": "version", "value": "-1", "path": "/actions/[^/]+$"})
    assert client.get(balance).json()["version"] == -1
    arm({"kind": "replayed", "path": "/templates/"})
    first = client.get(template).text
    assert client.get(f"{balance}/templates/requesttemplate.vm").text == first
    arm({"kind": "status", "status": 504, "code": "authentication.request.timeout"})
    assert client.get(balance).json()["code"] == "authentication.request.timeout"


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "retyped", "part": "version"},
        {"kind": "page", "value": "1"},
        {"kind": "page", "part": "name"},
    ],
)
def test_a_fault_without_what_it_needs_is_refused(sabotaged: Sabotaged, fault: Fault) -> None:
    _, arm = sabotaged
    assert arm(fault).status_code == 400
