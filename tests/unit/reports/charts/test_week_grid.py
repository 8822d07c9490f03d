"""A week of hours is drawn by form as well as by colour, and every hour once."""

import re

from hypothesis import given
from hypothesis import strategies as st

from reports.charts.sketches.week_grid import week_grid

HOURS = st.sets(st.integers(0, 167))


@given(HOURS, HOURS, HOURS)
def test_every_hour_is_drawn_in_one_form(seen: set[int], slow: set[int], missed: set[int]) -> None:
    drawn = week_grid(seen, slow & seen, missed - seen)
    counts = {name: hours_in(data) for name, data in re.findall(r'<path class="(\w+)" d="([^"]*)"', drawn)}
    assert counts.pop("cross", 0) == counts.get("slow", 0) == len(slow & seen)
    assert sum(counts.values()) == 168
    assert counts.get("missed", 0) == len(missed - seen)
    assert 'aria-hidden="true"' in drawn and len(drawn) < 6000


def hours_in(data: str) -> int:
    """Fields that a path draws: one a move, or a dot at every eleventh pixel of a line."""
    lines = [float(line) for line in re.findall(r"M[\d.]+ [\d.]+h([\d.]+)(?=M|$)", data)]
    return sum(int(line // 11) + 1 for line in lines) if lines else data.count("M")


def test_the_first_hour_is_at_the_top_left_and_the_last_at_the_bottom_right() -> None:
    corners = week_grid({0, 167}, (), ())
    places = re.findall(r"M([\d.]+) ([\d.]+)h9", corners)
    assert [tuple(map(float, place)) for place in places] == [(30, 14), (30 + 23 * 11, 14 + 6 * 11)]
