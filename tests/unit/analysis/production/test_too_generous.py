"""A timeout far above what production needs is named, and not by the luck of looking often."""

import numpy as np
import pytest

from analysis.production.estimate_from_buckets import estimate_from_buckets
from analysis.production.hourly_counts import BucketCounts, HourCounts
from analysis.production.sequential_proof import PROVEN
from analysis.production.too_generous import enough_s, most_evidence
from analysis.recommend_settings import RecommendSettings


def steady(timeout_s: int, many: int, executions: int = 40) -> BucketCounts:
    """So many hours of executions below a second."""
    quick = (executions,) * timeout_s
    return BucketCounts("a", tuple(HourCounts(3600.0 * n, executions, quick) for n in range(many)))


@pytest.mark.parametrize(
    ("timeout_s", "many", "enough"), [(20, 60, 2), (3, 60, None), (20, 40, None), (1, 60, None)], ids=str
)
def test_a_timeout_far_above_what_production_needs_is_named(
    timeout_s: int, many: int, enough: int | None
) -> None:
    assert enough_s(steady(timeout_s, many), timeout_s) == enough


def test_a_promise_of_one_in_a_thousand_needs_ten_times_the_executions() -> None:
    rules = RecommendSettings(percentile=0.999)
    assert enough_s(steady(20, 60), 20, rules) is None
    assert enough_s(steady(20, 100), 20, rules) == 2


@pytest.mark.slow
def test_looking_at_every_hour_for_ever_proves_a_false_half_in_few_actions() -> None:
    random = np.random.default_rng(2)
    proven = 0
    for _ in range(60):  # exactly as many as the number accepts take longer than half the timeout
        late = random.binomial(12, 0.01, 400)
        hours = (HourCounts(3600.0 * n, 12, (12 - int(k),) * 9 + (12,)) for n, k in enumerate(late))
        proven += most_evidence(BucketCounts("a", tuple(hours)), 5, 0.01) >= PROVEN
    assert proven <= 60 * 0.05 + 3


@pytest.mark.parametrize(("executions", "enough"), [(7, None), (8, 2)])
def test_a_number_that_is_found_is_not_named_before_the_half_is_proven(
    executions: int, enough: int | None
) -> None:
    assert estimate_from_buckets(steady(20, 48, executions), RecommendSettings()).timeout_s == 2
    assert enough_s(steady(20, 48, executions), 20) == enough


def test_what_became_slower_is_no_longer_far_too_generous() -> None:
    before = steady(20, 60).hours
    after = tuple(HourCounts(3600.0 * (60 + n), 40, (20,) * 12 + (40,) * 8) for n in range(60))
    counts = BucketCounts("a", before + after)
    assert most_evidence(counts, 10, 0.01) >= PROVEN
    assert enough_s(counts, 20) is None
