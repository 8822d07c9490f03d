import numpy as np
import pytest
from numpy.typing import NDArray

from analysis.statistics.quantile_difference import (
    BoundedQuantile,
    bounded_quantile,
    difference_of,
    shared_slowness,
)
from analysis.statistics.timed_calls import TimedCalls


def timed(latency_s: NDArray[np.float64], *, limit_s: float = 60.0, begin: float = 0.0) -> TimedCalls:
    ended = latency_s <= limit_s
    return TimedCalls(
        begin + np.arange(latency_s.size, dtype=np.float64),
        np.minimum(latency_s, limit_s) * 1e3,
        ended,
        np.zeros(latency_s.size, np.int64),
        np.full(latency_s.size, limit_s * 1e3),
    )


def independent(n: int, seed: int, share_s: float = 0.0) -> TimedCalls:
    return timed(share_s + np.exp(0.6 * np.random.default_rng(seed).standard_normal(n)))


def test_each_end_is_made_of_the_nearer_bound_of_one_and_the_further_of_the_other() -> None:
    found = difference_of(BoundedQuantile(100, 90, 140), BoundedQuantile(60, 57, 64))
    assert found is not None
    assert found.by_ms == 40.0
    assert found.lower_ms == pytest.approx(40 - np.hypot(10, 4))
    assert found.upper_ms == pytest.approx(40 + np.hypot(40, 3))


def test_moving_together_narrows_it_and_never_turns_it_round() -> None:
    one, other = BoundedQuantile(100, 90, 110), BoundedQuantile(60, 50, 70)
    widths = []
    for correlation in (0.0, 0.5, 0.98, 1.0):
        found = difference_of(one, other, correlation)
        assert found is not None
        assert found.lower_ms <= found.by_ms <= found.upper_ms
        widths.append(found.upper_ms - found.lower_ms)
    assert widths == sorted(widths, reverse=True)


@pytest.mark.parametrize(
    "missing", [BoundedQuantile(None), BoundedQuantile(5, None, 9), BoundedQuantile(5, 1, None)]
)
def test_without_a_bound_there_is_no_difference(missing: BoundedQuantile) -> None:
    known = BoundedQuantile(3, 2, 4)
    assert difference_of(known, missing) is None
    assert difference_of(missing, known) is None


def test_a_quantile_beyond_the_timeout_is_unknown_and_one_before_it_is_not() -> None:
    cut_off = timed(np.exp(0.6 * np.random.default_rng(3).standard_normal(2000)), limit_s=2.0)
    assert bounded_quantile(cut_off, 0.99, 0.975).quantile_ms is None
    median = bounded_quantile(cut_off, 0.5, 0.975)
    whole = bounded_quantile(independent(2000, 3), 0.5, 0.975)
    assert (median.lower_ms, median.quantile_ms, median.upper_ms) == (
        whole.lower_ms,
        whole.quantile_ms,
        whole.upper_ms,
    )


def test_slow_minutes_that_are_slow_for_both_are_seen_and_others_are_not() -> None:
    rng = np.random.default_rng(4)
    level = np.repeat(rng.standard_normal(30), 60)

    def side(seed: int, shift: int) -> TimedCalls:
        return timed(
            np.exp(np.roll(level, shift) + 0.3 * np.random.default_rng(seed).standard_normal(level.size))
        )

    medians = 1000.0
    assert shared_slowness(side(1, 0), medians, side(2, 0), medians) > 0.8
    assert shared_slowness(side(1, 0), medians, side(2, 900), medians) < 0.4
    assert shared_slowness(independent(400, 1), medians, independent(400, 2), medians) < 0.4


def test_sides_that_never_met_share_nothing() -> None:
    later = timed(np.exp(np.random.default_rng(5).standard_normal(500)), begin=1e6)
    assert shared_slowness(independent(500, 1), 1000.0, later, 1000.0) == 0.0


@pytest.mark.slow
@pytest.mark.parametrize(("p", "sizes"), [(0.5, (100, 400)), (0.99, (500, 800))])
def test_the_interval_holds_as_often_as_it_says(p: float, sizes: tuple[int, int]) -> None:
    held, seen = 0, 0
    for seed in range(200):
        one, other = independent(sizes[0], seed, 0.3), independent(sizes[1], 1000 + seed)
        found = difference_of(bounded_quantile(one, p, 0.975), bounded_quantile(other, p, 0.975))
        if found is not None:
            seen += 1
            held += found.lower_ms <= 300.0 <= found.upper_ms
    assert seen > 150
    assert held / seen >= 0.92  # 95 %, less two standard errors of 200 runs
