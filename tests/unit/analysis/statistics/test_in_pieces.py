"""What rests on the order of calls is found piece by piece as it is found at once."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from analysis.statistics.change_point import find_change_point, find_late_step, most_within
from analysis.statistics.design_effect import clustering_at
from analysis.statistics.quantile_difference import shared_slowness
from analysis.statistics.timed_calls import TimedCalls
from tests.support.short_pieces import short_pieces


def run_of(seed: int, slower_from: float) -> TimedCalls:
    """3,000 calls of three runs, some cut off, that become slower after a part of them."""
    rng = np.random.default_rng(seed)
    slower = np.arange(3000) > slower_from * 3000
    latency = rng.lognormal(np.log(400.0), 0.6, 3000) * np.where(slower, 3.0, 1.0)
    limit = rng.choice([2000.0, np.inf], 3000)
    run = np.repeat([0, 1, 2], [900, 37, 2063])
    return TimedCalls(np.arange(3000.0), np.minimum(latency, limit), latency <= limit, run, limit)


@pytest.mark.parametrize("slower_from", [0.3, 0.96])
@pytest.mark.parametrize("rows", [41, 700])
def test_pieces_come_to_the_same(slower_from: float, rows: int) -> None:
    calls, others = run_of(1, slower_from), run_of(2, slower_from)

    def found() -> list[object]:
        return [
            find_change_point(calls, (400.0, 600.0, 900.0, None, 1500.0)),
            find_late_step(calls, (400.0, 600.0, 900.0, 1200.0)),
            clustering_at(900.0, calls),
            shared_slowness(calls, 900.0, others, 900.0),
        ]

    at_once = found()
    with short_pieces(rows):
        assert found() == at_once
    assert at_once[0] is not None
    assert (at_once[1] is not None) == (slower_from > 0.5)


@example([False, False, True, True], 2, 1)
@given(st.lists(st.booleans(), max_size=60), st.integers(1, 70), st.sampled_from([1, 7, 100]))
def test_the_slowest_stretch_is_met_wherever_the_pieces_end(slow: list[bool], width: int, rows: int) -> None:
    stretches = [sum(slow[at : at + width]) for at in range(len(slow) - width + 1)]

    with short_pieces(rows):
        assert most_within(np.array(slow, dtype=np.bool_), width) == max(stretches, default=0)
