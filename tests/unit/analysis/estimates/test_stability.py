"""Runs and halves that disagree, and load generators that were slow themselves."""

import numpy as np

from analysis.estimates.estimate import estimate
from analysis.estimates.stability import find_disagreement, starved_workers
from analysis.settings import RecommendSettings
from tests.support.sample_tables import START, arrays, calls, lognormal

DEFAULT = RecommendSettings()


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
