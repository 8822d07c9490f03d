"""Faults on the wire: what is tried again, what is not, and what people are told."""

import logging
import socket
import ssl
import time

import httpx
import pytest
import respx
import stamina

from diag.genesys.client import GenesysClient
from diag.genesys.connection import Connection
from diag.genesys.errors import (
    ApiError,
    NetworkError,
    PermissionMissingError,
    PlatformError,
    RateLimitedError,
    RefusedRequestError,
    UnexpectedReplyError,
)
from diag.genesys.models import Action, ActionConfig, FullConfig
from diag.genesys.retrying import wait_before_retry
from diag.genesys.secret import Secret

API = "https://api.mypurecloud.com"
ME = f"{API}/api/v2/organizations/me"
ACTION = f"{API}/api/v2/integrations/actions/a1"
OK = httpx.Response(200, json={"id": "org-1", "name": "Acme"})
WHOLE = ActionConfig(3, {"requestType": "GET", "requestUrlTemplate": "https://crm/"}, {})
FULL = FullConfig(Action("a1", "A", None, None, 1, False, WHOLE), None, None)


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_read_is_tried_again(wire: respx.MockRouter, client: GenesysClient, status: int) -> None:
    route = wire.get(ME).mock(side_effect=[httpx.Response(status), httpx.Response(status), OK])
    assert client.organization().name == "Acme"
    assert route.call_count == 3


@pytest.mark.parametrize("status", [400, 403, 404, 409, 415, 501])
def test_what_cannot_pass_by_itself_is_not_tried_again(
    wire: respx.MockRouter, client: GenesysClient, status: int
) -> None:
    route = wire.get(ME).respond(status)
    with pytest.raises(ApiError) as caught:
        client.organization()
    assert route.call_count == 1 and caught.value.status == status


def test_a_lost_connection_is_tried_again_for_a_read(wire: respx.MockRouter, client: GenesysClient) -> None:
    wire.get(ME).mock(side_effect=[httpx.ReadError("reset"), httpx.RemoteProtocolError("cut"), OK])
    assert client.organization().name == "Acme"


@pytest.mark.parametrize("fault", [httpx.Response(503), httpx.Response(500), httpx.ReadError("reset")])
def test_a_write_is_not_repeated_when_its_effect_is_unknown(
    wire: respx.MockRouter, client: GenesysClient, fault: httpx.Response | Exception
) -> None:
    route = wire.patch(ACTION).mock(side_effect=[fault, OK])
    with pytest.raises(ApiError):
        client.patch_timeout(FULL, 5)
    assert route.call_count == 1


def test_a_write_turned_away_by_429_is_repeated(wire: respx.MockRouter, client: GenesysClient) -> None:
    route = wire.patch(ACTION).mock(
        side_effect=[
            httpx.Response(429, headers={"Retry-After": "3"}),
            httpx.Response(200, json={"id": "a1"}),
        ]
    )
    assert client.patch_timeout(FULL, 5).id == "a1"
    assert route.call_count == 2


def test_attempts_end(wire: respx.MockRouter, client: GenesysClient) -> None:
    route = wire.get(ME).respond(503)
    with pytest.raises(PlatformError):
        client.organization()
    assert route.call_count == 6


def test_retry_after_is_really_waited_for(wire: respx.MockRouter, client: GenesysClient) -> None:
    wire.get(ME).mock(side_effect=[httpx.Response(429, headers={"Retry-After": "1"}), OK])
    stamina.set_testing(False)
    started = time.monotonic()
    client.organization()
    assert time.monotonic() - started >= 1.0


@pytest.mark.parametrize(
    ("method", "error", "expected"),
    [
        ("GET", RateLimitedError("x", retry_after_s=23), 23),
        ("GET", RateLimitedError("x", retry_after_s=180), 180),
        ("GET", RateLimitedError("x", retry_after_s=181), False),
        ("GET", RateLimitedError("x"), True),
        ("PATCH", RateLimitedError("x", retry_after_s=2), 2),
        ("GET", PlatformError("x", status=503, retry_after_s=7), 7),
        ("PATCH", PlatformError("x", status=503, retry_after_s=7), False),
        ("DELETE", NetworkError("x"), False),
        ("GET", NetworkError("x", repeatable=False), False),
        ("GET", ValueError("x"), False),
    ],
)
def test_how_long_to_wait(method: str, error: Exception, expected: bool | float) -> None:
    assert wait_before_retry(method, error) == expected
    assert type(wait_before_retry(method, error)) is type(expected) or expected is not True


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
    ("error", "cause", "said"),
    [
        (httpx.ConnectError("x"), socket.gaierror(-2, "Name or service not known"), "cannot be resolved"),
        (httpx.ConnectError("x"), ConnectionRefusedError(111, "refused"), "refuses the connection"),
        (httpx.ConnectError("x"), ssl.SSLError(1, "bad"), "No trusted TLS connection"),
        (httpx.ConnectTimeout("x"), TimeoutError(), "cannot be reached"),
        (httpx.ReadTimeout("x"), TimeoutError(), "did not answer in time"),
        (httpx.ReadError("x"), ConnectionResetError(), "was lost"),
    ],
)
def test_no_reply_says_what_to_look_at(error: httpx.RequestError, cause: Exception, said: str) -> None:
    connection = Connection.to(region="us-east-1", access_token=Secret("t"))
    transport = FailingTransport(error, cause)
    with (
        GenesysClient(connection, transport=transport) as client,
        pytest.raises(NetworkError, match=said) as caught,
    ):
        client.organization()
    assert "api.mypurecloud.com" in caught.value.message
    assert caught.value.hint and caught.value.details == ("GET /api/v2/organizations/me",)
    assert caught.value.status is None


def test_a_wrong_address_fails_at_once_but_a_line_that_worked_is_tried_again(
    wire: respx.MockRouter, client: GenesysClient
) -> None:
    route = wire.get(ME).mock(side_effect=[httpx.ConnectError("down")])
    with pytest.raises(NetworkError):
        client.organization()
    assert route.call_count == 1
    with GenesysClient(client.connection) as other:
        wire["login"].side_effect = httpx.ConnectError("down")
        logins = wire["login"].call_count
        with pytest.raises(NetworkError):
            other.access_token()
        assert wire["login"].call_count == logins + 1
        wire["login"].side_effect = None
    route.mock(side_effect=[OK, httpx.ConnectError("down"), OK])
    client.organization()
    assert client.organization().name == "Acme"


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
    said = "Rate limit exceeded the maximum. Retry the request in [400] seconds"
    route = wire.get(ME).respond(429, json={"message": said})
    with pytest.raises(RateLimitedError) as caught:
        client.organization()
    assert caught.value.retry_after_s == 400 and route.call_count == 1


def test_a_limit_without_an_end_is_waited_for_past_the_minute(
    wire: respx.MockRouter, client: GenesysClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire.get(ME).respond(429)
    slept: list[float] = []
    monkeypatch.setattr("tenacity.nap.time.sleep", slept.append)
    stamina.set_testing(False)
    with pytest.raises(RateLimitedError):
        client.organization()
    assert slept == [2, 4, 8, 16, 32]


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


def test_nothing_secret_is_logged(
    wire: respx.MockRouter, client: GenesysClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wire.get(ME).mock(side_effect=[httpx.Response(503), httpx.Response(401), OK])
    client.organization()
    assert "retry 1" in caplog.text
    for secret in ("s3cr3t", "first-token", "Bearer", "Basic"):
        assert secret not in caplog.text
