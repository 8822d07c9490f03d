import threading

import httpx
import pytest
import respx

from diag.genesys.api_errors import LoginError, RateLimitedError, UnexpectedReplyError
from diag.genesys.client import GenesysClient
from diag.genesys.http.connection import Connection
from diag.genesys.http.login import TokenSource
from diag.genesys.http.secret import Secret
from tests.support.genesys.respx_org import ACME, LOGIN, ME
from tests.support.waiting import wait_until


def test_client_credentials_with_basic_on_the_login_host(
    wire: respx.MockRouter, client: GenesysClient
) -> None:
    wire.get(ME).respond(json=ACME)
    assert client.organization().name == "Acme"
    request = wire["login"].calls.last.request
    assert str(request.url) == f"{LOGIN}/oauth/token"
    assert request.headers["Authorization"] == "Basic bXktY2xpZW50OnMzY3IzdC12YWx1ZQ=="
    assert request.content == b"grant_type=client_credentials"


def test_one_login_serves_many_calls(wire: respx.MockRouter, client: GenesysClient) -> None:
    route = wire.get(ME).respond(json=ACME)
    for _ in range(5):
        client.organization()
    assert wire["login"].call_count == 1
    assert route.calls.last.request.headers["Authorization"] == "Bearer first-token"


def test_threads_share_one_login(wire: respx.MockRouter, client: GenesysClient) -> None:
    asking: list[int] = []

    def ask() -> None:
        asking.append(1)
        client.organization()

    def slow(_request: httpx.Request) -> httpx.Response:
        wait_until(lambda: len(asking) == 8, "the other callers")
        return httpx.Response(200, json={"access_token": "t", "expires_in": 3600})

    wire["login"].mock(side_effect=slow)
    wire.get(ME).respond(json=ACME)
    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wire["login"].call_count == 1


@pytest.mark.parametrize(("life_s", "still_good_s", "renewed_s"), [(86400, 86339, 86341), (40, 29, 31)])
def test_the_token_is_renewed_before_it_expires(
    wire: respx.MockRouter, connection: Connection, life_s: int, still_good_s: float, renewed_s: float
) -> None:
    now = [1000.0]
    wire["login"].respond(json={"access_token": "t", "expires_in": life_s})
    with httpx.Client() as http:
        source = TokenSource(connection, http, clock=lambda: now[0])
        source.token()
        now[0] = 1000.0 + still_good_s
        source.token()
        assert wire["login"].call_count == 1
        now[0] = 1000.0 + renewed_s
        source.token()
        assert wire["login"].call_count == 2


@pytest.mark.parametrize("expiry", [{}, {"expires_in": 0}, {"expires_in": -1}, {"expires_in": "soon"}])
def test_a_reply_without_an_expiry_does_not_cause_a_login_for_every_call(
    wire: respx.MockRouter, client: GenesysClient, expiry: dict[str, object]
) -> None:
    wire["login"].respond(json={"access_token": "t", **expiry})
    wire.get(ME).respond(json=ACME)
    client.organization()
    client.organization()
    assert wire["login"].call_count == 1


def test_a_token_another_thread_has_replaced_is_not_thrown_away(
    wire: respx.MockRouter, connection: Connection
) -> None:
    wire["login"].side_effect = [
        httpx.Response(200, json={"access_token": token, "expires_in": 9999})
        for token in ("old", "new", "newest")
    ]
    with httpx.Client() as http:
        source = TokenSource(connection, http)
        old = source.token()
        source.discard(old)
        assert source.token() == Secret("new")
        source.discard(old)  # the slower thread got its 401 for the old one, too
        assert source.token() == Secret("new")


def test_a_401_is_tried_once_more_with_a_new_token(wire: respx.MockRouter, client: GenesysClient) -> None:
    wire["login"].side_effect = [
        httpx.Response(200, json={"access_token": token, "expires_in": 9999}) for token in ("old", "new")
    ]
    route = wire.get(ME)
    route.side_effect = [httpx.Response(401), httpx.Response(200, json=ACME)]
    assert client.organization().id == "org-1"
    assert [call.request.headers["Authorization"] for call in route.calls] == ["Bearer old", "Bearer new"]


