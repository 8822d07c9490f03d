"""How far the rate rises: where an action bends, and where the ramp ends."""

from dataclasses import replace

import pytest

from diag.workload.tables.load_shape import Ramp
from loadtests.steering.decisions import Knee, RampStep
from loadtests.steering.load_second import Second
from loadtests.steering.ramp import FEWEST_CALLS, RampTracker
from tests.support.seconds import second


def bent(tracker: RampTracker, one: Second) -> list[Knee]:
    return [decision for decision in tracker.second(one) if isinstance(decision, Knee)]


def test_the_knee_is_the_last_straight_step() -> None:
    tracker = RampTracker(Ramp(step_s=10, growth=2, steps=6, latency_factor=2), 1)
    knees: list[Knee] = []
    for at in range(1, 61):
        latency = 100.0 if tracker.step < 3 else 350.0
        knees += bent(tracker, second(at, latencies_ms=[[latency] * 5], rates=[tracker.level]))

    (knee,) = knees
    assert knee.rate == 4.0  # steps at 1, 2, 4 calls/s were straight, 8 bent
    assert knee.in_flight == pytest.approx(0.4)
    assert "median rose from 100 to 350 ms" in knee.why
    assert tracker.over


def test_a_step_that_was_not_reached_is_not_judged_as_that_step() -> None:
    tracker = RampTracker(Ramp(step_s=10, growth=2, steps=6), 1)
    knees: list[Knee] = []
    for at in range(1, 61):
        rate = 20 * tracker.level
        one = second(at, latencies_ms=[[100.0] * 5], rates=[rate], sent=[min(55, int(rate))])
        knees += bent(tracker, one)

    (knee,) = knees
    assert knee.rate == 40.0
    assert knee.why == "only 55 of 80 calls/s were sent: the step was not reached"


def test_a_slower_backend_at_a_step_that_was_not_reached_is_said_of_the_rate_that_was() -> None:
    tracker = RampTracker(Ramp(step_s=1), 1)
    bent(tracker, second(1.0, latencies_ms=[[100.0] * 10], rates=[40.0]))
    (knee,) = bent(tracker, second(2.0, latencies_ms=[[900.0] * 10], rates=[80.0], sent=[20]))

    assert knee.why == "the median rose from 100 to 900 ms at 20 calls/s"


def test_few_calls_miss_their_rate_by_chance_and_a_worker_sends_its_share() -> None:
    few = RampTracker(Ramp(step_s=10), 1)
    sent = [0, 1, 0, 0, 1, 1, 0, 1, 0, 1]  # of 10 due
    for at, count in enumerate(sent, start=1):
        assert bent(few, second(at, latencies_ms=[[100.0]], rates=[1.0], sent=[count])) == []
    half = RampTracker(Ramp(step_s=1), 1)
    one = replace(second(1.0, latencies_ms=[[100.0] * 50], rates=[100.0], sent=[50]), share=0.5)
    assert bent(half, one) == []


def test_errors_and_held_back_calls_bend_too() -> None:
    for errors, dropped, word in ((1, 0, "failed"), (0, 1, "held back")):
        tracker = RampTracker(Ramp(step_s=1, error_share=0.05), 1)
        only = second(1.0, latencies_ms=[[100.0] * 10], errors=[errors], held_back=[dropped])
        (knee,) = bent(tracker, only)
        assert word in knee.why
        assert knee.rate is None


def test_an_action_that_only_fails_bends_at_once_and_the_share_is_of_all_its_calls() -> None:
    tracker = RampTracker(Ramp(step_s=1, error_share=0.05), 2)
    mixed = second(1.0, latencies_ms=[[], [100.0] * 16], errors=[12, 12], rates=[10.0, 10.0])
    broken, half = bent(tracker, mixed)

    assert broken.why == "12 of 12 calls failed at 10 calls/s"
    assert half.why == "12 of 28 calls failed at 10 calls/s"
    few = RampTracker(Ramp(step_s=1), 1)
    assert bent(few, second(1.0, latencies_ms=[[]], errors=[FEWEST_CALLS - 1])) == []


@pytest.mark.parametrize(("most_load", "steps"), [(3.0, 3), (4.0, 3), (100.0, 5)])
def test_the_ramp_ends_where_the_limits_allow_no_higher_step(most_load: float, steps: int) -> None:
    tracker = RampTracker(Ramp(step_s=10, growth=2, steps=5), 1, most_load)
    levels = []
    at = 0
    while tracker.over is None:
        at += 1
        factor = min(tracker.level, most_load)
        for decision in tracker.second(second(at, latencies_ms=[[100.0] * 5], factor=factor)):
            assert isinstance(decision, RampStep)
            levels.append(decision.level)

    assert levels == [2.0**step for step in range(1, steps + 1)]
    assert ("limits allow no higher step" in tracker.over) == (steps < 5)
