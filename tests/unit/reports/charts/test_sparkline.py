"""A sparkline draws what is a time and leaves out what is none: its scale is logarithmic."""

import itertools

from reports.charts.sketches.sparkline import Point, sparkline

ODD = (None, 0.0, -5.0, 250.0)


def test_what_is_no_time_is_left_out() -> None:
    for first, second in itertools.product(ODD, ODD):
        for timeout_s in (None, 0, -3, 7):
            drawn = sparkline((Point(0, first, timeout_s), Point(1, second, timeout_s)), 0, 1)
            assert bool(drawn) is (250.0 in (first, second) or timeout_s == 7)
            assert drawn.count("h0") == [first, second].count(250.0)
