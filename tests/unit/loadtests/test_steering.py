"""Conductor, guard, ramp, rates: the pure logic that steers a run."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.schema import Outcome
from diag.errors import UsageError
from loadtests.conductor import Conductor
from loadtests.dry_run import forecast
from loadtests.guard import Decision, Guard
from loadtests.limits import OrgLimits
from loadtests.payloads import EMPTY
from loadtests.plan import ActionLoad, GuardLimits, LoadPlan, Ramp, Soak, Stage
from loadtests.ramping import RampTracker
from loadtests.rates import Wanted, planned_rates


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


# -- guard


def decided(guard: Guard, now_s: float, fine: list[int], latencies_ms: list[list[float]]) -> list[Decision]:
    guard.second(now_s, fine, latencies_ms)
    return guard.take()


def test_production_starving_pauses_as_long_as_asked_and_then_stops() -> None:
    guard = Guard(GuardLimits(rate_limited_stops=2, pause_s=60), ["A"])
    code = "dataactions:actions.concurrent.executions.max"

    guard.failure(0, Outcome.RATE_LIMITED, code, "23", 5.0, 0)
    guard.failure(0, Outcome.RATE_LIMITED, code, "23", 6.0, 0)  # in flight when the pause began
    (pause,) = decided(guard, 6.0, [0], [[]])
    assert (pause.step, pause.until_s) == ("pause", 28.0)
    assert "production" in pause.why

    guard.failure(0, Outcome.RATE_LIMITED, code, "", 30.0, 0)
    (stop,) = decided(guard, 31.0, [0], [[]])
    assert stop.step == "stop_run"


def test_a_pause_for_the_org_is_made_by_all_and_counted_once_by_each() -> None:
    code = "dataactions:requests.volume.max"
    one, other = (
        Guard(GuardLimits(rate_limited_stops=2), ["A"]),
        Guard(GuardLimits(rate_limited_stops=2), ["A"]),
    )
    one.failure(0, Outcome.RATE_LIMITED, code, "20", 5.0, 0)
    (pause,) = one.take()
    assert pause.for_all
    for _ in range(2):  # also the word that comes back to who said it
        one.paused_elsewhere(pause.why, 20.0, 5.5)
        other.paused_elsewhere(pause.why, 20.0, 5.5)
    assert one.take() == []
    (told,) = other.take()
    assert (told.step, told.until_s, told.for_all) == ("pause", 25.5, False)

    other.failure(0, Outcome.RATE_LIMITED, code, "20", 30.0, 0)
    assert [decision.step for decision in other.take()] == ["stop_run"]


def test_our_own_tokens_limit_only_pauses() -> None:
    guard = Guard(GuardLimits(rate_limited_stops=1, pause_s=60), ["A"])
    for at in (0.0, 100.0, 200.0):
        guard.failure(0, Outcome.RATE_LIMITED, "platform.api:token.rate", "", at, 0)
        (pause,) = decided(guard, at, [0], [[]])
        assert (pause.step, pause.until_s) == ("pause", at + 60)


def test_timeouts_in_a_row_stop_an_action_and_one_answer_in_between_does_not() -> None:
    guard = Guard(GuardLimits(timeouts_in_a_row=5), ["A", "B"])
    answered = 0
    for number in range(20):
        guard.failure(0, Outcome.TIMEOUT, None, "", 1.0, 3)
        answered += number % 4 == 0
        guard.failure(1, Outcome.TIMEOUT, None, "", 1.0, answered)

    decisions = decided(guard, 2.0, [0, 0], [[], []])

    assert [(one.step, one.index) for one in decisions] == [("stop_action", 0)]


@pytest.mark.parametrize(("failed_of_50", "stopped"), [(25, False), (26, True), (50, True)])
def test_errors_stop_an_action_beyond_the_share(failed_of_50: int, stopped: bool) -> None:
    guard = Guard(GuardLimits(error_share=0.5, error_calls=50), ["A"])
    decided(guard, 1.0, [50 - failed_of_50], [[]])
    for _ in range(failed_of_50):
        guard.failure(0, Outcome.BACKEND_ERROR, "x", "", 1.5, 0)

    assert [one.step for one in decided(guard, 2.0, [0], [[]])] == ["stop_action"] * stopped


def test_rising_latency_halves_the_rate_once_a_minute() -> None:
    guard = Guard(GuardLimits(latency_factor=3), ["A"])
    steps = []
    for at in range(1, 140):
        latency = 100.0 if at <= 40 else 400.0
        steps += [(at, one.step) for one in decided(guard, float(at), [2], [[latency, latency]])]

    assert [step for _, step in steps] == ["slow_action", "slow_action"]
    assert 50 <= steps[0][0] <= 60
    assert steps[1][0] - steps[0][0] == 60


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


# -- rates


def test_an_org_is_never_asked_for_more_than_its_share() -> None:
    limits = OrgLimits(concurrent_executions=50, token_per_minute=300)
    many = [Wanted(f"A{n}", None, 1.0) for n in range(20)]

    rates = planned_rates(many, total=None, override=None, default=None, limits=limits, exceed_limits=False)

    high = planned_rates(
        many[:1],
        total=None,
        override=None,
        default=None,
        limits=OrgLimits(10_000, 1_000_000),
        exceed_limits=False,
    )

    assert high.each == (5.0,)
    assert limits.in_flight == 10
    assert rates.total == 4.0
    assert set(rates.each) == {0.5}


def test_more_is_refused_unless_said_in_words() -> None:
    limits = OrgLimits(None, None)
    wanted = [Wanted("A", 5.0, 1.0)]

    with pytest.raises(UsageError, match="80 %"):
        planned_rates(wanted, total=None, override=None, default=None, limits=limits, exceed_limits=False)
    rates = planned_rates(wanted, total=None, override=None, default=None, limits=limits, exceed_limits=True)
    assert (rates.each, rates.total) == ((5.0,), None)


def test_weights_share_a_total_and_the_flag_wins() -> None:
    wanted = [Wanted("A", None, 1.0), Wanted("B", None, 3.0), Wanted("C", 2.0, 1.0)]

    def rates(override: float | None) -> tuple[float, ...]:
        return planned_rates(
            wanted, total=4.0, override=override, default=20.0, limits=None, exceed_limits=False
        ).each

    assert rates(None) == (1.0, 3.0, 2.0)
    assert rates(7.0) == (7.0, 7.0, 7.0)


# -- dry run


def test_a_dry_run_counts_calls_with_stages_turns_and_budgets() -> None:
    plan = LoadPlan(actions(2, 2, 2), total_rate=4, calls_per_action=20)

    assert forecast(plan, 100.0, 1).calls == (20, 20, 20)
    assert forecast(plan, 5.0, 1).calls == (10, 10, 0)
    staged = forecast(LoadPlan(actions(2), stages=(Stage(10, 1.0), Stage(10, 0.5))), None, 1)
    assert (staged.duration_s, staged.calls, staged.peak) == (20, (pytest.approx(30),), 2)
    endless = forecast(LoadPlan(actions(2)), None, 3)
    assert (endless.duration_s, endless.calls, endless.peak) == (None, (None,), 6)


def test_a_dry_run_tells_what_users_come_to_and_where_the_limits_stop_them() -> None:
    plan = LoadPlan(actions(1, 1), total_rate=5)

    twice = forecast(plan, 10.0, 2)
    assert (twice.calls, twice.peak, twice.capped) == ((20, 20), 4, None)
    many = forecast(plan, 10.0, 50)
    assert (many.calls, many.peak) == ((25, 25), 5)
    assert many.capped is not None
    assert "all users together send 5 calls/s and no more" in many.capped
    ramp = forecast(replace(plan, mode="ramp", ramp=Ramp(step_s=10, growth=2, steps=9)), None, 1)
    assert (ramp.duration_s, ramp.peak) == (30, 5)  # 2, 4, 5 calls/s: no higher step after that
