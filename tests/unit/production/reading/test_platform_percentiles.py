"""The platform's own p95 and p99, laid beside what was counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.production.hourly_counts import BucketCounts, ExactTimes, HourCounts, per_second
from diag.production.reading.platform_percentiles import platform_percentiles


def counts_of(times_ms: list[int], timeout_s: int, *, exact: bool) -> BucketCounts:
    limit = timeout_s * 1000
    ended = sorted(ms for ms in times_ms if ms < limit)
    below = tuple(sum(ms < edge * 1000 for ms in ended) for edge in range(1, timeout_s + 1))
    known = ExactTimes(tuple(ended)) if exact else None
    return BucketCounts("a", (HourCounts(0.0, len(times_ms), below, (), known),))


@given(
    st.lists(st.integers(1, 9_000), min_size=1, max_size=400),
    st.sampled_from([3, 10]),
    st.booleans(),
)
def test_a_percentile_of_the_same_executions_agrees(times_ms: list[int], timeout_s: int, exact: bool) -> None:
    ordered = sorted(min(ms, timeout_s * 1000) for ms in times_ms)
    for lower in (True, False):  # whichever neighbour a convention takes
        ranks = [
            int(level * len(ordered)) if lower else min(int(level * len(ordered)) + 1, len(ordered))
            for level in (0.95, 0.99)
        ]
        p95, p99 = (float(ordered[max(rank, 1) - 1]) for rank in ranks)
        found = platform_percentiles(counts_of(times_ms, timeout_s, exact=exact), p95, p99)
        assert found is not None and found.agrees and found.disagreement() is None


@pytest.mark.parametrize("exact", [True, False])
def test_more_than_rounding_between_them_is_said(exact: bool) -> None:
    counts = counts_of([400] * 950 + [3_500] * 50, 10, exact=exact)
    found = platform_percentiles(counts, 400.0, 7_200.0)
    assert found is not None
    assert "the platform's own p99 is 7.2 s" in str(found.disagreement())
    assert platform_percentiles(counts, None, None) is None


def test_per_second_counts_have_an_open_end() -> None:
    assert per_second([1, 999, 1000, 2500, 9000], 3) == (2, 1, 1, 1)
