"""How much of the backend's day do the calls cover? (docs/method.md, "Time coverage")

Judged by when calls were made, never by what they measured, so that a calm window cannot fool it: 5,000
calls in 4 minutes held the bound in a third of the simulations, the same calls over 83 minutes in 95 %
(docs/method.md, "Time coverage"). Where it is known when production calls, its hours must have been seen, too
(`analysis.coverage.hours_seen`).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.coverage.hours_seen import Grade, HoursSeen
from analysis.coverage.stretches import stretches
from analysis.long_arrays.pieces import walk

WINDOW_GAP_S: Final = 60.0
LONG_WINDOW_S: Final = 300.0
"""One stretch without a gap counts as one window for each 5 minutes it lasts: a day measured without a
pause is worth no less than the 299 short visits, one every 5 minutes, that grade A asks for."""
DAY_S: Final = 86_400.0
DAY_SLACK: Final = 0.99
"""A day sampled every few minutes spans a little less than 24 hours."""


@dataclass(frozen=True, slots=True)
class TimeCoverage:
    """`windows` of 5 minutes over `span_s` from first to last call, `measured_s` of it with calls.

    `by_windows` is the grade that these give: A (a day or 299 windows), B (an hour or 30 windows), C (less).
    """

    windows: int
    span_s: float
    measured_s: float
    by_windows: Grade
    hours: HoursSeen | None = None
    """Which hours of the week the calls show; None where there is no call."""

    @property
    def grade(self) -> Grade:
        """The lower one of what the windows give and what the hours allow."""
        return max(self.by_windows, self.by_hours or "A")

    @property
    def by_hours(self) -> Grade | None:
        """The best grade that the hours allow; None where it is not known when production calls."""
        return None if self.hours is None else self.hours.grade


def time_coverage(started_at: NDArray[np.float64], hours: HoursSeen | None = None) -> TimeCoverage:
    """Return windows, span and grade of calls that began then (Unix seconds) and show these hours."""
    if started_at.size == 0:
        return TimeCoverage(0, 0.0, 0.0, "C")
    first, last = stretches((part for (part,) in walk(started_at)), WINDOW_GAP_S)
    lengths = last - first
    windows = int(np.maximum(1, np.ceil(lengths / LONG_WINDOW_S)).sum())
    span, measured = float(last[-1] - first[0]), float(lengths.sum())
    return TimeCoverage(windows, span, measured, grade_of(windows, span, measured), hours)


def grade_of(windows: int, span_s: float, measured_s: float) -> Grade:
    """Return the grade of so many separate windows over a span, `measured_s` of it with calls."""
    if windows >= 299 or (windows >= 100 and span_s >= DAY_S * DAY_SLACK):
        return "A"
    # An hour means an hour with calls in it: two short runs a day apart saw two moments.
    if windows >= 30 or measured_s >= 3600.0 * DAY_SLACK:
        return "B"
    return "C"
