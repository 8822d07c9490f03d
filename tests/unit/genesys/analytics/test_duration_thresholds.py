"""Counting below every whole second in as few questions as it takes."""

import math
from collections.abc import Hashable

from hypothesis import given
from hypothesis import strategies as st

from diag.genesys.analytics.duration_thresholds import below_each, next_thresholds

Rows = dict[Hashable, list[int]]


def counted(rows: Rows, wanted: list[int], most: int) -> tuple[dict[Hashable, dict[int, int]], int]:
    """What asking until nothing is left gives, and how many questions that took."""
    known: dict[int, dict[Hashable, int]] = {}
    questions = 0
    while thresholds := next_thresholds(wanted, known, most):
        assert len(thresholds) <= most and not set(thresholds) & known.keys()
        questions += 1
        for threshold in thresholds:
            known[threshold] = {row: sum(ms < threshold for ms in times) for row, times in rows.items()}
    return {row: below_each(wanted, known, row) for row in rows}, questions


@given(
    st.dictionaries(st.integers(0, 3), st.lists(st.integers(1, 65_000), max_size=30), max_size=3),
    st.integers(1, 60),
    st.integers(2, 20),
)
def test_every_second_is_counted_and_no_question_is_wasted(rows: Rows, timeout_s: int, most: int) -> None:
    wanted = [second * 1000 for second in range(1, timeout_s + 1)]
    found, questions = counted(rows, wanted, most)
    truth = {row: {edge: sum(ms < edge for ms in times) for edge in wanted} for row, times in rows.items()}
    assert found == truth
    assert questions <= math.ceil(timeout_s / most)


def test_one_question_is_enough_where_nothing_lies_between_the_quick_ones_and_the_timeout() -> None:
    wanted = [second * 1000 for second in range(1, 61)]
    assert counted({"a": [120, 300, 8_900, 61_000]}, wanted, 10)[1] == 1
    assert counted({"a": [120, 45_000]}, wanted, 10)[1] == 3
    assert counted({"a": [second * 1000 + 1 for second in range(60)]}, wanted, 10)[1] == 6
