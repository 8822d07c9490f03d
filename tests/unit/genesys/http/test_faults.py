"""Faults on the way, as errors that say what is wrong and where."""

import socket
import ssl

import httpx
import pytest
import respx

from diag.genesys.api_errors import (
    NetworkError,
    PermissionMissingError,
    RateLimitedError,
    RefusedRequestError,
    UnexpectedReplyError,
)
from diag.genesys.client import GenesysClient
from diag.genesys.http.connection import Connection
from diag.genesys.http.secret import Secret
from tests.support.genesys.respx_org import ACTION, FULL, ME, OK


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (httpx.Response(429, headers={"Retry-After": "1"}), "rate_limited"),
        (httpx.Response(503), "platform_error"),
        (httpx.ReadError("reset"), "network_error"),
    ],
)
def test_a_test_call_is_never_repeated(
    wire: respx.MockRouter, client: GenesysClient, fault: httpx.Response | Exception, outcome: str
) -> None:
    route = wire.post(f"{ACTION}/test").mock(side_effect=[fault, OK])
    assert client.test_action("a1", {"id": "7"}, wait_s=5, timeout_s=3).outcome.outcome == outcome
    assert route.call_count == 1


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (httpx.ReadTimeout("x"), "client_timeout"),
        (httpx.ConnectTimeout("x"), "network_error"),
        (httpx.ConnectError("x"), "network_error"),
        (httpx.RemoteProtocolError("x"), "network_error"),
    ],
)
def test_a_test_call_without_a_reply_is_a_value(
    wire: respx.MockRouter, client: GenesysClient, fault: Exception, outcome: str
) -> None:
    wire.post(f"{ACTION}/draft/test").mock(side_effect=fault)
    reply = client.test_action("a1", {}, draft=True, wait_s=1)
    assert (reply.status, reply.outcome.outcome, reply.result) == (None, outcome, None)


def test_a_test_call_keeps_its_values_to_itself(wire: respx.MockRouter, client: GenesysClient) -> None:
    route = wire.post(f"{ACTION}/test").respond(
        json={
            "success": True,
            "operations": [{"name": "Execute", "result": "Jane"}],
            "finalResult": {"n": "Jane"},
        },
        headers={"ININ-Correlation-Id": "c-9"},
    )
    reply = client.test_action("a1", {"id": "Jane"}, wait_s=5)
    assert reply.outcome.outcome == "ok" and reply.correlation_id == "c-9" and reply.elapsed_ms >= 0
    assert reply.result is not None and reply.result.final_result == {"n": "Jane"}
    assert "Jane" not in repr(reply)
    assert route.calls.last.request.url.params["flatten"] == "true"
    assert route.calls.last.request.content == b'{"id":"Jane"}'


class FailingTransport(httpx.BaseTransport):
    """Fails as httpcore does: the socket's own error is the cause."""

    def __init__(self, error: httpx.RequestError, cause: Exception) -> None:
        self.error, self.cause = error, cause

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        raise self.error from self.cause


@pytest.mark.parametrize(
    ("error", "cause", "wording"),
    [
        (httpx.ConnectError("x"), socket.gaierror(-2, "Name or service not known"), "cannot be resolved"),
        (httpx.ConnectError("x"), ConnectionRefusedError(111, "refused"), "refuses the connection"),
        (httpx.ConnectError("x"), ssl.SSLError(1, "bad"), "No trusted TLS connection"),
        (httpx.ConnectTimeout("x"), TimeoutError(), "cannot be reached"),
        (httpx.ReadTimeout("x"), TimeoutError(), "did not answer in time"),
        (httpx.ReadError("x"), ConnectionResetError(), "was lost"),
    ],
)
def test_no_reply_says_what_to_check(error: httpx.RequestError, cause: Exception, wording: str) -> None:
    connection = Connection.to(region="us-east-1", access_token=Secret("t"))
    transport = FailingTransport(error, cause)
    with (
        GenesysClient(connection, transport=transport) as client,
        pytest.raises(NetworkError, match=wording) as caught,
    ):
        client.organization()
    assert "api.mypurecloud.com" in caught.value.message
    assert caught.value.hint and caught.value.details == ("GET /api/v2/organizations/me",)
    assert caught.value.status is None


@pytest.mark.parametrize(
    ("reply", "named"),
    [
        (
            {
                "code": "missing.any.permissions",
                "message": "Unable to perform the requested action. You must have at least one of "
                "the following permissions assigned: [integrations:action:view, bridge:actions:view]",
            },
            ("integrations:action:view", "bridge:actions:view"),
        ),
        (
            {"code": "missing.permissions", "messageParams": {"p": "integrations:action:edit"}},
            ("integrations:action:edit",),
        ),
        ({"code": "not.authorized"}, ("integrations:action:edit",)),
    ],
)
def test_a_403_names_the_missing_permission(
    wire: respx.MockRouter, client: GenesysClient, reply: dict[str, object], named: tuple[str, ...]
) -> None:
    wire.patch(ACTION).respond(403, json={**reply, "status": 403, "contextId": "ctx-1"})
    with pytest.raises(PermissionMissingError) as caught:
        client.patch_timeout(FULL, 5)
    error = caught.value
    assert error.permissions == named and all(name in error.message for name in named)
    assert error.category == "auth" and error.code == reply["code"]
    assert any("ctx-1" in line for line in error.details)


def test_a_429_says_whose_limit(wire: respx.MockRouter, client: GenesysClient) -> None:
    wire.get(ME).respond(
        429,
        json={"code": "too.many.requests", "limit": {"key": "k", "namespace": "platform.api", "value": 300}},
        headers={"Retry-After": "500"},
    )
    with pytest.raises(RateLimitedError) as caught:
        client.organization()
    assert (caught.value.limit_namespace, caught.value.retry_after_s) == ("platform.api", 500)


def test_the_wait_is_read_from_the_text_where_the_header_is_missing(
    wire: respx.MockRouter, client: GenesysClient
) -> None:
    wording = "Rate limit exceeded the maximum. Retry the request in [400] seconds"
    route = wire.get(ME).respond(429, json={"message": wording})
    with pytest.raises(RateLimitedError) as caught:
        client.organization()
    assert caught.value.retry_after_s == 400 and route.call_count == 1


@pytest.mark.parametrize("content", [b"<html>proxy</html>", b"", b"[]", b'{"name": 3}', b"\xff\xfe"])
def test_a_reply_of_another_form_is_a_clear_error(
    wire: respx.MockRouter, client: GenesysClient, content: bytes
) -> None:
    wire.get(ME).respond(200, content=content)
    with pytest.raises(UnexpectedReplyError) as caught:
        client.organization()
    assert "/api/v2/organizations/me" in caught.value.message and caught.value.hint


def test_a_redirect_is_not_followed_with_the_token(wire: respx.MockRouter, client: GenesysClient) -> None:
    elsewhere = wire.get("https://evil.example/").respond(200)
    wire.get(ME).respond(302, headers={"Location": "https://evil.example/"})
    with pytest.raises(UnexpectedReplyError, match="redirect"):
        client.organization()
    assert elsewhere.call_count == 0


def test_the_older_error_form_is_read_too(wire: respx.MockRouter, client: GenesysClient) -> None:
    wire.get(ME).respond(
        400, json={"errorCode": "BAD_REQUEST", "userMessage": "malformed", "correlationId": "fbb8"}
    )
    with pytest.raises(RefusedRequestError) as caught:
        client.organization()
    assert (caught.value.code, caught.value.correlation_id) == ("BAD_REQUEST", "fbb8")
    assert "Genesys says: malformed" in caught.value.details
