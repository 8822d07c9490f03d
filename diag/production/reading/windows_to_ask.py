"""Which hours are asked for execution by execution: all, or the same share of each hour of the week."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from analysis.format.action_facts import HOURS_A_WEEK
from diag.production.reading.time_window import Window

DAYS_A_WEEK: Final = 7

HourlyTotals = Mapping[float, int]
"""Executions by the start of their hour (Unix seconds); hours without any are absent."""


def whole(hourly: HourlyTotals, window: Window, most: int) -> tuple[Window, ...] | None:
    """Return consecutive windows that hold every execution of `window`, at most `most` each.

    None where one hour alone holds more.
    """
    found: list[Window] = []
    begin: float | None = None
    held = 0
    hours = [hour for hour in sorted(hourly) if hourly[hour] > 0 and _inside(hour, window)]
    for hour in hours:
        if hourly[hour] > most:
            return None
        if begin is not None and held + hourly[hour] > most:
            found.append(Window(_at(begin), _at(hour)))
            begin, held = None, 0
        begin = hour if begin is None else begin
        held += hourly[hour]
    if begin is not None:
        found.append(Window(_at(begin), _at(hours[-1]) + timedelta(hours=1)))
    return tuple(found)


def sample(
    hourly: HourlyTotals, window: Window, most: int, queries: int
) -> tuple[tuple[Window, ...], int] | None:
    """Return windows that hold each hour of the week in the same number of weeks, and that number.

    As many weeks as `queries` can ask about; of the newest whole weeks of `window`, the days of a sample from
    different ones. None where there are not two whole weeks, or one week is already too much.
    """
    weeks = window.hours // HOURS_A_WEEK
    since = window.until - timedelta(weeks=weeks)
    for held in range(weeks - 1, 0, -1):
        asked: list[Window] = []
        for day in range(DAYS_A_WEEK):
            for turn in range(held):
                week = (day + turn * weeks // held) % weeks
                begin = since + timedelta(days=week * DAYS_A_WEEK + day)
                part = whole(hourly, Window(begin, begin + timedelta(days=1)), most)
                if part is None:
                    return None
                asked += part
        if len(asked) <= queries:
            return tuple(sorted(asked, key=lambda one: one.since)), held
    return None


def expected(hourly: HourlyTotals, window: Window) -> int:
    """Return how many executions a window holds."""
    return sum(count for hour, count in hourly.items() if _inside(hour, window))


def _inside(hour: float, window: Window) -> bool:
    return window.since.timestamp() <= hour < window.until.timestamp()


def _at(hour: float) -> datetime:
    return datetime.fromtimestamp(hour, UTC)
