"""When production calls an action: its calls by hour of the week, on the clock of one time zone.

From telemetry (`week_of_counts`) or as someone states it (`stated_week`):

    production_hours = { when = ["mon-fri 08:00-18:00", "sun 23:00-03:00"], zone = "Europe/Berlin" }

A clock that is put forward or back moves nothing: every moment is read off the clock of its own day.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from analysis.format.action_facts import HOURS_A_WEEK, ProductionWeek, is_zone
from analysis.format.json_to_dataclass import WrongShapeError

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FEWEST_EXECUTIONS: Final = 30
"""Fewer executions show no hours that matter: each of them would be a thirtieth of a week or more."""
MOST_AN_HOUR: Final = 10**9
"""More executions of an action in an hour are a mistake of whoever counted them."""
QUARTER_S: Final = 900.0
"""Clocks differ from UTC by whole quarters of an hour, so a quarter lies in one hour of any clock."""
LIKE: Final = 'texts such as "mon-fri 08:00-18:00", "sat,sun 22:00-03:00" or "00:00-24:00" (every day)'
_SPAN: Final = re.compile(r"(?:([a-z][a-z ,-]*?)\s+)?(\d.*)", re.DOTALL)
_CLOCK: Final = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")
_LONGEST: Final = 100
_DAY_MINUTES: Final = 24 * 60
_WEEK_MINUTES: Final = 7 * _DAY_MINUTES


@dataclass(frozen=True, slots=True)
class StatedHours:
    """`production_hours` as it is written, before it is understood (`stated_week`)."""

    when: tuple[str, ...]
    zone: str


def hour_of_week(at: float, zone: ZoneInfo) -> int:
    """Return the hour of the week, 0 to 167, that a moment (Unix seconds) has on the clock of a zone."""
    local = datetime.fromtimestamp(at, zone)
    return 24 * local.weekday() + local.hour


def week_of_counts(hours: Iterable[tuple[float, int]], zone: str) -> ProductionWeek | None:
    """Return the week of executions per hour, each with its start in Unix seconds; None where they are few.

    An hour of UTC that lies across two hours of the zone's clock counts a part in each.
    """
    clock, calls, executions = ZoneInfo(zone), [0.0] * HOURS_A_WEEK, 0
    for started_at, told in hours:
        count = min(told, MOST_AN_HOUR)
        if count > 0:
            executions += count
            for quarter in range(4):
                calls[hour_of_week(started_at + quarter * QUARTER_S, clock)] += count / 4
    if executions < FEWEST_EXECUTIONS:
        return None
    return ProductionWeek(zone, tuple(int(one) if one.is_integer() else one for one in calls), "telemetry")


def stated_week(when: Sequence[str], zone: str) -> ProductionWeek:
    """Return the week in which every stated hour counts alike. Raises WrongShapeError: what would be right.

    A stretch whose end is not after its begin ends on the next day.
    """
    if not is_zone(zone):
        raise WrongShapeError('zone must be an IANA time zone such as "Europe/Berlin" or "UTC"')
    stated = bytearray(_WEEK_MINUTES + _DAY_MINUTES)
    for text in when:
        days, begin, length = _span(text)
        for day in days:
            first = day * _DAY_MINUTES + begin
            stated[first : first + length] = b"\1" * length
    for minute in range(_DAY_MINUTES):  # what a Sunday goes on with is Monday's
        stated[minute] |= stated[_WEEK_MINUTES + minute]
    if not any(stated):
        raise WrongShapeError(f"when must be {LIKE}")
    hours = (sum(stated[minute : minute + 60]) / 60 for minute in range(0, _WEEK_MINUTES, 60))
    return ProductionWeek(zone, tuple(hours), "stated")


def clock_span(text: str) -> tuple[int, int] | None:
    """Return from and until of "23:00-05:00" as minutes of the day (until 24:00); None for another text."""
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        return None
    from_h, from_m, to_h, to_m = map(int, match.groups())
    begin, end = from_h * 60 + from_m, to_h * 60 + to_m
    if max(from_m, to_m) > 59 or begin >= _DAY_MINUTES or end > _DAY_MINUTES or begin == end:
        return None
    return begin, end


def _span(text: str) -> tuple[frozenset[int], int, int]:
    """The days, the first minute and the minutes of one stretch."""
    match = _SPAN.fullmatch(text.strip().lower()) if len(text) <= _LONGEST else None
    days = _days(match[1]) if match else frozenset[int]()
    span = clock_span(match[2]) if match else None
    if span is None or not days:
        raise WrongShapeError(f"when must be {LIKE}")
    begin, end = span
    return days, begin, end - begin if end > begin else end - begin + _DAY_MINUTES


def _days(text: str | None) -> frozenset[int]:
    """The days of "mon-fri", "sat,sun" or "fri-mon"; all where none is named, none where one is not a day."""
    if text is None:
        return frozenset(range(7))
    found: set[int] = set()
    for part in text.split(","):
        ends = [end.strip()[:3] for end in part.split("-")]
        if len(ends) > 2 or any(end not in DAYS for end in ends):
            return frozenset()
        first, last = DAYS.index(ends[0]), DAYS.index(ends[-1])
        found |= {(first + step) % 7 for step in range((last - first) % 7 + 1)}
    return frozenset(found)
