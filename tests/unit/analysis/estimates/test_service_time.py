"""Which clock a latency is read from, and what is subtracted."""

import pytest

from analysis.estimates.service_time import on_the_right_clock
from tests.support.sample_tables import START, arrays, calls


@pytest.mark.parametrize(("lag_s", "clock", "latency_ms"), [(0.09, "service", 500), (0.2, "response", 700)])
def test_a_schedule_not_kept_moves_the_clock(lag_s: float, clock: str, latency_ms: float) -> None:
    found = on_the_right_clock(arrays(calls([0.5] * 50, lag_s=lag_s)))
    assert found.clock == clock
    assert found.calls.latency_ms == pytest.approx(latency_ms)


def test_a_call_that_was_never_sent_shows_no_latency_on_either_clock() -> None:
    lost = arrays(calls([0.5] * 50 + [0.0] * 10, outcome=["ok"] * 50 + ["network_error"] * 10, lag_s=0.2))
    found = on_the_right_clock(lost)
    assert found.clock == "response"
    assert len(found.calls.ran()) == 50


def test_only_the_smallest_overhead_of_each_worker_is_subtracted() -> None:
    near, far = calls([0.5] * 30, rtt_ms=20.0), calls([0.5] * 30, worker="w2", rtt_ms=90.0)
    near.loc[:10, "rtt_ms"] = 45.0
    found = on_the_right_clock(arrays(near, far))
    assert sorted(set(found.calls.latency_ms)) == [410.0, 480.0]
    few = on_the_right_clock(arrays(calls([0.5] * 19, rtt_ms=90.0)))
    assert set(few.calls.latency_ms) == {500.0}


def test_a_plan_of_another_day_is_no_plan() -> None:
    table = calls([0.5] * 50)
    table.loc[:20, "scheduled_at"] = [-1e308, 1e308, 0.0, *[START - 90_000] * 18]
    assert on_the_right_clock(arrays(table)).clock == "service"
