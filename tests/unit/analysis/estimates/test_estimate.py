"""The estimate of one set of calls: bound, buffer and design effect together."""

import numpy as np
import pytest

from analysis.estimates.estimate import estimate
from analysis.estimates.warmup import warm_up_mask
from analysis.recommend_settings import RecommendSettings
from analysis.timeout_rule import timeout_for
from tests.support.sample_tables import START, arrays, calls, lognormal

DEFAULT = RecommendSettings()


@pytest.mark.parametrize(
    ("p99", "upper", "settings", "seconds"),
    [
        (2000, 2100, DEFAULT, 3), (2000, 3100, DEFAULT, 4), (10_000, 10_100, DEFAULT, 12),
        (100, 120, DEFAULT, 1),
        (2000, 2100, RecommendSettings(rule="sum"), 3), (2000, 2600, RecommendSettings(rule="sum"), 4),
        (100, 120, RecommendSettings(floor_s=5), 5), (2500, 2500, DEFAULT, 3),
        (2000, 2100, RecommendSettings(buffer_ratio=0.0, buffer_min_s=0.0), 3),
    ],
)  # fmt: skip
def test_the_number_is_rounded_up_from_bound_and_buffer(
    p99: int, upper: int, settings: RecommendSettings, seconds: int
) -> None:
    assert timeout_for(p99, upper, settings) == seconds


def test_clustering_widens_the_bound_of_an_estimate() -> None:
    x = np.r_[np.full(4900, 0.1), np.linspace(1, 3, 100)]
    spread = np.random.default_rng(1).permutation(x)
    apart, together = estimate(arrays(calls(spread)), DEFAULT), estimate(arrays(calls(x)), DEFAULT)
    assert apart.quantile_ms == together.quantile_ms
    assert together.design_effect > 5 > apart.design_effect
    assert (together.upper_ms or 1e9) > (apart.upper_ms or 0)


def test_calls_of_one_moment_are_no_burst_and_not_cut_off_by_their_speed() -> None:
    x = np.round(lognormal(1600, 2.0), 3)
    found = arrays(calls(x).assign(started_at=START, scheduled_at=START))
    assert estimate(found, DEFAULT).design_effect < 1.6
    cut = found.latency_ms[warm_up_mask(found, 15.0, 0.2)]
    assert cut.size == 320
    assert np.median(cut) == pytest.approx(np.median(x) * 1e3, rel=0.15)
