"""The deadline of a direct call: whatever draws it out ends it in time, and leaves nothing behind."""

import gc
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from analysis.format.sample_schema import Outcome
from loadtests.sending.connections.error_codes import DeadlinePassedError
from tests.support.direct_backend import Answer, backend, one_call, reply, way_to
from tests.support.source_files import ROOT


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


@pytest.mark.parametrize(
    "answer", [_silent, _drip(b"HTTP/1.1 100 C\r\n\r\n"), _slow_body], ids=["silent", "drip", "slow body"]
)
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


@pytest.mark.slow
def test_calls_that_end_at_the_deadline_leave_nothing_for_the_garbage_collector() -> None:
    with backend(_silent) as running, way_to(running.base, deadline_s=0.02) as way:
        one_call(way)
        gc.collect()
        for _ in range(10):
            one_call(way)
        assert gc.collect() < 50  # what it looks through for long stops every other call
