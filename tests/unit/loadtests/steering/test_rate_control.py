"""Conductor and ramp: who may be called now, how fast, and how far."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.workload.load_shape import Ramp, Soak, Stage
from diag.workload.payloads import EMPTY
from loadtests.planning.plan import ActionLoad, LoadPlan
from loadtests.steering.ramp import FEWEST_CALLS, RampTracker
from loadtests.steering.rate_control import Conductor


def actions(*rates: float) -> tuple[ActionLoad, ...]:
    return tuple(
        ActionLoad(f"a-{n}", f"Action {n}", 10, rate, (EMPTY,)) for n, rate in enumerate(rates, start=1)
    )


# -- conductor


def test_actions_beyond_the_budget_wait_for_their_turn_at_their_own_rate() -> None:
    conductor = Conductor(LoadPlan(actions(2, 2, 2), total_rate=4))

    assert conductor.rates(0, 1) == [2, 2, 0]
    conductor.finish(0, "settled")
    assert conductor.rates(1, 1) == [0, 2, 2]
    assert conductor.over(1) is None
    conductor.finish(1, "settled")
    conductor.finish(2, "settled")
    assert conductor.over(2) == "every action is settled"


@given(
    rates=st.lists(st.floats(0.1, 3), min_size=1, max_size=8),
    total=st.floats(3, 10),
    done=st.sets(st.integers(0, 7)),
)
def test_the_budget_is_never_exceeded_and_never_idle(
    rates: list[float], total: float, done: set[int]
) -> None:
    conductor = Conductor(LoadPlan(actions(*rates), total_rate=total))
    for index in done:
        if index < len(rates):
            conductor.finish(index, "x")
    now = conductor.rates(0, 1)
    waiting = [rate for i, rate in enumerate(rates) if i not in done and now[i] == 0]

    assert sum(now) <= total + 1e-6
    assert all(now[i] in (0, rates[i]) for i in range(len(rates)))
    assert all(rate > total - sum(now) - 1e-6 for rate in waiting)


@given(
    rates=st.lists(st.floats(0.1, 3), min_size=1, max_size=8),
    total=st.floats(3, 10),
    users=st.integers(1, 30),
    factor=st.floats(0.1, 20),
    done=st.sets(st.integers(0, 7)),
)
def test_users_and_factors_never_lift_the_whole_above_the_limit_nor_starve_an_action(
    rates: list[float], total: float, users: int, factor: float, done: set[int]
) -> None:
    conductor = Conductor(LoadPlan(actions(*rates), total_rate=total, stages=(Stage(10, factor),)))
    before = conductor.rates(0, users)

    assert sum(before) <= total + 1e-6
    assert before[0] > 0
    asked, most = users * factor, max(1.0, total / sum(rates))
    assert (conductor.capped(0, users) is None) == (asked <= most * (1 + 1e-9))
    running = [index for index, rate in enumerate(before) if rate > 0]
    evenly = [rates[index] * min(asked, most) for index in running]
    assert [before[index] for index in running] == pytest.approx(evenly)
    assert len(running) == len(rates) or sum(rates) > total  # waiting only where the plan itself is too much

    for index in done:
        if index < len(rates):
            conductor.finish(index, "settled")
    after = conductor.rates(1, users)
    # What became free started actions that had waited; it raised nobody: that were another load level.
    assert all(after[index] in (before[index], 0.0) for index in running)
    assert sum(after) <= total + 1e-6


def test_a_user_is_a_stream_and_workers_share_one_load_where_nobody_asked() -> None:
    asked, alone = Conductor(LoadPlan(actions(2, 3))), Conductor(LoadPlan(actions(2, 3), divided_among=4))

    assert asked.rates(0, 4) == [8, 12]
    assert alone.rates(0, 4) == [2, 3]
    assert alone.rates(0, 1) == [0.5, 0.75]
    assert asked.rates(0, 0) == [0, 0]


def test_what_was_slowed_down_is_not_given_to_others() -> None:
    conductor = Conductor(LoadPlan(actions(2, 2, 2), total_rate=4))
    conductor.slow_all(0.5)

    assert conductor.rates(0, 1) == [1, 1, 0]


def test_stages_pauses_and_slowing_down() -> None:
    plan = LoadPlan(actions(4), stages=(Stage(10, 0.5), Stage(5, 2.0)))
    conductor = Conductor(plan)

    assert [conductor.rates(at, 1)[0] for at in (0, 9.9, 10, 14.9, 15)] == [2, 2, 8, 8, 0]
    assert conductor.over(15) == "the last stage is over"
    conductor.slow_all(0.5)
    conductor.pause(11.0)
    assert [conductor.rates(at, 1)[0] for at in (10, 11)] == [0, 4]


def test_a_soak_calls_in_windows_and_goes_on_where_it_was() -> None:
    plan = LoadPlan(actions(1), mode="soak", soak=Soak(every_s=100, window_s=10, total_s=300))
    fresh, resumed = Conductor(plan), Conductor(plan, soak_offset_s=150)

    assert [fresh.rates(at, 1)[0] for at in (0, 9, 10, 99, 100, 109, 110)] == [1, 1, 0, 0, 1, 1, 0]
    assert [resumed.rates(at, 1)[0] for at in (0, 49, 50, 59, 60)] == [0, 0, 1, 1, 0]
    assert fresh.over(299) is None
    assert resumed.over(150) == "the soak's time is over"


# -- ramp


def test_the_knee_is_the_last_straight_step() -> None:
    tracker = RampTracker(Ramp(step_s=10, growth=2, steps=6, latency_factor=2), 1)
    knees = []
    for at in range(1, 61):
        latency = 100.0 if tracker.step < 3 else 350.0
        knees += tracker.second(float(at), [[latency] * 5], [0], [0], [tracker.level])

    (knee,) = knees
    assert knee.rate == 4.0  # steps at 1, 2, 4 calls/s were straight, 8 bent
    assert knee.in_flight == pytest.approx(0.4)
    assert "median rose from 100 to 350 ms" in knee.why
    assert tracker.over


def test_errors_and_held_back_calls_bend_too() -> None:
    for errors, dropped, word in ((1, 0, "failed"), (0, 1, "held back")):
        tracker = RampTracker(Ramp(step_s=1, error_share=0.05), 1)
        (knee,) = tracker.second(1.0, [[100.0] * 10], [errors], [dropped], [1.0])
        assert word in knee.why
        assert knee.rate is None


def test_an_action_that_only_fails_bends_at_once_and_the_share_is_of_all_its_calls() -> None:
    tracker = RampTracker(Ramp(step_s=1, error_share=0.05), 2)
    broken, half = tracker.second(1.0, [[], [100.0] * 16], [12, 12], [0, 0], [10.0, 10.0])

    assert broken.why == "12 of 12 calls failed at 10 calls/s"
    assert half.why == "12 of 28 calls failed at 10 calls/s"
    few = RampTracker(Ramp(step_s=1), 1)
    assert few.second(1.0, [[]], [FEWEST_CALLS - 1], [0], [1.0]) == []
