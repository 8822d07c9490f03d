"""The small steps of docs/method.md, each on data made for it."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.errors import BadSettingError
from analysis.estimates.estimate import estimate, timeout_for
from analysis.estimates.service_time import on_the_right_clock
from analysis.estimates.stability import find_disagreement, starved_workers
from analysis.estimates.time_coverage import time_coverage
from analysis.estimates.warmup import warm_up_mask
from analysis.samples.action_calls import Calls, by_action, classify
from analysis.settings import RecommendSettings, with_overrides
from analysis.statistics.confidence_bounds import upper_ms
from analysis.statistics.design_effect import block_ids, clustering_at, design_effect
from analysis.statistics.latency_counts import count_latencies
from analysis.statistics.survival import kaplan_meier
from analysis.wording import duration, percent, seconds, seconds_down, share_of_calls_text
from tests.support.sample_tables import START, calls, lognormal

DEFAULT = RecommendSettings()


def arrays(*tables: pd.DataFrame) -> Calls:
    (action,) = by_action(pd.concat(tables, ignore_index=True))
    return action.calls


@pytest.mark.parametrize(
    ("outcome", "kept", "events"),
    [
        ("ok", 1, 1), ("timeout", 1, 0), ("client_timeout", 1, 0), ("backend_error", 1, 0),
        ("platform_error", 1, 0), ("network_error", 1, 0), ("rate_limited", 0, 0), ("auth_error", 0, 0),
        ("invalid_input", 0, 0),
    ],
)  # fmt: skip
def test_each_outcome_is_an_event_a_censoring_or_nothing(outcome: str, kept: int, events: int) -> None:
    found, dropped = classify(arrays(calls([0.2], outcome=outcome)), "censor")
    assert (len(found), int(found.event.sum())) == (kept, events)
    assert dropped == ({} if kept else {outcome: 1})


def test_backend_errors_can_be_excluded_instead() -> None:
    found, dropped = classify(arrays(calls([0.2], outcome="backend_error")), "exclude")
    assert (len(found), dropped) == (0, {"backend_error": 1})


def test_calls_of_one_moment_are_no_burst_and_not_cut_off_by_their_speed() -> None:
    x = np.round(lognormal(1600, 2.0), 3)
    found = arrays(calls(x).assign(started_at=START, scheduled_at=START))
    assert estimate(found, DEFAULT).design_effect < 1.6
    cut = found.latency_ms[warm_up_mask(found, 15.0, 0.2)]
    assert cut.size == 320
    assert np.median(cut) == pytest.approx(np.median(x) * 1e3, rel=0.15)


def test_retries_are_left_out() -> None:
    (action,) = by_action(pd.concat([calls([0.1] * 3), calls([0.1] * 2, attempt=2)], ignore_index=True))
    assert (len(action.calls), action.retries) == (3, 2)


@pytest.mark.parametrize(("lag_s", "clock", "latency_ms"), [(0.09, "service", 500), (0.2, "response", 700)])
def test_a_schedule_not_kept_moves_the_clock(lag_s: float, clock: str, latency_ms: float) -> None:
    found = on_the_right_clock(arrays(calls([0.5] * 50, lag_s=lag_s)))
    assert found.clock == clock
    assert found.calls.latency_ms == pytest.approx(latency_ms)


def test_only_the_smallest_overhead_of_each_worker_is_subtracted() -> None:
    near, far = calls([0.5] * 30, rtt_ms=20.0), calls([0.5] * 30, worker="w2", rtt_ms=90.0)
    near.loc[:10, "rtt_ms"] = 45.0
    found = on_the_right_clock(arrays(near, far))
    assert sorted(set(found.calls.latency_ms)) == [410.0, 480.0]
    few = on_the_right_clock(arrays(calls([0.5] * 19, rtt_ms=90.0)))
    assert set(few.calls.latency_ms) == {500.0}


def test_a_plan_of_another_day_is_no_plan() -> None:
    table = calls([0.5] * 50)
    table.loc[:20, "scheduled_at"] = [-1e308, 1e308, 0.0, *[START - 90_000] * 18]
    assert on_the_right_clock(arrays(table)).clock == "service"


@pytest.mark.parametrize(("rate", "cut"), [(1.0, 15), (10.0, 100), (0.05, 1)])
def test_the_warm_up_is_fifteen_seconds_and_at_most_a_fifth(rate: float, cut: int) -> None:
    mask = warm_up_mask(arrays(calls([0.1] * 500, rate=rate)), 15.0, 0.2)
    assert mask.sum() == cut and mask[:cut].all()


def test_every_run_has_its_own_warm_up() -> None:
    mask = warm_up_mask(arrays(calls([0.1] * 50), calls([0.1] * 50, run="b", start=START + 99)), 15.0, 0.2)
    assert np.flatnonzero(mask).tolist() == [*range(10), *range(50, 60)]


def test_blocks_are_contiguous_equal_and_never_cross_runs() -> None:
    run = np.repeat([0, 1, 2], [1000, 500, 37])
    block = block_ids(run)
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
    assert clustering_at(500, alone, event, run, limit) < 1.6
    assert clustering_at(500, burst, event, run, limit) > 10


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
    assert clustering_at(500, x, event, run, blind) == 1.0
    assert clustering_at(500, x, event, run, np.full(4000, np.inf)) > 1.0


def test_bursts_are_seen_although_the_slowest_call_outlived_its_timeout() -> None:
    x = np.full(3000, 100.0)
    x[1000:1040] = 4020.0
    event, run = np.ones(3000, bool), np.zeros(3000, dtype=np.int64)
    assert clustering_at(4010, x, event, run, np.full(3000, 4000.0)) > 5


@pytest.mark.parametrize(
    ("starts", "windows", "grade"),
    [
        (np.arange(0, 480, 0.1), 2, "C"),
        (np.arange(0, 3600, 1.0), 12, "B"),
        (np.r_[np.arange(0, 240, 1.0), 86_400 + np.arange(0, 240, 1.0)], 2, "C"),
        (np.arange(30) * 120.0, 30, "B"),
        (np.arange(299) * 300.0, 299, "A"),
        (np.arange(110) * 800.0, 110, "A"),
        (np.arange(110) * 300.0, 110, "B"),
        (np.arange(0, 86_400, 10.0), 288, "A"),
        (np.zeros(0), 0, "C"),
    ],
)
def test_time_coverage_counts_separate_looks(starts: np.ndarray, windows: int, grade: str) -> None:
    found = time_coverage(START + starts)
    assert (found.windows, found.grade) == (windows, grade)


@pytest.mark.parametrize(
    ("p99", "upper", "known", "seconds_"),
    [
        (2000, 2100, {}, 3), (2000, 3100, {}, 4), (10_000, 10_100, {}, 12), (100, 120, {}, 1),
        (2000, 2100, {"rule": "sum"}, 3), (2000, 2600, {"rule": "sum"}, 4),
        (100, 120, {"floor_s": 5}, 5), (2000, 2100, {"buffer_ratio": 0.0, "buffer_min_s": 0.0}, 3),
        (2500, 2500, {}, 3),
    ],
)  # fmt: skip
def test_the_number_is_rounded_up_from_bound_and_buffer(
    p99: int, upper: int, known: dict[str, Any], seconds_: int
) -> None:
    assert timeout_for(p99, upper, RecommendSettings(**known)) == seconds_


def test_runs_and_halves_that_disagree_are_found_and_alike_ones_are_not() -> None:
    steady = arrays(calls(lognormal(4000, 4.0)))
    assert find_disagreement(steady, DEFAULT) is None
    two = arrays(calls(lognormal(2500, 3.0)), calls(lognormal(2500, 6.0, 2), run="b", start=START + 86_400))
    found = find_disagreement(two, DEFAULT)
    assert found is not None and found.between == "runs"
    assert (found.slower.quantile_ms or 0) > (found.faster.quantile_ms or 0)
    few = arrays(calls(lognormal(450, 3.0)), calls(lognormal(450, 9.0, 2), run="b", start=START + 86_400))
    assert find_disagreement(few, DEFAULT) is None


def test_runs_whose_intervals_overlap_do_not_disagree() -> None:
    parts = [lognormal(550, p99, k, sigma=1.2) for k, p99 in enumerate((5.0, 7.5))]
    both = arrays(*(calls(x, run=str(k), start=START + 9999 * k) for k, x in enumerate(parts)))
    a, b = (estimate(both.where(both.run == run), DEFAULT).quantile_ms or 0 for run in (0, 1))
    assert abs(a - b) > 1500
    assert find_disagreement(both, DEFAULT) is None


def test_a_run_over_half_a_day_is_not_halved() -> None:
    x = lognormal(3000, 6.0)
    x[:1500] /= 2.5
    assert find_disagreement(arrays(calls(x, rate=0.05)), DEFAULT) is None
    assert find_disagreement(arrays(calls(x, rate=5.0)), DEFAULT) is not None


def test_a_starved_load_generator_is_named() -> None:
    tables = [calls(lognormal(500, 1.0, k), worker=f"w{k}") for k in range(10)]
    tables[3]["latency_ms"] += np.where(np.arange(500) % 5 == 0, 3000.0, 0.0)
    together = arrays(*tables)
    assert starved_workers(together, 2000.0) == 1
    assert starved_workers(arrays(*tables[:3]), 1000.0) == 0


def test_clustering_widens_the_bound_of_an_estimate() -> None:
    x = np.r_[np.full(4900, 0.1), np.linspace(1, 3, 100)]
    spread = np.random.default_rng(1).permutation(x)
    apart, together = estimate(arrays(calls(spread)), DEFAULT), estimate(arrays(calls(x)), DEFAULT)
    assert apart.quantile_ms == together.quantile_ms
    assert together.design_effect > 5 > apart.design_effect
    assert (together.upper_ms or 1e9) > (apart.upper_ms or 0)


def test_a_timeout_of_255_and_latencies_beyond_the_grid_do_no_harm() -> None:
    counts = count_latencies(np.array([0.0, 0.2, 1e12]), np.array([True, True, True]))
    assert counts.total == 3
    assert kaplan_meier(counts).share_left == pytest.approx(1 / 3)
    assert upper_ms(kaplan_meier(counts), 0.5, 0.5) is not None


def test_overrides_are_checked_by_name_and_type() -> None:
    assert with_overrides(DEFAULT, {"cap_s": 20, "buffer_ratio": 1}).cap_s == 20
    for wrong in (
        {"cap": 20},
        {"cap_s": 20.5},
        {"cap_s": True},
        {"rule": 1},
        {"percentile": "0.9"},
        {"cap_s": 99},
    ):
        with pytest.raises(BadSettingError) as caught:
            with_overrides(DEFAULT, wrong)
        assert caught.value.hint


def test_words_for_people() -> None:
    assert [seconds(ms) for ms in (340, 2100, 33_900)] == ["0.34 s", "2.1 s", "33.9 s"]
    assert [seconds(ms) for ms in (2539, 12_460, 14_123, 34_000)] == ["2.54 s", "12.5 s", "14.2 s", "34 s"]
    assert [seconds_down(ms) for ms in (2539, 14_660, 999, 5000)] == ["2.53 s", "14.6 s", "0.99 s", "5 s"]
    assert [duration(s) for s in (45, 5040, 90_000, 260_000)] == ["45 s", "84 min", "25 h", "3 days"]
    assert duration(0.0) == "under 1 s"
    assert [percent(share) for share in (0.0, 0.00001, 0.0004, 0.058, 0.5)] == [
        "none", "less than 0.01 %", "0.04 %", "5.8 %", "50 %",
    ]  # fmt: skip
    assert [share_of_calls_text(p) for p in (0.99, 0.999, 0.95)] == ["99 of 100", "999 of 1,000", "95 of 100"]
