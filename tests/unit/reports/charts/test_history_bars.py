"""Months of the share cut off: a bar or a dot for each span, inside the picture, whatever the numbers."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.views.cut_off_history import DAY_S, CutOffSpan, TimeoutChange, cut_off_history
from reports.charts.sketches.history_bars import history_bars
from tests.support.examples import examples

BEGAN = 20_000 * DAY_S
DAYS = st.lists(
    st.tuples(st.integers(0, 900), st.integers(1, 10**6), st.integers(0, 10**6)),
    min_size=1,
    max_size=120,
    unique_by=lambda day: day[0],
)


@given(DAYS, st.lists(st.integers(0, 900), max_size=20), st.sampled_from([0.0001, 0.01, 0.5]))
@settings(max_examples=examples(60), deadline=None)
def test_every_span_is_drawn_once_and_inside(
    numbers: list[tuple[int, int, int]], changed: list[int], accepted: float
) -> None:
    days = [CutOffSpan(BEGAN + DAY_S * at, n, min(cut, n)) for at, n, cut in sorted(numbers)]
    changes = [TimeoutChange(BEGAN + DAY_S * at + 60.0, 60, 1) for at in sorted(changed)]
    history = cut_off_history(days, changes, accepted)
    if history is None:
        return
    drawn = history_bars(history)
    paths = dict(re.findall(r'<path class="(\w+)"[^>]* d="([^"]*)"', drawn))
    bars, dots = paths.get("bars", "").count("M"), paths.get("none", "").count("M")
    assert bars == sum(span.cut_off > 0 for span in history.spans)
    assert bars + dots == len(history.spans)
    assert paths.get("changed", "").count("M") == len(history.changes)
    across = [float(x) for data in paths.values() for x in re.findall(r"M([\d.]+) ", data)]
    upright = [float(y) for y in re.findall(r"V([\d.]+)", paths.get("bars", ""))]
    assert all(44 <= x <= 552 for x in across) and all(19.9 <= y <= 96 for y in upright)
    assert 'aria-hidden="true"' in drawn and len(drawn) < 6000


def test_the_highest_bar_reaches_the_top_and_the_promise_is_below_it() -> None:
    days = [CutOffSpan(BEGAN + DAY_S * at, 100, 16 if at == 5 else 0) for at in range(10)]
    history = cut_off_history(days, [], 0.01)
    assert history is not None
    drawn = history_bars(history)
    assert "V20" in drawn  # 16 %, the square root of it four times as high as 1 %
    assert re.search(r'class="promised" d="M44 77H', drawn)
    assert ">16 %<" in drawn and ">1 %<" in drawn
