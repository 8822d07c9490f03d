"""Counts of latencies in whole milliseconds."""

import numpy as np
import pytest

from analysis.statistics.confidence_bounds import upper_ms
from analysis.statistics.kaplan_meier import kaplan_meier
from analysis.statistics.latency_counts import count_latencies


def test_a_timeout_of_255_and_latencies_beyond_the_grid_do_no_harm() -> None:
    counts = count_latencies(np.array([0.0, 0.2, 1e12]), np.array([True, True, True]))
    assert counts.total == 3
    assert kaplan_meier(counts).share_left == pytest.approx(1 / 3)
    assert upper_ms(kaplan_meier(counts), 0.5, 0.5) is not None
