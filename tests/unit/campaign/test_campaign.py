"""How far apart calls are, and how many windows they need."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.campaign.campaign import RESERVE, Budget, gap_s, most_calls, to_the_end, window_s, windows_for
from tests.support.campaigns import FEWEST, HOUR_S, ORDINARY, action

DAY_S = 24 * HOUR_S


def test_a_slow_action_fills_no_more_than_its_share_of_the_places_in_flight() -> None:
    slow = action("slow", timeout_s=30)

    assert 22.0 / gap_s(slow, ORDINARY, 22.0) <= ORDINARY.places_each
    assert 30.0 / gap_s(slow, ORDINARY, None) <= ORDINARY.places_each
    assert gap_s(action("quick"), ORDINARY, 0.2) == 1.0


@pytest.mark.parametrize(
    ("span_s", "windows"),
    [(HOUR_S, 30), (6 * HOUR_S, 108), (DAY_S, 418), (2 * DAY_S, 418), (14 * DAY_S, 418)],
)
def test_there_is_a_window_for_each_call_as_far_as_they_fit(span_s: float, windows: int) -> None:
    assert windows_for([action()], span_s, FEWEST, ORDINARY) == windows


def test_so_many_actions_that_starting_takes_minutes_have_fewer_windows() -> None:
    assert windows_for([action(str(n)) for n in range(100)], DAY_S, FEWEST, ORDINARY) == 418
    assert windows_for([action(str(n)) for n in range(500)], DAY_S, FEWEST, ORDINARY) == 138
    assert windows_for([action(str(n)) for n in range(5000)], DAY_S, FEWEST, ORDINARY) == 100


@given(
    span_s=st.floats(HOUR_S, 14 * DAY_S),
    apart_s=st.floats(16.0, 4000.0),
    timeout_s=st.integers(1, 60),
    in_flight=st.integers(1, 20),
)
def test_windows_have_room_for_all_calls_wherever_the_span_has(
    span_s: float, apart_s: float, timeout_s: int, in_flight: int
) -> None:
    rare, budget = action(production_gap_s=apart_s, timeout_s=timeout_s), Budget(4.0, in_flight)
    gap = gap_s(rare, budget, None)
    windows = windows_for([rare], span_s, FEWEST, budget)
    room = most_calls(gap, window_s(span_s, windows)) * windows * (1.0 - RESERVE)

    if span_s >= 1.25 * to_the_end(FEWEST) * max(gap, 120.0):
        assert room >= to_the_end(FEWEST)
