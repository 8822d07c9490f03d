"""What a look of a measurement sees: the calls that counted first, however many came after them."""

import tracemalloc

import numpy as np
import pytest

from analysis.estimates.enough_at_look import at_look, counted_first, earliest, plan_of, proven_too_slow
from analysis.estimates.warmup import without_warm_up
from analysis.recommend_settings import RecommendSettings
from analysis.samples.action_calls import Calls
from tests.support.sample_tables import START, arrays, calls, lognormal
from tests.support.short_pieces import short_pieces

RULES = RecommendSettings()


def of_three_runs() -> Calls:
    """Begun at whole seconds, so that many begin together; the runs overlap."""
    runs = [
        calls(lognormal(150, 1.9, seed), rate=1.0, run=f"r{seed}", start=START + 7 * seed)
        for seed in range(3)
    ]
    return arrays(*runs)


@pytest.mark.parametrize("rows", [10, 64, 1000])
def test_the_earliest_calls_are_those_of_all_runs_together(rows: int) -> None:
    everything = of_three_runs()
    first = np.sort(np.argsort(everything.started_at, kind="stable")[:101])

    with short_pieces(rows):
        assert earliest(everything, 101).row.tolist() == everything.row[first].tolist()


@pytest.mark.parametrize("share", [0.0, 0.2, 0.9])
def test_a_look_sees_what_would_have_counted_when_it_was_due(share: float) -> None:
    rules = RecommendSettings(warmup_max_share=share, warmup_s=40.0)
    everything = of_three_runs()
    counted, warm_up = without_warm_up(everything, rules.warmup_s, share)

    for n in (1, 60, len(counted)):
        sent = range(n, len(everything) + 1)
        then = (without_warm_up(earliest(everything, one), rules.warmup_s, share)[0] for one in sent)
        due = next(seen for seen in then if len(seen) >= n)
        assert counted_first(counted, warm_up, n, rules).row.tolist() == due.row.tolist()


@pytest.mark.slow
def test_a_look_at_a_long_measurement_takes_the_memory_of_what_it_sees() -> None:
    with short_pieces(1000):
        everything = arrays(calls(lognormal(150_000, 1.9), rate=50.0))
        counted, warm_up = without_warm_up(everything, RULES.warmup_s, RULES.warmup_max_share)
        tracemalloc.start()
        try:
            at_look(counted, warm_up, plan_of(RULES)[0], RULES)
            proven_too_slow(counted, RULES)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak < len(everything) * np.dtype(np.float64).itemsize  # not even a number for each call
