"""Slow calls in bursts are worth fewer independent calls."""

import numpy as np
from numpy.typing import NDArray

from analysis.statistics.design_effect import block_starts, clustering_at, design_effect
from analysis.statistics.timed_calls import TimedCalls


def timed(
    latency_ms: NDArray[np.float64],
    event: NDArray[np.bool_],
    run: NDArray[np.int64],
    limit_ms: NDArray[np.float64],
) -> TimedCalls:
    return TimedCalls(np.arange(latency_ms.size, dtype=float), latency_ms, event, run, limit_ms)


def test_blocks_are_contiguous_equal_and_never_cross_runs() -> None:
    run = np.repeat([0, 1, 2], [1000, 500, 37])
    block = np.searchsorted(block_starts(np.array([1000, 500, 37])), np.arange(run.size), side="right") - 1
    sizes = np.bincount(block)
    assert (np.diff(block) >= 0).all() and sizes.min() > 0
    assert all(len(set(run[block == index])) == 1 for index in range(sizes.size))
    assert sizes[:-1].max() - sizes[:-1].min() <= 2


def test_independent_slow_calls_have_no_design_effect_and_bursts_have_one() -> None:
    rng = np.random.default_rng(4)
    event, run = np.ones(5000, bool), np.zeros(5000, dtype=np.int64)
    limit = np.full(5000, np.inf)
    alone = np.where(rng.random(5000) < 0.01, 900.0, 100.0)
    burst = np.full(5000, 100.0)
    burst[1000:1025] = burst[4000:4025] = 900.0
    assert clustering_at(500, timed(alone, event, run, limit)) < 1.6
    assert clustering_at(500, timed(burst, event, run, limit)) > 10


def test_false_alarms_of_the_pretest_are_at_most_a_tenth() -> None:
    rng = np.random.default_rng(5)
    slow = rng.multinomial(4, np.full(20, 1 / 20), size=400).astype(float)
    alarms = np.mean([design_effect(row, np.full(20, 16.0)) > 1.0 for row in slow])
    assert alarms <= 0.13


def test_calls_that_could_not_be_seen_do_not_make_a_run_look_calm() -> None:
    slow = np.random.default_rng(6).random(2000) < 0.05
    x = np.r_[np.full(2000, 100.0), np.where(slow, 900.0, 100.0)]
    run = np.repeat([0, 1], 2000)
    blind = np.where(run == 0, 300.0, np.inf)
    event = np.ones(4000, bool)
    assert clustering_at(500, timed(x, event, run, blind)) == 1.0
    assert clustering_at(500, timed(x, event, run, np.full(4000, np.inf))) > 1.0


def test_bursts_are_seen_although_the_slowest_call_outlived_its_timeout() -> None:
    x = np.full(3000, 100.0)
    x[1000:1040] = 4020.0
    event, run = np.ones(3000, bool), np.zeros(3000, dtype=np.int64)
    assert clustering_at(4010, timed(x, event, run, np.full(3000, 4000.0))) > 5
