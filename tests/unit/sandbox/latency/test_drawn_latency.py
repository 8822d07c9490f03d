"""What time and load do to a backend."""

import math
from collections.abc import Iterable
from itertools import pairwise
from random import Random
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.sandbox.latency.distributions import Distribution, Empirical, Fixed, Lognormal
from diag.sandbox.latency.drawn_latency import DrawnLatency, LatencySpec
from diag.sandbox.latency.effects import (
    ColdStarts,
    Episodes,
    LatencyDrift,
    LatencyStep,
    Nightly,
    Outage,
    Queue,
    Stalls,
    StallsProcess,
    WarmUp,
)

HUNDRED = Fixed(100.0)


def drawn(spec: LatencySpec, times_s: Iterable[float], seed: int = 1) -> list[float]:
    backend = DrawnLatency(spec, Random(seed))
    return [backend.latency_ms(at_s) for at_s in times_s]


def law_of(spec: LatencySpec, at_s: float) -> Distribution:
    law = spec.law(at_s)
    assert law is not None
    return law


def every(step_s: float, count: int) -> list[float]:
    return [i * step_s for i in range(count)]


def test_the_same_seed_gives_the_same_latencies() -> None:
    spec = LatencySpec(Lognormal(100.0, 0.5), episodes=Episodes(0.1, 5.0, 4.0))
    assert drawn(spec, every(0.1, 50)) == drawn(spec, every(0.1, 50)) != drawn(spec, every(0.1, 50), seed=2)


@pytest.mark.slow
def test_correlation_makes_slow_calls_come_in_a_row_and_keeps_the_distribution() -> None:
    law = Lognormal(100.0, 0.6)
    values = drawn(LatencySpec(law, correlation=0.9), every(0.1, 40_000))
    slow = [value > law.quantile(0.9) for value in values]
    assert fmean(slow) == pytest.approx(0.1, abs=0.02)
    after_slow = [b for a, b in pairwise(slow) if a]
    assert fmean(after_slow) > 0.5


@pytest.mark.slow
def test_episodes_are_slow_for_their_share_of_the_time_and_the_law_says_so() -> None:
    spec = LatencySpec(HUNDRED, episodes=Episodes(share=0.2, mean_s=3.0, times=5.0))
    values = drawn(spec, every(0.5, 100_000))
    assert set(values) == {100.0, 500.0}
    assert fmean(value > 100.0 for value in values) == pytest.approx(0.2, abs=0.02)
    law = law_of(spec, 0.0)
    assert [law.sf(99.0), law.sf(400.0), law.sf(500.0)] == pytest.approx([1.0, 0.2, 0.0])


def test_warm_up_fades() -> None:
    spec = LatencySpec(HUNDRED, warm_up=WarmUp(times=4.0, for_s=10.0))
    assert drawn(spec, [0.0, 5.0, 10.0, 99.0]) == [400.0, 250.0, 100.0, 100.0]


def test_a_cold_start_is_paid_after_idling() -> None:
    spec = LatencySpec(HUNDRED, cold_start=ColdStarts(after_idle_s=30.0, plus_ms=2000.0))
    assert drawn(spec, [0.0, 1.0, 30.9, 60.9]) == [2100.0, 100.0, 100.0, 2100.0]


def test_drift_multiplies_by_the_hour_and_the_law_is_that_of_now() -> None:
    spec = LatencySpec(HUNDRED, drift=LatencyDrift(times_per_hour=4.0))
    assert drawn(spec, [0.0, 1800.0, 3600.0]) == pytest.approx([100.0, 200.0, 400.0])
    assert law_of(spec, 1800.0).quantile(0.5) == pytest.approx(200.0)


def test_calls_in_an_outage_hang() -> None:
    spec = LatencySpec(HUNDRED, outages=(Outage(10.0, 20.0),))
    assert drawn(spec, [9.9, 10.0, 19.9, 20.0]) == [100.0, math.inf, math.inf, 100.0]


def test_a_trace_is_played_in_order_and_again() -> None:
    spec = LatencySpec(Empirical((1.0, 2.0, 3.0)), trace_ms=(3.0, 1.0, 2.0))
    assert drawn(spec, every(1.0, 5)) == [3.0, 1.0, 2.0, 3.0, 1.0]


