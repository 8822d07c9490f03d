"""Who may be called now, and how fast."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.format.sample_schema import ActionVersion
from diag.workload.payloads_from_contract import EMPTY
from diag.workload.tables.load_shape import Soak, Stage
from loadtests.planning.plan import ActionLoad, LoadPlan
from loadtests.steering.rate_control import RateControl


def actions(*rates: float) -> tuple[ActionLoad, ...]:
    return tuple(
        ActionLoad(f"a-{n}", f"Action {n}", 10, rate, (EMPTY,)) for n, rate in enumerate(rates, start=1)
    )


def test_actions_beyond_the_budget_wait_for_their_turn_at_their_own_rate() -> None:
    rate_control = RateControl(LoadPlan(actions(2, 2, 2), total_rate=4))

    assert rate_control.rates(0, 1) == [2, 2, 0]
    rate_control.finish(0, "settled")
    assert rate_control.rates(1, 1) == [0, 2, 2]
    assert rate_control.over(1) is None
    rate_control.finish(1, "settled")
    rate_control.finish(2, "settled")
    assert rate_control.over(2) == "every action is settled"


def test_an_action_and_its_backend_begin_at_the_same_time() -> None:
    one, action, backend, other = actions(2, 1.5, 1.5, 1)
    pair = replace(backend, action_id=action.action_id, target=ActionVersion.DIRECT)
    rate_control = RateControl(LoadPlan((one, action, pair, other), total_rate=4))

    assert rate_control.rates(0, 1) == [2, 0, 0, 1]
    rate_control.finish(0, "settled")
    assert rate_control.rates(1, 1) == [0, 1.5, 1.5, 1]
    rate_control.finish(1, "settled")
    assert rate_control.rates(2, 1) == [0, 0, 1.5, 1]
    assert RateControl(LoadPlan((action, pair), total_rate=2)).rates(0, 1) == [1.5, 0]


@given(
    rates=st.lists(st.floats(0.1, 3), min_size=1, max_size=8),
    total=st.floats(3, 10),
    done=st.sets(st.integers(0, 7)),
)
def test_the_budget_is_never_exceeded_and_never_idle(
    rates: list[float], total: float, done: set[int]
) -> None:
    rate_control = RateControl(LoadPlan(actions(*rates), total_rate=total))
    for index in done:
        if index < len(rates):
            rate_control.finish(index, "x")
    now = rate_control.rates(0, 1)
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
    rate_control = RateControl(LoadPlan(actions(*rates), total_rate=total, stages=(Stage(10, factor),)))
    before = rate_control.rates(0, users)

    assert sum(before) <= total + 1e-6
    assert before[0] > 0
    asked, most = users * factor, max(1.0, total / sum(rates))
    assert (rate_control.capped(0, users) is None) == (asked <= most * (1 + 1e-9))
    running = [index for index, rate in enumerate(before) if rate > 0]
    evenly = [rates[index] * min(asked, most) for index in running]
    assert [before[index] for index in running] == pytest.approx(evenly)
    assert len(running) == len(rates) or sum(rates) > total  # waiting only where the plan itself is too much

    for index in done:
        if index < len(rates):
            rate_control.finish(index, "settled")
    after = rate_control.rates(1, users)
    # What became free started actions that had waited; it raised nobody: that were another load level.
    assert all(after[index] in (before[index], 0.0) for index in running)
    assert sum(after) <= total + 1e-6


def test_a_user_is_a_stream_and_workers_share_one_load_where_nobody_asked() -> None:
    asked, alone = RateControl(LoadPlan(actions(2, 3))), RateControl(LoadPlan(actions(2, 3), divided_among=4))

    assert asked.rates(0, 4) == [8, 12]
    assert alone.rates(0, 4) == [2, 3]
    assert alone.rates(0, 1) == [0.5, 0.75]
    assert asked.rates(0, 0) == [0, 0]


def test_what_was_slowed_down_is_not_given_to_others() -> None:
    rate_control = RateControl(LoadPlan(actions(2, 2, 2), total_rate=4))
    rate_control.slow_all(0.5)

    assert rate_control.rates(0, 1) == [1, 1, 0]


def test_stages_pauses_and_slowing_down() -> None:
    plan = LoadPlan(actions(4), stages=(Stage(10, 0.5), Stage(5, 2.0)))
    rate_control = RateControl(plan)

    assert [rate_control.rates(at, 1)[0] for at in (0, 9.9, 10, 14.9, 15)] == [2, 2, 8, 8, 0]
    assert rate_control.over(15) == "the last stage is over"
    rate_control.slow_all(0.5)
    rate_control.pause(11.0)
    assert [rate_control.rates(at, 1)[0] for at in (10, 11)] == [0, 4]


def test_a_soak_calls_in_windows_and_goes_on_where_it_was() -> None:
    plan = LoadPlan(actions(1), mode="soak", soak=Soak(every_s=100, window_s=10, total_s=300))
    fresh, resumed = RateControl(plan), RateControl(plan, soak_offset_s=150)

    assert [fresh.rates(at, 1)[0] for at in (0, 9, 10, 99, 100, 109, 110)] == [1, 1, 0, 0, 1, 1, 0]
    assert [resumed.rates(at, 1)[0] for at in (0, 49, 50, 59, 60)] == [0, 0, 1, 1, 0]
    assert fresh.over(299) is None
    assert resumed.over(150) == "the soak's time is over"