def test_a_second_401_is_an_error(wire: respx.MockRouter, client: GenesysClient) -> None:
    route = wire.get(ME).respond(401, json={"code": "bad.credentials", "contextId": "abc", "status": 401})
    with pytest.raises(LoginError) as caught:
        client.organization()
    assert route.call_count == 2
    assert caught.value.category == "auth" and caught.value.correlation_id == "abc"


def test_a_given_access_token_is_used_and_never_renewed(wire: respx.MockRouter) -> None:
    route = wire.get(ME).respond(401)
    with GenesysClient(Connection.to(region="us-east-1", access_token=Secret("given"))) as client:
        with pytest.raises(LoginError):
            client.organization()
        assert client.access_token() == Secret("given")
    assert route.call_count == 1 and wire["login"].call_count == 0
    assert route.calls.last.request.headers["Authorization"] == "Bearer given"


def test_wrong_credentials_name_client_and_region_but_no_secret(
    wire: respx.MockRouter, client: GenesysClient
) -> None:
    wire["login"].respond(400, json={"error": "invalid_client", "error_description": "client not found"})
    with pytest.raises(LoginError) as caught:
        client.organization()
    everything = f"{caught.value.message} {caught.value.hint} {caught.value.details}"
    assert "my-client" in everything and "region" in everything and "client not found" in everything
    assert "s3cr3t" not in everything


def test_login_throttling_is_recognised_and_waited_for(wire: respx.MockRouter, client: GenesysClient) -> None:
    throttled = httpx.Response(
        400, json={"error": "invalid_request", "error_description": "rate limit exceeded; try later"}
    )
    wire["login"].side_effect = [throttled, httpx.Response(200, json={"access_token": "t", "expires_in": 99})]
    wire.get(ME).respond(json=ACME)
    assert client.organization().name == "Acme"
    wire["login"].side_effect = None
    wire["login"].mock(return_value=throttled)
    with GenesysClient(client.connection) as other, pytest.raises(RateLimitedError) as caught:
        other.access_token()
    assert caught.value.limit_namespace == "auth.api"


def test_a_login_page_instead_of_a_token(wire: respx.MockRouter, client: GenesysClient) -> None:
    wire["login"].respond(200, html="<html>Please accept the terms</html>")
    with pytest.raises(UnexpectedReplyError, match="not JSON") as caught:
        client.organization()
    assert "(36 bytes of text/html)" in caught.value.message


@pytest.mark.parametrize(
    "body", [b"access_token=TOPSECRET", b"<html>TOPSECRET", b'{"access_token": "TOPSECRET"']
)
@pytest.mark.parametrize(
    "content_type", ["text/plain; x=TOPSECRET", "TOPSECRET", "T" * 300 + "/TOPSECRET", ""]
)
def test_of_a_reply_that_is_not_json_no_text_is_shown(
    wire: respx.MockRouter, client: GenesysClient, body: bytes, content_type: str
) -> None:
    wire["login"].respond(200, content=body, headers={"Content-Type": content_type})
    with pytest.raises(UnexpectedReplyError) as caught:
        client.organization()
    shown = f"{caught.value.message} {caught.value.hint} {caught.value.details}"
    assert "TOPSECRET" not in shown and "access_token" not in shown
    assert f"{len(body)} bytes" in shown


def test_nor_of_any_other_reply(wire: respx.MockRouter, client: GenesysClient) -> None:
    wire.get(ME).respond(200, html="<html>session=TOPSECRET</html>")
    with pytest.raises(UnexpectedReplyError) as caught:
        client.organization()
    assert "TOPSECRET" not in caught.value.message
    assert "GET /api/v2/organizations/me is not JSON (30 bytes of text/html)" in caught.value.message


def test_no_credentials(wire: respx.MockRouter) -> None:
    with GenesysClient(Connection.to(region="us-east-1")) as client, pytest.raises(LoginError) as caught:
        client.organization()
    assert caught.value.hint is not None and "diag demo" in caught.value.hint


@pytest.mark.parametrize("token", ["", "a b", "first\r\nX-Admin: 1", "t\u00f6ken", "a\u0000"])
def test_a_token_that_would_break_out_of_its_header_is_refused(
    wire: respx.MockRouter, client: GenesysClient, token: str
) -> None:
    wire["login"].respond(json={"access_token": token, "expires_in": 3600})
    with pytest.raises(UnexpectedReplyError, match="characters that no token has") as caught:
        client.organization()
    assert not token or token not in str(caught.value)
