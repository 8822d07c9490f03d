import threading
from dataclasses import replace

import pytest
import respx
from hypothesis import given
from hypothesis import strategies as st

from diag.genesys.client import GenesysClient
from diag.genesys.http.connection import Connection
from diag.genesys.http.pacing import RateBucket


class FakeTime:
    def __init__(self) -> None:
        self.now = 0.0

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@given(gaps=st.lists(st.floats(0, 30), min_size=1, max_size=200), allowed=st.integers(1, 20))
def test_never_more_than_allowed_in_any_minute(gaps: list[float], allowed: int) -> None:
    time = FakeTime()
    bucket = RateBucket(allowed, clock=time.clock, sleep=time.sleep)
    starts = []
    for gap in gaps:
        time.now += gap
        bucket.take()
        starts.append(time.now)
    for at, start in enumerate(starts[allowed:]):
        assert start - starts[at] >= 60.0 - 1e-6


def test_the_first_minute_is_not_slowed_and_waits_are_told() -> None:
    time, waits = FakeTime(), list[float]()
    bucket = RateBucket(300, clock=time.clock, sleep=time.sleep)
    assert [bucket.take(waits.append) for _ in range(300)] == [0.0] * 300
    assert bucket.take(waits.append) == 60.0 and waits == [60.0]


def test_clients_of_one_connection_share_its_pace(wire: respx.MockRouter, connection: Connection) -> None:
    wire.get("https://api.mypurecloud.com/api/v2/organizations/me").respond(json={"id": "o", "name": "A"})
    waits: list[float] = []
    paced = replace(connection, bucket=RateBucket(2, clock=lambda: 0.0, sleep=waits.append))
    for _ in range(3):
        with GenesysClient(paced) as client:
            client.organization()
    assert waits == [60.0]
    announced: list[float] = []
    with GenesysClient(paced, on_wait=announced.append) as client:
        client.organization()
    assert announced == [60.0]


def test_test_calls_are_not_paced(wire: respx.MockRouter, connection: Connection) -> None:
    wire.post(url__regex=r".*/test\?.*").respond(json={"success": True})
    bucket = RateBucket(1, clock=lambda: 0.0, sleep=lambda _: pytest.fail("a test call was held back"))
    with GenesysClient(connection, bucket=bucket) as client:
        for _ in range(5):
            assert client.test_action("a1", {}, wait_s=5).outcome.outcome == "ok"


def test_threads_queue_behind_each_other() -> None:
    waits: list[float] = []
    bucket = RateBucket(2, clock=lambda: 0.0, sleep=waits.append)
    threads = [threading.Thread(target=bucket.take) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(waits) == [60.0, 60.0, 120.0, 120.0]
