"""Where a run became slower: found wherever it lies, and hardly ever where nothing changed."""

from itertools import accumulate

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis.statistics.change_point import LEVELS, ChangePoint, find_change_point
from analysis.statistics.timed_calls import TimedCalls


def found_in(log_latency: NDArray[np.float64], limit_ms: float = np.inf) -> ChangePoint | None:
    latency = 1000.0 * np.exp(log_latency)
    event = latency <= limit_ms
    seen = np.minimum(latency, limit_ms)
    levels = [float(q) if q < limit_ms else None for q in np.quantile(latency, LEVELS, method="inverted_cdf")]
    n = latency.size
    calls = TimedCalls(np.arange(n, dtype=float), seen, event, np.zeros(n, np.int64), np.full(n, limit_ms))
    return find_change_point(calls, levels)


def noise(n: int, seed: int) -> NDArray[np.float64]:
    return 0.6 * np.random.default_rng(seed).standard_normal(n)


@pytest.mark.parametrize("share", [0.06, 0.3, 0.5, 0.8, 0.94])
@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_a_step_is_found_where_it_lies(share: float, factor: float) -> None:
    x = noise(1000, 1)
    x[int(share * 1000) :] += np.log(factor)
    found = found_in(x)
    assert found is not None
    assert (found.kind, found.slower_after) == ("step", factor > 1)
    assert found.first_after == pytest.approx(share * 1000, abs=25)


def test_a_drift_is_told_from_a_step() -> None:
    found = found_in(noise(2000, 1) + np.linspace(0, 1, 2000))
    assert found is not None and (found.kind, found.slower_after) == ("drift", True)


def test_a_step_of_the_slowest_calls_alone_is_found() -> None:
    rng = np.random.default_rng(2)
    slow = rng.random(4000) < np.where(np.arange(4000) < 3000, 0.002, 0.05)
    found = found_in(noise(4000, 3) / 2 + np.where(slow, np.log(6), 0.0))
    assert found is not None and found.first_after == pytest.approx(3000, abs=60)


def test_calls_that_were_cut_off_do_not_hide_a_step() -> None:
    x = noise(1000, 1)
    x[700:] += np.log(2)
    found = found_in(x, limit_ms=2500.0)
    assert found is not None and found.first_after == pytest.approx(700, abs=25)


@pytest.mark.slow
@pytest.mark.parametrize("n", [340, 2000])
def test_independent_calls_hardly_ever_look_changed(n: int) -> None:
    assert sum(found_in(noise(n, seed)) is not None for seed in range(120)) <= 1


@pytest.mark.slow
def test_calls_that_depend_on_those_before_seldom_look_changed() -> None:
    wanders = [
        np.array(list(accumulate(noise(2000, seed), lambda level, new: 0.9 * level + new)))
        for seed in range(60)
    ]
    assert sum(found_in(x) is not None for x in wanders) <= 6


def test_few_calls_or_equal_ones_tell_nothing() -> None:
    assert found_in(noise(39, 1)) is None
    assert found_in(np.zeros(500)) is None
