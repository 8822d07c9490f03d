"""Direct calls against a backend that answers as it likes: each misbehaviour is a named outcome, in time."""

import gc
import gzip
import itertools
import resource
import socket
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import gevent
import pytest

from analysis.format.sample_schema import InputOrigin, Outcome
from diag.direct.direct_load import DirectRules
from diag.workload.payload import Payload
from loadtests.planning.plan import LoadPlan
from loadtests.sending.connections.network_errors import DeadlinePassedError
from loadtests.sending.direct import bounded_reply
from loadtests.sending.direct.backends import HostRefusedError
from loadtests.sending.direct.bounded_reply import MOST_BODY_BYTES, BodyRoom
from loadtests.sending.direct.direct_calls import DirectCalls
from loadtests.sending.direct.direct_way import DirectWay
from tests.support.certificates import self_signed
from tests.support.direct_backend import OK_REPLY, Answer, backend, direct_load, direct_way, one_call
from tests.support.source_files import ROOT
from tests.support.waiting import wait_until


def reply(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = "".join(f"{line}\r\n" for line in (*headers, f"Content-Length: {len(body)}"))
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body


@contextmanager
def way_to(base: str, *, deadline_s: float = 5.0) -> Iterator[DirectWay]:
    with direct_way(direct_load(base, deadline_s=deadline_s), base) as way:
        yield way


def outcome(answer: Answer, *, deadline_s: float = 5.0) -> tuple[str, str | None]:
    with backend(answer) as running, way_to(running.base, deadline_s=deadline_s) as way:
        ended = one_call(way)
    return ended.outcome, ended.error_code


def _ids(value: object) -> str:
    return str(value) if isinstance(value, str) else "reply"


JSON = b'{"id": 1}'
RAW = zlib.compressobj(wbits=-15)
DEFLATED = RAW.compress(JSON) + RAW.flush()


@pytest.mark.parametrize(
    "whole",
    [
        OK_REPLY,
        b"HTTP/1.1 200 OK\r\n\r\n" + JSON,  # up to the end of the connection
        b"HTTP/1.0 200 OK\r\n\r\n" + JSON,
        b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{"id\r\n5\r\n": 1}\r\n0\r\n\r\n',
        b"HTTP/1.1 100 Continue\r\n\r\n" + OK_REPLY,
        reply(JSON, "Connection: close"),
        reply(gzip.compress(JSON), "Content-Encoding: gzip"),
        reply(gzip.compress(JSON[:4]) + gzip.compress(JSON[4:]), "Content-Encoding: x-gzip"),
        reply(zlib.compress(JSON), "Content-Encoding: deflate"),
        reply(DEFLATED, "Content-Encoding: deflate"),
        reply(JSON, "Content-Encoding: identity", status="201 Created"),
    ],
    ids=_ids,
)
def test_every_form_of_a_good_reply_is_read(whole: bytes) -> None:
    def once(_: bytes) -> Iterator[bytes]:
        yield whole
        raise ConnectionError  # closes: some of them have no other end

    assert outcome(once) == (Outcome.OK, None)


class ByteByByte:
    """A socket on which one byte arrives at a time."""

    def __init__(self, whole: bytes) -> None:
        self._bytes = iter(whole)

    def recv(self, _: int) -> bytes:
        return bytes([next(self._bytes)])


@pytest.mark.parametrize("packed", [gzip.compress(JSON), zlib.compress(JSON), DEFLATED], ids=_ids)
def test_a_packed_body_is_read_in_whatever_pieces_it_arrives(packed: bytes) -> None:
    arriving = ByteByByte(reply(packed, "Content-Encoding: deflate"))

    assert bounded_reply.read_body(arriving, bounded_reply.read_head(arriving, "GET"), BodyRoom()) == JSON


@pytest.mark.parametrize(
    ("whole", "ended", "code"),
    [
        (reply(b"", status="204 No Content"), Outcome.CONTRACT_ERROR, "contract"),
        (reply(b'{"id": "one"}'), Outcome.CONTRACT_ERROR, "contract"),
        (reply(b"<html>"), Outcome.CONTRACT_ERROR, "contract"),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", Outcome.BACKEND_ERROR, "http_304"),
        (reply(b"busy", status="503 Busy"), Outcome.BACKEND_ERROR, "http_503"),
        (reply(b"", "Retry-After: 9", status="429 Slow"), Outcome.BACKEND_ERROR, "http_429"),
        (reply(b"", status="401 No"), Outcome.AUTH_ERROR, "http_401"),
        (reply(b"", status="403 No"), Outcome.AUTH_ERROR, "http_403"),
        (reply(b"", status="302 Found"), Outcome.BACKEND_ERROR, "http_302"),
        (reply(b"", "Location: /x", status="302 F"), Outcome.BACKEND_ERROR, "too_many_redirects"),
        (reply(b"", "Location: //other.example/", status="307 T"), Outcome.BACKEND_ERROR, "redirect_refused"),
        (reply(b"", "Location: ftp://[", status="308 P"), Outcome.BACKEND_ERROR, "redirect_refused"),
        (b"SSH-2.0-OpenSSH\r\n", Outcome.NETWORK_ERROR, "not_http"),
        (OK_REPLY + OK_REPLY, Outcome.NETWORK_ERROR, "not_http"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", Outcome.NETWORK_ERROR, "not_http"),
        (b"HTTP/1.1 200 OK\r\nX: ", Outcome.NETWORK_ERROR, "not_http"),
        (b"", Outcome.NETWORK_ERROR, "connection_closed"),
        (reply(JSON, "Content-Encoding: br"), Outcome.NETWORK_ERROR, "encoding_unknown"),
        (reply(JSON, "Content-Encoding: gzip"), Outcome.NETWORK_ERROR, "encoding_broken"),
        (reply(gzip.compress(JSON)[:-4], "Content-Encoding: gzip"), Outcome.NETWORK_ERROR, "encoding_broken"),
    ],
    ids=_ids,
)
def test_every_other_reply_has_a_name(whole: bytes, ended: str, code: str) -> None:
    def answer(_: bytes) -> Iterator[bytes]:
        yield whole
        if b"Location" not in whole:
            raise ConnectionError

    assert outcome(answer) == (ended, code)


def test_a_broken_contract_names_where_and_what_and_no_value() -> None:
    with backend(lambda _: reply(b'{"id": "canary-value"}')) as running, way_to(running.base) as way:
        ended = one_call(way)

    assert (ended.failed_step, ended.message) == ("$.id", "type: not integer")


def _endless(head: bytes, block: bytes) -> Answer:
    return lambda _: itertools.chain([head], itertools.repeat(block))


GZIPPED = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
ZEROS = zlib.compressobj(wbits=31)
BOMB = ZEROS.compress(bytes(1 << 26)) + ZEROS.flush()


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (_endless(b"HTTP/1.1 200 OK\r\n\r\n", bytes(65536)), "reply_too_large"),
        (_endless(b"HTTP/1.1 500 E\r\n\r\n", bytes(65536)), "reply_too_large"),
        (_endless(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 1000), "headers_too_large"),
        (_endless(b"HTTP/1.1 200 OK\r\nX: ", b"y" * 10000), "headers_too_large"),
        (_endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000), "headers_too_large"),
        (lambda _: reply(BOMB, "Content-Encoding: gzip"), "reply_too_large"),
        (_endless(GZIPPED, gzip.compress(b"")), "encoding_broken"),
    ],
    ids=_ids,
)
def test_what_never_ends_is_given_up_and_memory_stays_bounded(answer: Answer, code: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    assert outcome(answer) == (Outcome.NETWORK_ERROR, code)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown * 1024 < 6 * MOST_BODY_BYTES


def test_the_largest_reply_that_is_read_is_read() -> None:
    body = bytes(MOST_BODY_BYTES)

    assert outcome(lambda _: reply(body, status="500 E")) == (Outcome.BACKEND_ERROR, "http_500")
    assert outcome(lambda _: reply(body)) == (Outcome.CONTRACT_ERROR, "contract")
    assert outcome(lambda _: reply(body + b" ")) == (Outcome.NETWORK_ERROR, "reply_too_large")


def _drip(piece: bytes) -> Answer:
    def answer(_: bytes) -> Iterator[bytes]:
        while True:
            time.sleep(0.02)  # of the server's thread: the drip itself
            yield piece

    return answer


def _slow_body(_: bytes) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\n\r\n"
    while True:
        time.sleep(0.02)
        yield b" "


def _silent(_: bytes) -> Iterator[bytes]:
    time.sleep(1)
    yield b""


@pytest.mark.parametrize("answer", [_silent, _drip(b"HTTP/1.1 100 C\r\n\r\n"), _slow_body], ids=_ids)
def test_the_deadline_ends_a_call_however_it_is_drawn_out(answer: Answer) -> None:
    with backend(answer) as running, way_to(running.base, deadline_s=0.15) as way:
        call, _ = way.connect(0)
        with pytest.raises(DeadlinePassedError) as passed:
            way.exchange(call, 0)

    assert 0.15 <= passed.value.elapsed_s < 0.6
    assert way.judge_failure(passed.value, connected=True).outcome == Outcome.TIMEOUT


def test_redirects_share_one_deadline() -> None:
    def answer(_: bytes) -> Iterator[bytes]:
        time.sleep(0.06)
        yield reply(b"", "Location: /again", status="302 Found")

    with backend(answer) as running, way_to(running.base, deadline_s=0.15) as way:
        assert one_call(way).outcome == Outcome.TIMEOUT
        assert len(running.received) <= 3


HANDSHAKE = """
from gevent import monkey; monkey.patch_all()  # as Locust does: only then is TLS gevent's
import gevent
from tests.support.direct_backend import backend, direct_load, direct_way, one_call
with backend(lambda _: gevent.sleep(5) or b"") as running:
    base = running.base.replace("http:", "https:")
    with direct_way(direct_load(base, deadline_s=0.15), base) as way:
        print(one_call(way).outcome, one_call(way).error_code)
"""


@pytest.mark.slow
def test_a_handshake_that_does_not_end_is_part_of_the_deadline() -> None:
    done = subprocess.run([sys.executable, "-c", HANDSHAKE], cwd=ROOT, capture_output=True, text=True)

    assert done.stdout.split() == ["timeout", "deadline"], done.stderr


def test_connecting_is_part_of_the_deadline() -> None:
    full = socket.socket()
    full.bind(("127.0.0.1", 0))
    full.listen(0)
    fillers = [socket.socket() for _ in range(4)]
    for filler in fillers:
        filler.setblocking(False)
        filler.connect_ex(full.getsockname())
    try:
        with way_to(f"http://127.0.0.1:{full.getsockname()[1]}", deadline_s=0.15) as way:
            ended = one_call(way)
    finally:
        for each in (*fillers, full):
            each.close()

    assert (ended.outcome, ended.error_code) == (Outcome.TIMEOUT, "deadline")


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
        calls = DirectCalls(LoadPlan((load,), direct=rules), connections=1, environment={})
        ended = one_call(calls.way(load))
        calls.close()

    assert (ended.outcome, ended.error_code) == (Outcome.NETWORK_ERROR, "address_refused")
    assert running.connections == 0


def test_a_host_that_was_not_confirmed_is_refused_before_the_first_call() -> None:
    load = direct_load("https://api.example.com")

    with pytest.raises(HostRefusedError, match=r"api\.example\.com is not confirmed"), direct_way(load):
        pass


def test_bodies_of_many_calls_share_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_reply, "MOST_BYTES_TOGETHER", 100_000)
    held = threading.Event()

    def answer(request: bytes) -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n" + b" " * 80_000
        if b"/first" in request:
            held.wait(20)
        yield b" " * 10_000

    with backend(answer) as running:
        load = direct_load(running.base, path="/${input.name}")
        load = replace(
            load, payloads=tuple(Payload.of(n, {"name": n}, InputOrigin.FILE) for n in ("first", "b"))
        )
        with direct_way(load, running.base) as way:
            first = gevent.spawn(one_call, way, 0)
            wait_until(lambda: way._backends.room._taken, "the first body", sleep=gevent.sleep)
            assert one_call(way, 1).error_code == "reply_too_large"
            held.set()
            first.join()
            assert first.value.error_code == "contract"
            assert one_call(way, 1).error_code == "contract"  # there is room again


def test_calls_that_end_at_the_deadline_leave_nothing_for_the_garbage_collector() -> None:
    with backend(_silent) as running, way_to(running.base, deadline_s=0.02) as way:
        one_call(way)
        gc.collect()
        for _ in range(10):
            one_call(way)
        assert gc.collect() < 50  # what it looks through for long stops every other call
