"""Replies to direct calls: each form that is read, and a name for every other, in bounded memory."""

import gzip
import itertools
import resource
import threading
import zlib
from collections.abc import Iterator
from dataclasses import replace

import gevent
import pytest

from analysis.format.sample_schema import InputOrigin, Outcome
from diag.workload.payload import Payload
from loadtests.sending.direct import bounded_reply
from loadtests.sending.direct.bounded_reply import MOST_BODY_BYTES, BodyRoom
from tests.support.direct_backend import (
    OK_REPLY,
    Answer,
    backend,
    direct_load,
    direct_way,
    one_call,
    reply,
    way_to,
)
from tests.support.waiting import wait_until


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
