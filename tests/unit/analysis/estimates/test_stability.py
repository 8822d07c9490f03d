"""Runs that disagree, runs that change, and load generators that were slow themselves."""

import numpy as np
import pytest

from analysis.estimates.estimate import estimate
from analysis.estimates.stability import find_disagreement, starved_workers
from analysis.recommend_settings import RecommendSettings
from tests.support.sample_tables import START, arrays, calls, lognormal

DEFAULT = RecommendSettings()


def test_runs_that_disagree_are_found_and_alike_ones_are_not() -> None:
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


def test_a_run_over_half_a_day_is_not_searched_for_a_change() -> None:
    x = lognormal(3000, 6.0)
    x[:1500] /= 2.5
    assert find_disagreement(arrays(calls(x, rate=0.05)), DEFAULT) is None
    assert find_disagreement(arrays(calls(x, rate=5.0)), DEFAULT) is not None


@pytest.mark.parametrize("share", [0.05, 0.4, 0.75, 0.92])
def test_a_step_is_found_wherever_it_lies(share: float) -> None:
    x = lognormal(2000, 3.0)
    x[int(share * 2000) :] *= 2.2
    found = find_disagreement(arrays(calls(x, rate=5.0)), DEFAULT)
    assert found is not None and found.change is not None
    assert (found.between, found.change.kind) == ("a change", "step")
    assert found.change.at == pytest.approx(START + share * 400, abs=8)
    assert found.change.after_s == pytest.approx(share * 400, abs=8)
    assert found.change.calls_before + found.change.calls_after == 2000
    assert (found.change.before_ms or 0) < (found.change.after_ms or 0)


def test_a_step_down_leaves_the_part_before_as_the_slower_one() -> None:
    x = lognormal(2000, 6.0)
    x[1500:] /= 2.2
    found = find_disagreement(arrays(calls(x, rate=5.0)), DEFAULT)
    assert found is not None and found.change is not None
    assert found.slower.samples == pytest.approx(1500, abs=30)
    assert (found.change.after_ms or 0) < (found.change.before_ms or 0)


def test_the_slower_side_is_searched_for_the_next_step() -> None:
    x = lognormal(3000, 2.0)
    x[1000:] *= 1.8
    x[2500:] *= 1.8
    found = find_disagreement(arrays(calls(x, rate=5.0)), DEFAULT)
    assert found is not None
    assert found.slower.samples == pytest.approx(500, abs=40)


def test_a_drift_is_found_and_its_last_third_counts() -> None:
    x = lognormal(3000, 6.0) * np.linspace(1 / 3, 1, 3000)
    found = find_disagreement(arrays(calls(x, rate=5.0)), DEFAULT)
    assert found is not None and found.change is not None
    assert (found.change.kind, found.slower.samples) == ("drift", 1000)


@pytest.mark.slow
def test_a_killed_run_did_not_become_faster() -> None:
    """Its last slow calls were in flight and left no row: 36 of 40 such runs looked like a change."""
    found = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        at_s = np.cumsum(rng.exponential(1 / 120, 1500))
        took_s = 1.5 * np.exp(0.35 * rng.standard_normal(1500))
        recorded = at_s + took_s <= np.sort(at_s + took_s)[700]
        table = calls(took_s[recorded])
        table["started_at"] = table["scheduled_at"] = START + at_s[recorded]
        found += find_disagreement(arrays(table), RecommendSettings()) is not None
    assert found <= 1


def test_a_change_that_moves_no_timeout_is_none() -> None:
    x = lognormal(4000, 1.0)
    x[2000:] *= 1.2
    assert find_disagreement(arrays(calls(x, rate=5.0)), DEFAULT) is None


def test_a_starved_load_generator_is_named() -> None:
    tables = [calls(lognormal(500, 1.0, k), worker=f"w{k}") for k in range(10)]
    tables[3]["latency_ms"] += np.where(np.arange(500) % 5 == 0, 3000.0, 0.0)
    together = arrays(*tables)
    assert starved_workers(together, 2000.0) == 1
    assert starved_workers(arrays(*tables[:3]), 1000.0) == 0
