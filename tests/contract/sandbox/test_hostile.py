"""Requests nobody should send: always a 4xx ErrorBody, never a 500, and the next request still works."""

import contextlib
import json
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.examples import examples
from tests.support.running_sandbox import RunningSandbox

ACTIONS = "/api/v2/integrations/actions"
Victim = tuple[httpx.Client, str]


@pytest.fixture(scope="module")
def victim(sandbox: RunningSandbox) -> Iterator[Victim]:
    """A client and the address of an action."""
    with sandbox.client() as client:
        yield client, f"{ACTIONS}/{sandbox.action_id('Get Account Balance')}"


def refused(reply: httpx.Response, *statuses: int) -> None:
    assert reply.status_code in statuses, reply.text[:300]
    body = reply.json()
    assert body["status"] == reply.status_code
    assert body["contextId"] == reply.headers["ININ-Correlation-Id"]
    assert body["message"] and body["code"]


def post(
    client: httpx.Client, uri: str, content: bytes | Iterator[bytes], kind: str = "application/json"
) -> httpx.Response:
    return client.post(uri, content=content, headers={"Content-Type": kind})


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"null",
        b'"text"',
        b"7",
        b"{",
        b'{"a":NaN}',
        b'{"a":1e999}',
        b'{"a":' + b"9" * 5000 + b"}",
        b"\xff\xfe{}",
        b'{"a":"\xff"}',
        b'{"version":1,"name":"\\ud800"}',
    ],
)
def test_bodies_of_the_wrong_kind(victim: Victim, content: bytes) -> None:
    client, uri = victim
    refused(client.patch(uri, content=content, headers={"Content-Type": "application/json"}), 400)


@pytest.mark.parametrize("levels", [60, 5_000, 200_000])
def test_deep_nesting(victim: Victim, levels: int) -> None:
    client, uri = victim
    refused(post(client, f"{uri}/test", b'{"a":' * levels + b"1" + b"}" * levels), 400, 413)
    refused(post(client, f"{uri}/test", b'{"a":' + b"[" * levels), 400)


@pytest.mark.parametrize("chunked", [False, True])
def test_ten_megabytes(victim: Victim, chunked: bool) -> None:
    client, uri = victim
    body = b'{"accountId":"' + b"x" * 10_000_000 + b'"}'
    content = iter([body[i : i + 65_536] for i in range(0, len(body), 65_536)]) if chunked else body
    hung_up = (httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError)
    with contextlib.suppress(*hung_up):  # while still talking: also a refusal
        refused(post(client, f"{uri}/test", content), 413)
    assert client.get(uri).status_code == 200


@pytest.mark.parametrize(
    "schema",
    [{"type": 5}, {"$ref": "http://127.0.0.1:9/x"}, {"$ref": "#"}, {"properties": {"a": {"pattern": "("}}}],
)
def test_a_contract_that_cannot_be_used_is_an_error_of_the_action(
    scapegoat: Victim, schema: dict[str, Any]
) -> None:
    client, id_ = scapegoat
    integration = client.get(f"{ACTIONS}/{id_}").json()["integrationId"]
    body = {"name": "Odd", "category": "Test", "integrationId": integration}
    body["contract"] = {"input": {"inputSchema": schema}, "output": {"successSchema": {}}}
    odd = client.post(ACTIONS, json=body).json()["id"]
    reply = client.post(f"{ACTIONS}/{odd}/test", json={"a": "x"})
    client.delete(f"{ACTIONS}/{odd}")
    assert reply.json()["error"]["code"] == "invalid.schema"
    assert "the input schema itself" in reply.json()["error"]["errors"][0]["message"]


def test_another_content_type(victim: Victim) -> None:
    client, uri = victim
    refused(post(client, f"{uri}/test", b"<a/>", "application/xml"), 415)


@pytest.mark.parametrize("method", ["PUT", "OPTIONS", "TRACE", "PROPFIND"])
def test_wrong_methods(victim: Victim, method: str) -> None:
    client, uri = victim
    refused(client.request(method, uri), 405)
    refused(client.request(method, "/oauth/token"), 405)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/api",
        "/api/v2/integrations/actions/",
        "/api/v2/integrations/actions/%00",
        "/api/v2/integrations/actions/..%2f..%2fetc%2fpasswd",
        "/api/v2/integrations/actions/x/templates/..%2f",
        "/api/v2/integrations/actions/" + "x" * 20_000,
        "/process/actions",
    ],
)
def test_paths_that_are_not_there(victim: Victim, path: str) -> None:
    client, _ = victim
    if path != "/":
        refused(client.get(path), 404)


