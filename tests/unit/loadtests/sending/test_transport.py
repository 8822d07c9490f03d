import errno
import math
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from geventhttpclient.response import HTTPConnectionClosed, HTTPParseError

from analysis.format.sample_schema import ActionVersion
from diag.errors import UsageError
from loadtests.sending.connections.error_codes import NETWORK_ERRORS, error_name
from loadtests.sending.connections.pools import ENOUGH_CONNECTS, shared_ssl_context
from loadtests.sending.connections.proxy import Proxy, proxy_for
from loadtests.sending.transport import Transport

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nININ-Correlation-Id: c-1\r\nRetry-After: 7\r\n\r\n{}"


@contextmanager
def server(answer: Callable[[bytes], bytes | None]) -> Iterator[tuple[str, list[bytes]]]:
    """A server on a thread; `answer` gives the reply to each request, None closes the connection."""
    received: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                while data := _receive(connection):
                    received.append(data)
                    reply = answer(data)
                    if reply is None:
                        break
                    connection.sendall(reply)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", received
    finally:
        listening.close()


def _receive(connection: socket.socket) -> bytes:
    try:
        return connection.recv(65536)
    except OSError:
        return b""


def test_a_request_is_whole_and_goes_to_the_test_of_the_action() -> None:
    transport = Transport("https://gateway.example.com:8443/genesys/", connections=1)

    published = transport.prepare("custom_-_1/2", ActionVersion.PUBLISHED, b'{"a":1}', "t0k").decode()
    draft = transport.prepare("x", ActionVersion.DRAFT, b"{}", "t0k").decode()

    assert published.startswith("POST /genesys/api/v2/integrations/actions/custom_-_1%2F2/test HTTP/1.1\r\n")
    assert "\r\nHost: gateway.example.com:8443\r\n" in published
    assert "\r\nAuthorization: Bearer t0k\r\n" in published
    assert published.endswith('Content-Length: 7\r\n\r\n{"a":1}')
    assert "/actions/x/draft/test HTTP/1.1" in draft


def test_certificates_are_verified_with_one_context_for_all() -> None:
    pools: list[Any] = [
        Transport("https://api.example.com", connections=1)._connections.pool for _ in range(2)
    ]

    assert [kind.__name__ for kind in type(pools[0]).__mro__[2:4]] == ["SSLConnectionPool", "_TimesConnects"]
    assert {id(pool.ssl_context) for pool in pools} == {id(shared_ssl_context())}
    assert shared_ssl_context().verify_mode is ssl.CERT_REQUIRED
    assert shared_ssl_context().check_hostname


def test_a_connection_is_kept_and_only_the_first_call_on_it_is_marked_new() -> None:
    with server(lambda _: OK) as (address, received):
        transport = Transport(address, connections=2)
        news = []
        for _ in range(3):
            sock, new = transport.connect()
            news.append(new)
            reply = transport.exchange(sock, b"GET / HTTP/1.1\r\n\r\n", 5.0)
        transport.close()

    assert news == [True, False, False]
    assert (reply.status, reply.body, reply.correlation_id, reply.retry_after) == (200, b"{}", "c-1", "7")
    assert len(received) == 3


def test_the_round_trip_is_the_fastest_of_several_connects() -> None:
    with server(lambda _: None) as (address, _):
        transport = Transport(address, connections=1)
        for _ in range(ENOUGH_CONNECTS):
            assert math.isnan(transport.rtt_ms)
            sock, _new = transport.connect()
            with pytest.raises(NETWORK_ERRORS):
                transport.exchange(sock, b"GET / HTTP/1.1\r\n\r\n", 5.0)

    assert 0 < transport.rtt_ms < 5000


def test_a_failed_call_is_never_sent_again() -> None:
    with server(lambda _: None) as (address, received):
        transport = Transport(address, connections=2)
        sock, _ = transport.connect()
        with pytest.raises(NETWORK_ERRORS):
            transport.exchange(sock, b"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n", 5.0)
        transport.close()

    assert len(received) == 1


def test_no_reply_is_given_up_after_the_limit() -> None:
    with server(lambda _: b"HTTP/1.1 200 OK\r\nContent-Le") as (address, _):
        transport = Transport(address, connections=1)
        sock, _ = transport.connect()
        with pytest.raises(TimeoutError) as caught:
            transport.exchange(sock, b"GET / HTTP/1.1\r\n\r\n", 0.2)
        transport.close()

    assert error_name(caught.value) == "no_reply"


