"""Where a direct call goes, and over what: redirects, certificates, closed connections, refused hosts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from analysis.format.sample_schema import Outcome
from diag.direct.direct_load import DirectRules
from loadtests.planning.plan import LoadPlan
from loadtests.sending.direct.backends import HostRefusedError
from loadtests.sending.direct.direct_setup import DirectSetup
from tests.support.certificates import self_signed
from tests.support.direct_backend import OK_REPLY, backend, direct_load, direct_way, one_call, reply, way_to
from tests.support.waiting import wait_until


def test_a_redirect_on_the_same_host_is_followed_with_the_method_that_its_status_asks_for() -> None:
    for status, line in (("302 Found", b"GET /there"), ("307 Temporary", b"POST /there")):

        def answer(request: bytes, status: str = status) -> bytes:
            return OK_REPLY if b"/there" in request else reply(b"", "Location: there", status=status)

        with backend(answer) as running:
            load = direct_load(running.base, path="/here", method="POST", request_template='{"a": 1}')
            with direct_way(load, running.base) as way:
                assert one_call(way).outcome == Outcome.OK
        assert running.received[1].startswith(line)
        assert running.received[1].endswith(b'{"a": 1}') is line.startswith(b"POST")
        assert running.connections == 1


def test_each_call_has_a_trace_of_its_own_and_the_headers_that_it_needs() -> None:
    with backend(lambda _: OK_REPLY) as running, way_to(running.base) as way:
        calls = [way.connect(0)[0] for _ in range(2)]
        replies = [way.exchange(call, 0) for call in calls]

    first, second = (request.decode().split("\r\n") for request in running.received)
    assert first[0] == "GET /x HTTP/1.1"
    names = [line.partition(":")[0].lower() for line in first[1:] if line]
    assert sorted(names) == ["host", "traceparent", "user-agent"]
    ids = {line for line in (*first, *second) if line.startswith("traceparent: ")}
    assert {line.split("-")[1] for line in ids} == {reply.correlation_id for reply in replies}
    assert len(ids) == 2
    assert {line[:16] + line[-3:] for line in ids} == {"traceparent: 00--00"}


def test_a_call_that_fails_is_never_sent_again() -> None:
    with backend(lambda _: None) as running, way_to(running.base) as way:
        assert one_call(way).error_code == "connection_closed"
        assert one_call(way).error_code == "connection_closed"

    assert len(running.received) == 2


def test_a_certificate_that_nobody_vouches_for_is_named_and_nothing_is_sent(tmp_path: Path) -> None:
    server, _ = self_signed(tmp_path, "IP:127.0.0.1")
    with backend(lambda _: OK_REPLY, server) as running, way_to(running.base) as way:
        ended = one_call(way)

    assert (ended.outcome, ended.error_code) == (Outcome.NETWORK_ERROR, "certificate_not_verified")
    assert running.received == []


def test_a_backend_that_speaks_no_tls_is_named() -> None:
    with backend(lambda _: reply(b"")) as running, way_to(running.base.replace("http:", "https:")) as way:
        ended = one_call(way)

    assert (ended.outcome, ended.error_code) == (Outcome.NETWORK_ERROR, "tls_error")


def test_a_connection_that_the_backend_closed_meanwhile_is_not_used() -> None:
    def answer(_: bytes) -> Iterator[bytes]:
        yield OK_REPLY
        raise ConnectionError

    with backend(answer) as running, way_to(running.base) as way:
        assert one_call(way).outcome == Outcome.OK
        wait_until(lambda: running.closed == 1, "the backend closes")
        assert one_call(way).outcome == Outcome.OK
        assert running.connections == 2


def test_nothing_is_sent_to_an_address_that_is_not_allowed() -> None:
    with backend(lambda _: OK_REPLY) as running:
        base = running.base.replace("127.0.0.1", "localhost")
        load = direct_load(base)
        rules = DirectRules({base.partition("://")[2]: 10.0})
        calls = DirectSetup(LoadPlan((load,), direct=rules), connections=1, environment={})
        ended = one_call(calls.way(load))
        calls.close()

    assert (ended.outcome, ended.error_code) == (Outcome.NETWORK_ERROR, "address_refused")
    assert running.connections == 0


def test_a_host_that_was_not_confirmed_is_refused_before_the_first_call() -> None:
    load = direct_load("https://api.example.com")

    with pytest.raises(HostRefusedError, match=r"api\.example\.com is not confirmed"), direct_way(load):
        pass