@pytest.mark.parametrize(
    "query",
    [
        "pageSize=0",
        "pageSize=101",
        "pageSize=x",
        "pageNumber=-1",
        "pageNumber=" + "9" * 5000,
        "pageNumber=1_0",
        "secure=perhaps",
        "sortOrder=up",
        "sortBy=colour",
        "includeConfig=2",
        "ids=" + ",".join("x" * 60),
    ],
)
def test_queries_that_make_no_sense(victim: Victim, query: str) -> None:
    client, _ = victim
    refused(client.get(f"{ACTIONS}?{query}"), 400)


def test_a_page_beyond_the_last_is_empty(victim: Victim) -> None:
    client, _ = victim
    assert client.get(f"{ACTIONS}?pageNumber=1000").json()["entities"] == []


def test_bytes_that_are_not_http(sandbox: RunningSandbox) -> None:
    host, port = sandbox.base_url.removeprefix("http://").split(":")
    for garbage in (
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"HELLO\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
    ):
        with socket.create_connection((host, int(port)), timeout=10) as raw:
            raw.sendall(garbage)
            reply = raw.recv(65_536)
        head, _, body = reply.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 400 ")
        assert json.loads(body)["code"] == "bad.request"
    assert httpx.get(f"{sandbox.base_url}/sandbox/truth", trust_env=False, verify=False).status_code == 200


def test_a_client_that_hangs_up_in_mid_call_harms_nobody(sandbox: RunningSandbox, victim: Victim) -> None:
    client, uri = victim
    with sandbox.client() as hasty, pytest.raises(httpx.ReadTimeout):
        hasty.post(f"{uri}/test", json={"accountId": "A"}, timeout=0.005)
    assert client.post(f"{uri}/test", json={"accountId": "A"}).json()["success"] is True


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
KEYS = ["name", "category", "version", "config", "contract", "secure", "integrationId", "timeoutSeconds"]
KEYS += ["request", "response", "input", "output", "inputSchema", "requestTemplate", "headers", "views"]
KEYS += ["interval", "granularity", "groupBy", "filter", "metrics", "kind", "faults", "share", "path"]
SHAPED = st.recursive(
    JSON, lambda inner: st.dictionaries(st.sampled_from(KEYS), inner, max_size=5), max_leaves=20
)
TARGETS = [
    ("PATCH", ACTIONS + "/{id}"),
    ("POST", ACTIONS),
    ("POST", ACTIONS + "/drafts"),
    ("PATCH", ACTIONS + "/{id}/draft"),
    ("POST", ACTIONS + "/{id}/draft/publish"),
    ("PUT", ACTIONS + "/{id}/draft/function"),
    ("POST", ACTIONS + "/{id}/execute"),
    ("POST", "/api/v2/analytics/actions/aggregates/query"),
    ("POST", "/sandbox/switches"),
    ("POST", "/sandbox/limits"),
    ("POST", "/oauth/token"),
]


@pytest.fixture(scope="module")
def scapegoat(sandbox: RunningSandbox) -> Iterator[Victim]:
    """An action of its own, with a draft, that requests may ruin."""
    with sandbox.client() as client:
        integration = client.get("/api/v2/integrations").json()["entities"][0]["id"]
        body = {"name": "Scapegoat", "category": "Test", "integrationId": integration, "secure": False}
        id_ = client.post(ACTIONS, json=body).json()["id"]
        client.post(f"{ACTIONS}/{id_}/draft")
        yield client, id_
        client.delete(f"{ACTIONS}/{id_}")


@pytest.mark.slow
@settings(max_examples=examples(200), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(target=st.sampled_from(TARGETS), body=SHAPED)
def test_no_json_whatever_brings_a_500(scapegoat: Victim, target: tuple[str, str], body: Any) -> None:
    client, id_ = scapegoat
    method, path = target
    reply = client.request(method, path.format(id=id_), json=body)
    assert reply.status_code < 500, reply.text
    if reply.status_code >= 400 and path != "/oauth/token":
        refused(reply, reply.status_code)