def test_a_queue_is_free_when_idle_and_grows_under_load() -> None:
    spec = LatencySpec(HUNDRED, servers=2)
    assert drawn(spec, every(1.0, 3)) == pytest.approx([100.0] * 3)
    assert drawn(spec, [0.0] * 6) == pytest.approx([100.0, 100.0, 200.0, 200.0, 300.0, 300.0])
    assert spec.law(0.0) is None


@given(
    st.integers(1, 4),
    st.lists(st.tuples(st.floats(0.0, 2.0), st.floats(1.0, 3000.0)), min_size=1, max_size=40),
)
def test_a_queue_never_runs_more_calls_at_once_than_it_has_servers(
    servers: int, arrivals: list[tuple[float, float]]
) -> None:
    queue, now_s, busy = Queue(servers), 0.0, []
    for gap_s, service_ms in arrivals:
        now_s += gap_s
        latency_ms = queue.latency_ms(now_s, service_ms)
        assert latency_ms >= service_ms - 1e-6
        end_s = now_s + latency_ms / 1e3
        busy.append((end_s - service_ms / 1e3, end_s))
    for start_s, _ in busy:
        assert sum(a <= start_s + 1e-7 < b - 1e-7 for a, b in busy) <= servers


@pytest.mark.slow
def test_a_stall_freezes_work_in_hand_and_makes_arrivals_wait() -> None:
    stalls = StallsProcess(Stalls(every_s=100.0, for_s=4.0), Random(5))
    start_s = next(t for t in every(0.001, 10_000_000) if stalls.delayed_ms(t, 0.1) > 0.2)
    assert stalls.delayed_ms(start_s, 500.0) == pytest.approx(4500.0, abs=2.0)
    assert stalls.delayed_ms(start_s + 3.0, 500.0) == pytest.approx(1500.0, abs=2.0)
    assert stalls.delayed_ms(start_s + 4.001, 500.0) == pytest.approx(500.0)


@given(st.floats(0.5, 50.0), st.floats(0.1, 5.0), st.integers(0, 99), st.floats(0.0, 5000.0))
def test_stalls_delay_a_call_by_whole_freezes_at_most_and_never_speed_it_up(
    every_s: float, for_s: float, seed: int, work_ms: float
) -> None:
    stalls = StallsProcess(Stalls(every_s, for_s), Random(seed))
    last_end_s = 0.0
    for at_s in every(0.7, 30):
        latency_ms = stalls.delayed_ms(at_s, work_ms)
        assert latency_ms >= work_ms - 1e-6
        end_s = at_s + latency_ms / 1e3
        assert end_s >= last_end_s - 1e-6  # equal work: first sent, first done
        last_end_s = end_s


def test_notes_name_what_the_law_leaves_out() -> None:
    assert LatencySpec(HUNDRED).notes() == []
    spec = LatencySpec(HUNDRED, warm_up=WarmUp(2.0, 5.0), outages=(Outage(0.0, 1.0),))
    assert spec.notes() == ["calls that find the backend warm", "outside outages"]


@pytest.mark.parametrize(
    ("hours", "slow"),
    [((1.0, 5.0), {1, 2, 3, 4}), ((22.0, 2.0), {22, 23, 0, 1}), ((0.0, 24.0), set(range(24)))],
)
def test_by_night_it_is_slower_also_past_midnight(hours: tuple[float, float], slow: set[int]) -> None:
    night = Nightly(*hours, times=8.0)
    assert {hour for hour in range(24) if night.factor(86_400.0 * 20_000 + 3600.0 * hour) == 8.0} == slow


def test_a_step_and_the_time_of_day_go_together() -> None:
    spec = LatencySpec(Fixed(100.0), nightly=Nightly(1.0, 2.0, 3.0), step=LatencyStep(10.0, 2.0))
    backend = DrawnLatency(spec, Random("s"))
    day, by_night = 86_400.0 * 20_000, 86_400.0 * 20_000 + 5400.0
    moments = ((0.0, day), (1.0, by_night), (36_000.0, by_night), (36_000.0, day))
    found = [backend.latency_ms(*when) for when in moments]

    assert found == [100.0, 300.0, 600.0, 200.0]
    law = spec.law(36_000.0)
    assert law is not None and law.quantile(0.5) == 200.0
    assert spec.notes() == ["a step: true only now", "outside the nightly batch"]
