"""A measurement spread over hours whose backend became slower before it ended."""

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis.estimates.estimate import estimate
from analysis.estimates.late_change import find_late_change
from analysis.recommend_settings import RecommendSettings
from analysis.runs.even_pace import times_at_even_pace
from analysis.samples.action_calls import Calls
from analysis.verdicts.recommendation import Verdict
from tests.support.sample_tables import START, arrays, calls, judge, lognormal, orders

DEFAULT = RecommendSettings()
N = 350


def one_call_windows(latency_s: NDArray[np.float64]) -> Calls:
    """A call every four minutes, each in a run of its own."""
    table = calls(latency_s, rate=1 / 240)
    table["run_id"] = [f"w{number:04}" for number in range(len(table))]
    return arrays(table)


def number_s(measured: Calls) -> int:
    found = estimate(measured, DEFAULT).timeout_s
    assert found is not None
    return found


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.8, 0.9, 0.95, 0.97])
def test_a_late_step_that_the_number_does_not_cover_is_found(share: float) -> None:
    found = 0
    for seed in range(10):
        x = lognormal(N, 4.0, seed, sigma=0.3)
        x[int(share * N) :] *= 2.5
        spread = one_call_windows(x)
        parts = find_late_change(spread, number_s(spread), DEFAULT)
        if parts is not None and parts.change is not None:
            found += 1
            assert parts.change.at == pytest.approx(START + share * N * 240, abs=8 * 240)
            assert parts.slower.timeout_s is None  # too few calls for a number of their own
        else:
            assert number_s(spread) >= 10  # p99 after the step
    assert found >= (8 if share > 0.8 else 5)


def test_a_number_that_covers_what_comes_after_is_left_alone() -> None:
    x = lognormal(N, 4.0, sigma=0.3)
    x[int(0.9 * N) :] *= 1.8
    spread = one_call_windows(x)

    parts = find_late_change(spread, 7, DEFAULT)
    assert parts is not None and parts.lasts
    assert find_late_change(spread, 12, DEFAULT) is None


def test_a_step_to_faster_calls_and_an_early_one_are_none() -> None:
    x = lognormal(N, 4.0, sigma=0.3)
    faster, early = x.copy(), x.copy()
    faster[315:] /= 2.5
    early[30:] *= 2.5

    for latency in (faster, early):
        assert (
            find_late_change(one_call_windows(latency), number_s(one_call_windows(latency)), DEFAULT) is None
        )


def test_an_end_as_slow_as_an_earlier_stretch_is_a_rhythm() -> None:
    x = lognormal(N, 4.0, sigma=0.3)
    x[320:] *= 2.5
    nightly = x.copy()
    nightly[100:135] *= 2.5

    assert find_late_change(one_call_windows(x), 6, DEFAULT) is not None
    assert find_late_change(one_call_windows(nightly), 6, DEFAULT) is None


@pytest.mark.slow
def test_independent_calls_are_hardly_ever_taken_for_a_late_step() -> None:
    found = 0
    for seed in range(40):
        spread = one_call_windows(np.exp(np.random.default_rng(seed).standard_normal(N)))
        found += find_late_change(spread, 1, DEFAULT) is not None  # a number that covers nothing
    assert found <= 1


def test_a_long_run_is_searched_and_a_short_one_left_to_the_search_within_it() -> None:
    x = lognormal(3000, 4.0, sigma=0.3)
    x[2700:] *= 2.5

    assert find_late_change(arrays(calls(x, rate=0.05)), 6, DEFAULT) is not None
    assert find_late_change(arrays(calls(x, rate=5.0)), 6, DEFAULT) is None


def test_where_the_pace_rose_the_number_is_that_of_an_even_one() -> None:
    """Ten windows of 360 met a batch while each had three calls; later ones have ten."""
    slow, sizes = np.arange(30, 40), np.r_[np.full(180, 3), np.full(180, 10)]
    window = np.repeat(np.arange(360), sizes)
    x = lognormal(window.size, 4.0, sigma=0.3) * np.where(np.isin(window, slow), 4.0, 1.0)
    table = calls(x, rate=0.01)
    table["run_id"] = [f"w{number:04}" for number in window]
    measured = arrays(table)
    times = times_at_even_pace(measured)

    assert times is not None
    counted = np.bincount(np.unique(measured.run, return_inverse=True)[1], weights=times)
    assert counted.max() / counted.min() < 1.02
    table["run_id"] = "one"
    assert times_at_even_pace(arrays(table)) is None
    together = estimate(arrays(table), DEFAULT).quantile_ms
    as_even = estimate(measured, DEFAULT)
    assert together is not None and as_even.quantile_ms is not None and as_even.upper_ms is not None
    assert as_even.quantile_ms > 1.3 * together
    assert as_even.upper_ms >= as_even.quantile_ms


def test_a_campaign_that_ended_slower_gives_no_number_and_says_since_when() -> None:
    x = lognormal(N, 4.0, sigma=0.3)
    x[315:] *= 2.5
    table = calls(x, rate=1 / 240)
    table["run_id"] = [f"w{number:04}" for number in range(N)]
    found = judge(table, facts=orders(current_timeout_s=3))

    assert (found.verdict, found.recommended_timeout_s) == (Verdict.UNSTABLE, None)
    assert found.change is not None and found.change.calls_after == pytest.approx(35, abs=3)
    assert "20 h 56 min into the measurement, to its end, at 19:09:20" in found.reason
    assert "slower calls are too few" in found.reason


def test_a_batch_in_the_first_windows_is_not_outvoted_by_those_that_came_closer_together() -> None:
    """Seven windows of one call met it, later ones had four: its 2 % of the day became 0.6 %."""
    slow, sizes = np.arange(7), np.r_[np.full(60, 1), np.full(300, 4)]
    window = np.repeat(np.arange(360), sizes)
    x = lognormal(window.size, 4.0, sigma=0.3) * np.where(np.isin(window, slow), 4.0, 1.0)
    table = calls(x, rate=0.01)
    table["run_id"] = [f"w{number:04}" for number in window]
    found = estimate(arrays(table), DEFAULT)

    assert found.quantile_ms is not None and found.quantile_ms >= np.sort(x[:7])[2] * 1e3


def test_it_is_the_number_to_be_kept_that_must_hold_after_a_late_step() -> None:
    """x1.4 in the last tenth: what few calls are raised to covers it, a timeout in force need not."""
    x = lognormal(405, 4.0, 8, sigma=0.3)
    x[365:] *= 1.4
    table = calls(x, rate=1 / 240)
    table["run_id"] = [f"w{number:04}" for number in range(405)]
    raised, stays = (judge(table, facts=orders(current_timeout_s=now_s)) for now_s in (1, 6))

    assert (raised.verdict, raised.recommended_timeout_s) == (Verdict.RAISE, 7)
    assert (stays.verdict, stays.recommended_timeout_s) == (Verdict.UNSTABLE, None)
