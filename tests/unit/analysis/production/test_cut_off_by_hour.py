"""One hour's executions and those cut off, and how far they go together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.production.cut_off_by_hour import Clustering, HourCut, hours_cut
from analysis.production.hourly_counts import BucketCounts, HourCounts

COUNTS = BucketCounts(
    "a", (HourCounts(3600.0, 10, (4, 7)), HourCounts(0.0, 5, (5, 5, 5)), HourCounts(7200.0, 0, (0, 0)))
)


def test_executions_as_long_as_the_timeout_were_cut_off() -> None:
    assert hours_cut(COUNTS) == (HourCut(0.0, 5, 0), HourCut(3600.0, 10, 3))


def test_a_shorter_edge_counts_more_and_a_timeout_below_it_cannot_show_it() -> None:
    assert hours_cut(COUNTS, 1) == (HourCut(0.0, 5, 0), HourCut(3600.0, 10, 6))
    assert hours_cut(COUNTS, 3) == (HourCut(0.0, 5, 0),)


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(0, 50)), min_size=2, max_size=40))
def test_the_design_effect_is_at_least_one_and_grows_where_whole_hours_are_cut_off(
    counts: list[tuple[int, int]],
) -> None:
    some, whole = Clustering(), Clustering()
    for at, (n, cut) in enumerate(counts):
        some = some.after(HourCut(3600.0 * at, n, min(n, cut)))
        whole = whole.after(HourCut(3600.0 * at, 50, 50 if at % 2 else 0))
    assert some.design_effect >= 1.0
    assert whole.design_effect > 2.0


def test_begun_anew_it_forgets_the_hours_but_takes_none_twice() -> None:
    uneven = Clustering().after(HourCut(0.0, 50, 50)).after(HourCut(3600.0, 50, 0))
    anew = uneven.begun_anew()
    assert uneven.design_effect > 1.0 and anew.design_effect == 1.0
    assert anew.after(HourCut(7200.0, 50, 50)).design_effect == 1.0
    with pytest.raises(ValueError, match="in order"):
        anew.after(HourCut(3600.0, 5, 0))
    assert Clustering().begun_anew() == Clustering()


@pytest.mark.parametrize("hour", [HourCut(0.0, 1, 2), HourCut(0.0, 1, -1), HourCut(0.0, -1, 1)])
def test_an_hour_that_cannot_be_is_refused(hour: HourCut) -> None:
    with pytest.raises(ValueError, match="cut off more"):
        Clustering().after(hour)
