"""Which hours are asked for: all of them, or a sample that is true to the week."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.production.reading.time_window import Window
from diag.production.reading.windows_to_ask import expected, sample, whole

UNTIL = datetime(2026, 7, 31, 11, tzinfo=UTC)


def window(weeks: int, more_hours: int = 0) -> Window:
    return Window(UNTIL - timedelta(weeks=weeks, hours=more_hours), UNTIL)


def hours_of(span: Window, counts: list[int]) -> dict[float, int]:
    return {
        (span.since + timedelta(hours=hour)).timestamp(): counts[hour % len(counts)]
        for hour in range(span.hours)
        if counts[hour % len(counts)]
    }


COUNTS = st.lists(st.integers(0, 90), min_size=1, max_size=60)


@pytest.mark.slow
@given(COUNTS, st.integers(90, 5000))
def test_consecutive_windows_hold_every_execution_once(counts: list[int], most: int) -> None:
    span = window(1)
    hourly = hours_of(span, counts)
    asked = whole(hourly, span, most)
    assert asked is not None
    assert sum(expected(hourly, one) for one in asked) == sum(hourly.values())
    assert all(0 < expected(hourly, one) <= most for one in asked)
    assert all(one.until <= other.since for one, other in pairwise(asked))


def test_an_hour_that_is_too_full_by_itself_cannot_be_asked_for() -> None:
    span = window(1)
    assert whole(hours_of(span, [100]), span, 99) is None


@pytest.mark.slow
@given(COUNTS, st.integers(2, 4), st.integers(0, 40), st.integers(100, 3000), st.integers(1, 40))
def test_a_sample_holds_each_hour_of_the_week_equally_often(
    counts: list[int], weeks: int, more_hours: int, most: int, queries: int
) -> None:
    span = window(weeks, more_hours)
    hourly = hours_of(span, counts)
    found = sample(hourly, span, most, queries)
    if found is None:
        return
    asked, held = found
    assert len(asked) <= queries and 1 <= held < weeks
    assert all(expected(hourly, one) <= most for one in asked)
    inside = [
        hour for hour in hourly for one in asked if one.since.timestamp() <= hour < one.until.timestamp()
    ]
    assert len(inside) == len(set(inside))
    of_week = Counter(int(hour // 3600) % 168 for hour in inside)
    newest = (span.until - timedelta(weeks=weeks)).timestamp()
    there = Counter(int(hour // 3600) % 168 for hour in hourly if hour >= newest)
    for hour_of_week, weeks_there in there.items():
        if weeks_there == weeks:  # executions in it every week
            assert of_week[hour_of_week] == held


def test_one_week_cannot_be_sampled_and_four_are_taken_from_different_weeks() -> None:
    assert sample(hours_of(window(1), [10]), window(1), 100, 14) is None
    found = sample(hours_of(window(4), [10]), window(4), 240, 14)
    assert found is not None and found[1] == 2
    weeks = {(UNTIL - one.until) // timedelta(weeks=1) for one in found[0]}
    assert weeks == {0, 1, 2, 3}
