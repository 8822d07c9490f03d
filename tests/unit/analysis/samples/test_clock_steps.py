"""A lag that jumps and stays is a clock that was set; one that grows or is caught up is a lag."""

import numpy as np
import pandas as pd
import pytest

from analysis.estimates.service_time import on_the_right_clock
from tests.support.sample_tables import arrays, calls, judge, lognormal


def with_lag(lag_s: np.ndarray, latency_s: float = 0.5) -> pd.DataFrame:
    table = calls(np.full(lag_s.size, latency_s))
    table["started_at"] += lag_s
    return table


@pytest.mark.parametrize("offset_s", [30.0, 3600.0, -30.0])
@pytest.mark.parametrize("since", [0, 250, 450])
def test_a_clock_that_was_set_is_found_and_no_lag(offset_s: float, since: int) -> None:
    lag = np.where(np.arange(500) < since, 0.0, offset_s) + 0.003 * np.random.default_rng(1).random(500)
    timed = on_the_right_clock(arrays(with_lag(lag)))
    assert timed.clock == "service"
    assert timed.clocks_apart_s == pytest.approx(abs(offset_s), abs=0.01)
    assert set(timed.calls.latency_ms) == {500.0}


def test_two_senders_may_disagree_with_the_plan_each_in_its_own_way() -> None:
    ahead, behind = with_lag(np.full(100, 30.0)), with_lag(np.full(100, -7.0)).assign(worker_id="w2")
    timed = on_the_right_clock(arrays(ahead, behind))
    assert (timed.clock, timed.clocks_apart_s) == ("service", 30.0)


def test_a_stall_that_is_caught_up_stays_a_lag() -> None:
    lag = np.where(np.arange(600) % 200 < 50, 5.0 - 0.1 * (np.arange(600) % 200), 0.0)
    timed = on_the_right_clock(arrays(with_lag(lag)))
    assert (timed.clock, timed.clocks_apart_s) == ("response", 0.0)


def test_a_lag_that_grows_steadily_or_to_a_constant_stays_a_lag() -> None:
    for lag in (np.linspace(0, 60, 600), np.minimum(np.arange(600) / 20, 3.0)):
        timed = on_the_right_clock(arrays(with_lag(lag)))
        assert (timed.clock, timed.clocks_apart_s) == ("response", 0.0)


def test_a_pacer_that_waited_for_a_call_and_never_caught_up_stays_late() -> None:
    table = with_lag(np.where(np.arange(500) < 250, 0.0, 8.0))
    table.loc[249, "latency_ms"] = 8000.0
    assert on_the_right_clock(arrays(table)).clock == "response"


def test_the_answer_is_that_of_the_calls_and_the_warning_names_the_clocks() -> None:
    table = calls(lognormal(2000, 1.5))
    table.loc[1000:, "started_at"] += 30.0
    found, steady = judge(table), judge(calls(lognormal(2000, 1.5)))
    assert (found.recommended_timeout_s, found.clock) == (steady.recommended_timeout_s, "service")
    assert any("disagree by up to 30 s" in line for line in found.warnings)
