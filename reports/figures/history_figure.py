"""Months of production of one action: the drawing, its sentence, and the same as a table of words."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from analysis.number_words import percent, plural
from analysis.views.cut_off_history import DAY_S, CutOffHistory, CutOffSpan, grouped, together
from reports.charts.sketches.history_bars import history_bars

MOST_ROWS: Final = 10


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """Some neighbouring days: which (as text), their executions, those cut off, and their share (0..1)."""

    days: str
    executions: int
    cut_off: int
    share: float


@dataclass(frozen=True, slots=True)
class HistoryFigure:
    """`rows`: every day that is drawn, neighbouring ones together where they are many."""

    svg: str
    sentence: str
    rows: tuple[HistoryRow, ...]
    days_each: int
    any_change: bool


def history_figure(history: CutOffHistory) -> HistoryFigure:
    """Return the months of one action; days are UTC."""
    rows = tuple(_row(group, history.days_each) for group in grouped(history.spans, MOST_ROWS))
    return HistoryFigure(
        history_bars(history), _sentence(history), rows, history.days_each, bool(history.changes)
    )


def _row(group: Sequence[CutOffSpan], days_each: int) -> HistoryRow:
    every = together(group)
    days = _days(every.at, group[-1].at + days_each * DAY_S)
    return HistoryRow(days, every.executions, every.cut_off, every.share)


def _sentence(history: CutOffHistory) -> str:
    every = history.all
    worst = max(history.spans, key=lambda span: span.share)
    text = (
        f"{_days(every.at, history.until)} (UTC): {percent(every.share)} of "
        f"{plural(every.executions, 'production execution')} took as long as the timeout and were cut off; "
        f"at most {percent(history.accepted)} was promised."
    )
    if worst.cut_off:
        when = _days(worst.at, worst.at + history.days_each * DAY_S)
        of = f"{worst.cut_off:,} of {worst.executions:,}"
        text += f" Worst: {percent(worst.share)} on {when} ({of})."
    if history.changes:
        newest = history.changes[-1]
        text += f" Last changed on {_day(newest.at)}, from {newest.before_s} to {newest.after_s} s."
    return text


def _days(at: float, until: float) -> str:
    first, last = _day(at), _day(until - DAY_S)
    return first if first == last else f"{first} to {last}"


def _day(at: float) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(at))
