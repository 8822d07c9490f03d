"""Which calls are tried again, after how long, and which never are."""

import logging
import time
from types import SimpleNamespace

import httpx
import pytest
import respx
import stamina

from diag.genesys.api_errors import (
    ApiError,
    NetworkError,
    PlatformError,
    RateLimitedError,
)
from diag.genesys.client import GenesysClient
from diag.genesys.http.retrying import wait_before_retry
from tests.support.genesys.respx_org import ACTION, FULL, ME, OK


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


@pytest.mark.slow
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
            httpx.Response(200, json={"id": "a1", "version": 2}),
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


def test_a_limit_without_an_end_is_waited_for_past_the_minute(
    wire: respx.MockRouter, client: GenesysClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire.get(ME).respond(429)
    slept: list[float] = []
    monkeypatch.setattr("tenacity.nap.time", SimpleNamespace(sleep=slept.append))
    stamina.set_testing(False)
    with pytest.raises(RateLimitedError):
        client.organization()
    assert slept == [2, 4, 8, 16, 32]


def test_nothing_secret_is_logged(
    wire: respx.MockRouter, client: GenesysClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wire.get(ME).mock(side_effect=[httpx.Response(503), httpx.Response(401), OK])
    client.organization()
    assert "retry 1" in caplog.text
    for secret in ("s3cr3t", "first-token", "Bearer", "Basic"):
        assert secret not in caplog.text