@pytest.mark.parametrize("size", [65_535, 65_536, 65_537, 200_000])
def test_a_long_reply_arrives_whole(size: int) -> None:
    body = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    reply = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + body
    with server(lambda _: reply) as (base, _):
        transport = Transport(base, connections=1)
        for is_first in (True, False):
            sock, fresh = transport.connect()
            assert transport.exchange(sock, b"x", 5.0).body == body
            assert fresh is is_first
        transport.close()


def test_a_reply_without_end_is_cut_off_and_frees_its_place(monkeypatch: "pytest.MonkeyPatch") -> None:
    monkeypatch.setattr("loadtests.sending.transport.MOST_BYTES", 100_000)
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n"
    with server(lambda _: head + b"x" * 300_000) as (base, _):
        transport = Transport(base, connections=1)
        for _ in range(2):
            sock, fresh = transport.connect()
            with pytest.raises(NETWORK_ERRORS) as caught:
                transport.exchange(sock, b"x", 5.0)
            assert (fresh, error_name(caught.value)) == (True, "reply_too_large")
        transport.close()


def test_a_refused_connection_says_so_and_frees_its_place() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    transport = Transport(f"http://127.0.0.1:{port}", connections=1)

    for _ in range(3):  # a place that was not freed would make the second wait for ever
        with pytest.raises(ConnectionRefusedError) as caught:
            transport.connect()
    assert error_name(caught.value) == "econnrefused"


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (ssl.SSLCertVerificationError(), "certificate_not_verified"),
        (ssl.SSLError(), "tls_error"),
        (TimeoutError(), "no_reply"),
        (socket.gaierror(), "name_not_resolved"),
        (HTTPConnectionClosed(), "connection_closed"),
        (HTTPParseError(), "not_http"),
        (OSError(errno.ECONNRESET, "x"), "econnreset"),
        (ValueError("secret"), "valueerror"),
    ],
)
def test_failures_have_short_stable_names_without_their_text(error: Exception, name: str) -> None:
    assert error_name(error) == name


@pytest.fixture
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    return monkeypatch


def test_a_call_goes_through_the_proxy_of_the_environment(no_proxies: pytest.MonkeyPatch) -> None:
    refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"
    with server(lambda _: refusal) as (address, received):
        no_proxies.setenv("HTTPS_PROXY", address.replace("http://", "http://us%40er:pass@"))
        transport = Transport("https://api.example.com", connections=1)
        with pytest.raises(NETWORK_ERRORS) as caught:
            transport.connect()

    assert error_name(caught.value) == "proxy_refused"
    assert received[0].startswith(b"CONNECT api.example.com:443 HTTP/1.1\r\n")
    assert b"Proxy-Authorization: Basic dXNAZXI6cGFzcw==" in received[0]  # us@er:pass
    assert math.isnan(transport.rtt_ms)


@pytest.mark.parametrize(
    ("variables", "api_base", "expected"),
    [
        ({}, "https://api.example.com", None),
        ({"HTTPS_PROXY": "http://proxy:3128"}, "https://api.example.com", Proxy("proxy", 3128)),
        ({"HTTPS_PROXY": "proxy:3128"}, "https://api.example.com", Proxy("proxy", 3128)),
        ({"ALL_PROXY": "http://proxy"}, "https://api.example.com", Proxy("proxy", 80)),
        ({"HTTPS_PROXY": "http://proxy:3128"}, "http://127.0.0.1:8377", None),
        ({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": ".example.com"}, "https://api.example.com", None),
    ],
)
def test_the_proxy_is_the_one_the_client_uses(
    no_proxies: pytest.MonkeyPatch, variables: dict[str, str], api_base: str, expected: Proxy | None
) -> None:
    for name, value in variables.items():
        no_proxies.setenv(name, value)

    assert proxy_for(api_base) == expected


def test_a_proxy_the_load_cannot_use_is_refused_without_its_password(no_proxies: pytest.MonkeyPatch) -> None:
    no_proxies.setenv("HTTPS_PROXY", "socks5://user:secret@proxy:1080")

    with pytest.raises(UsageError, match=r"socks5://proxy\.") as caught:
        proxy_for("https://api.example.com")
    assert "secret" not in str(caught.value)
    assert "secret" not in repr(Proxy("proxy", 80, "user", "secret"))
