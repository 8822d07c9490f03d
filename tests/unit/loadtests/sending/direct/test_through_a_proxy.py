"""Direct calls where the environment names a proxy: what it is asked, learns, and never gets."""

import ssl
from collections.abc import Iterator

import pytest

from analysis.format.sample_schema import Outcome
from loadtests.sending.connections import pools
from loadtests.sending.direct import proxied_host
from loadtests.sending.direct.backends import HostRefusedError
from tests.support.certificates import self_signed
from tests.support.direct_backend import OK_REPLY, DirectBackend, backend, direct_load, direct_way, one_call
from tests.support.forward_proxy import ForwardProxy, forward_proxy

HOST = "crm.nowhere.invalid"
BASE = f"https://{HOST}"
CANARY = b"canary-5e2"


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    return self_signed(tmp_path_factory.mktemp("tls"), f"DNS:{HOST},DNS:localhost")


@pytest.fixture
def crm(
    tls: tuple[ssl.SSLContext, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> Iterator[DirectBackend]:
    """A backend that only the proxy knows by its name, and whose certificate is trusted."""
    server, client = tls
    monkeypatch.setattr(pools, "shared_ssl_context", lambda: client)
    with backend(lambda _: OK_REPLY, server) as running:
        yield running


@pytest.fixture
def proxy(crm: DirectBackend, monkeypatch: pytest.MonkeyPatch) -> Iterator[ForwardProxy]:
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"):
        for each in (name, name.lower()):
            monkeypatch.delenv(each, raising=False)
    with forward_proxy({f"{HOST}:443": int(crm.base.rpartition(":")[2])}) as running:
        monkeypatch.setenv("HTTPS_PROXY", f"http://me:secret@{running.address}")
        yield running


def test_it_is_told_the_host_and_nothing_of_the_request(proxy: ForwardProxy, crm: DirectBackend) -> None:
    load = direct_load(BASE, path=f"/{CANARY.decode()}", headers={"X-Key": CANARY.decode()})
    with direct_way(load, BASE) as way:
        assert [one_call(way).outcome for _ in range(2)] == [Outcome.OK] * 2

    (asked,) = proxy.asked  # the connection is kept
    assert asked.startswith(f"CONNECT {HOST}:443 HTTP/1.1\r\n".encode())
    assert b"Proxy-Authorization: Basic bWU6c2VjcmV0\r\n" in asked
    assert CANARY not in proxy.seen
    assert [CANARY in request for request in crm.received] == [True, True]
    assert b"roxy" not in b"".join(crm.received)


def test_one_that_refuses_is_a_named_outcome(proxy: ForwardProxy) -> None:
    other = "https://other.nowhere.invalid"
    with direct_way(direct_load(other), other) as way:
        ended = one_call(way)

    assert (ended.outcome, ended.error_code) == (Outcome.NETWORK_ERROR, "proxy_refused")


def test_a_host_in_no_proxy_is_called_past_it(proxy: ForwardProxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "nowhere.invalid")
    with direct_way(direct_load(BASE), BASE) as way:
        assert one_call(way).outcome is Outcome.NETWORK_ERROR  # nobody here knows the name

    assert proxy.seen == b""


def test_a_private_backend_is_never_handed_to_it(
    proxy: ForwardProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proxied_host, "addresses_of", lambda *_: ("203.0.113.9", "10.0.0.7"))
    for base, named in ((BASE, HOST), ("https://10.0.0.7", "10.0.0.7")):
        with (
            pytest.raises(HostRefusedError, match=rf"an address of a private network.*NO_PROXY={named}"),
            direct_way(direct_load(base), base),
        ):
            pass

    assert proxy.seen == b""


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_this_machine_is_called_past_it(
    proxy: ForwardProxy, crm: DirectBackend, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://{proxy.address}")
    with backend(lambda _: OK_REPLY) as plain:
        base = plain.base if scheme == "http" else crm.base.replace("127.0.0.1", "localhost")
        with direct_way(direct_load(base), base) as way:
            assert one_call(way).outcome is Outcome.OK

    assert proxy.seen == b""
