"""How fast each action is called, and what a dry run tells of it."""

from dataclasses import replace

import pytest

from diag.errors import UsageError
from diag.workload.payloads_from_contract import EMPTY
from diag.workload.share_of_org_limits import OrgLimits
from diag.workload.tables.load_shape import Ramp, Stage
from loadtests.planning.plan import ActionLoad, LoadPlan
from loadtests.planning.rate_of_each_action import RateBudget, Wanted, planned_rates
from loadtests.run.size_of_run import size_of_run


def actions(*rates: float) -> tuple[ActionLoad, ...]:
    return tuple(
        ActionLoad(f"a-{n}", f"Action {n}", 10, rate, (EMPTY,)) for n, rate in enumerate(rates, start=1)
    )


def test_an_org_is_never_asked_for_more_than_its_share() -> None:
    limits = OrgLimits(concurrent_executions=50, token_per_minute=300)
    many = [Wanted(f"A{n}", None, 1.0) for n in range(20)]

    rates = planned_rates(many, RateBudget(limits))

    high = planned_rates(many[:1], RateBudget(OrgLimits(10_000, 1_000_000)))

    assert high.each == (5.0,)
    assert limits.in_flight == 10
    assert rates.total == 4.0
    assert set(rates.each) == {0.5}


def test_more_is_refused_unless_said_in_words() -> None:
    limits = OrgLimits(None, None)
    wanted = [Wanted("A", 5.0, 1.0)]

    with pytest.raises(UsageError, match="80 %"):
        planned_rates(wanted, RateBudget(limits))
    rates = planned_rates(wanted, RateBudget(limits, exceed_limits=True))
    assert (rates.each, rates.total) == ((5.0,), None)


@pytest.mark.parametrize("rate", [0.0, -1.0, float("nan"), float("inf")])
def test_a_rate_that_is_none_is_refused(rate: float) -> None:
    with pytest.raises(UsageError, match="--rate is"):
        planned_rates([Wanted("A", None, 1.0)], RateBudget(None), override=rate, default=20.0)


def test_weights_share_a_total_and_the_flag_wins() -> None:
    wanted = [Wanted("A", None, 1.0), Wanted("B", None, 3.0), Wanted("C", 2.0, 1.0)]

    def rates(override: float | None) -> tuple[float, ...]:
        return planned_rates(wanted, RateBudget(None), total=4.0, override=override, default=20.0).each

    assert rates(None) == (1.0, 3.0, 2.0)
    assert rates(7.0) == (7.0, 7.0, 7.0)


def test_a_dry_run_counts_calls_with_stages_turns_and_budgets() -> None:
    plan = LoadPlan(actions(2, 2, 2), total_rate=4, calls_per_action=20)

    assert size_of_run(plan, 100.0, 1).calls == (20, 20, 20)
    assert size_of_run(plan, 5.0, 1).calls == (10, 10, 0)
    staged = size_of_run(LoadPlan(actions(2), stages=(Stage(10, 1.0), Stage(10, 0.5))), None, 1)
    assert (staged.duration_s, staged.peak) == (20, 2)
    assert staged.calls == pytest.approx((30,))
    endless = size_of_run(LoadPlan(actions(2)), None, 3)
    assert (endless.duration_s, endless.calls, endless.peak) == (None, (None,), 6)


def test_a_dry_run_tells_what_users_come_to_and_where_the_limits_stop_them() -> None:
    plan = LoadPlan(actions(1, 1), total_rate=5)

    twice = size_of_run(plan, 10.0, 2)
    assert (twice.calls, twice.peak, twice.capped) == ((20, 20), 4, None)
    many = size_of_run(plan, 10.0, 50)
    assert (many.calls, many.peak) == ((25, 25), 5)
    assert many.capped is not None
    assert "all users together send 5 calls/s and no more" in many.capped
    ramp = size_of_run(replace(plan, mode="ramp", ramp=Ramp(step_s=10, growth=2, steps=9)), None, 1)
    assert (ramp.duration_s, ramp.peak) == (30, 5)  # 2, 4, 5 calls/s: no higher step after that
