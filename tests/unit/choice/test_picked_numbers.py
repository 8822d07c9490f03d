"""Numbers of a list, as people type them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diag.choice.picked_numbers import NotNumbersError, picked_numbers
from tests.support.examples import examples


@pytest.mark.parametrize(
    ("typed", "picked"),
    [("3", (3,)), ("1,3-5 9", (1, 3, 4, 5, 9)), ("9 , 1", (1, 9)), ("2-2", (2,)), ("1-3,2-4", (1, 2, 3, 4))],
)
def test_numbers_and_ranges_are_picked_once_and_in_order(typed: str, picked: tuple[int, ...]) -> None:
    assert picked_numbers(typed, 9) == picked


@pytest.mark.parametrize("typed", ["", ",", "0", "10", "5-3", "1-10", "a", "-1", "1-", "1.5", "٣", "9" * 40])
def test_anything_else_is_said(typed: str) -> None:
    with pytest.raises(NotNumbersError):
        picked_numbers(typed, 9)


@pytest.mark.slow
@settings(max_examples=examples(50))
@given(st.sets(st.integers(1, 60), min_size=1))
def test_what_is_listed_is_picked(numbers: set[int]) -> None:
    assert picked_numbers(" ".join(map(str, numbers)), 60) == tuple(sorted(numbers))
