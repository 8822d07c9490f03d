"""Months of production: every execution once, bounded however long the store was kept."""

from hypothesis import given
from hypothesis import strategies as st

from analysis.views.cut_off_history import (
    DAY_S,
    MOST_CHANGES,
    MOST_DAYS,
    MOST_SPANS,
    CutOffSpan,
    TimeoutChange,
    cut_off_history,
    grouped,
    together,
)

BEGAN = 20_000 * DAY_S


def days(numbers: "range | list[int]", executions: int = 100, cut_off: int = 1) -> list[CutOffSpan]:
    return [CutOffSpan(BEGAN + DAY_S * number, executions, cut_off) for number in numbers]


def test_a_week_is_not_drawn_and_a_day_more_is() -> None:
    assert cut_off_history([], [], 0.01) is None
    assert cut_off_history(days(range(7)), [], 0.01) is None
    history = cut_off_history(days(range(8)), [], 0.01)
    assert history is not None
    assert (history.days_each, len(history.spans), history.all.share) == (1, 8, 0.01)


def test_days_without_executions_are_gaps() -> None:
    history = cut_off_history(days([0, 3, 9]) + days([12], executions=0, cut_off=0), [], 0.01)
    assert history is not None
    assert [round((span.at - BEGAN) / DAY_S) for span in history.spans] == [0, 3, 9]


@given(
    st.lists(st.integers(0, 2000), min_size=1, max_size=60, unique=True),
    st.lists(st.integers(-100, 2100), max_size=40),
)
def test_no_execution_is_lost_or_counted_twice_and_nothing_grows_without_end(
    numbers: list[int], changed: list[int]
) -> None:
    numbers, changed = sorted(numbers), sorted(changed)
    changes = [TimeoutChange(BEGAN + DAY_S * number, 5, 3) for number in changed]
    history = cut_off_history(days(numbers), changes, 0.01)
    drawn = [number for number in numbers if number > numbers[-1] - MOST_DAYS]
    if history is None:
        assert drawn[-1] - drawn[0] < 7
        return
    assert history.all.executions == 100 * len(drawn)
    assert len(history.spans) <= MOST_SPANS and len(history.changes) <= MOST_CHANGES
    assert all(history.spans[0].at <= change.at < history.until for change in history.changes)
    assert sum(together(group).executions for group in grouped(history.spans, 14)) == history.all.executions
    assert len(grouped(history.spans, 14)) <= 14
