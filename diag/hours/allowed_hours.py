"""When calls may be made: hours of the day, days of the week, and the time zone they are meant in.

[hours]
allow = ["23:00-05:00"]     # from, to; past midnight where the second is the earlier one
days = ["mon", "tue"]       # the days on which a stretch begins; all when left out
timezone = "Europe/Berlin"  # an IANA name, so that summer time is right; `zone` means the same
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from analysis.coverage.week_of_hours import DAYS, clock_span
from analysis.format.action_facts import is_zone
from analysis.format.json_to_dataclass import Between
from diag.toml_forms.kinds import ExactlyOne, Like, Needed, NotEmpty, Texts
from diag.toml_forms.read_form import read_form
from diag.toml_section import TomlSection

_MIDNIGHT: Final = 24 * 60

Stretch = tuple[float, float]
"""From and until, Unix seconds."""


Minute = Annotated[int, Between(0, _MIDNIGHT)]


@dataclass(frozen=True, slots=True)
class AllowedHours:
    """`spans` are minutes of the day (from, until); none means at any time. `days`: 0 is Monday."""

    spans: tuple[tuple[Minute, Minute], ...] = ()
    days: tuple[Annotated[int, Between(0, 6)], ...] = tuple(range(7))
    zone: str = "UTC"

    def stretches(self, since: float, until: float) -> tuple[Stretch, ...]:
        """Return the allowed stretches between two moments (Unix seconds), in order, none touching another.

        Where a clock is put forward or back, an hour that does not exist or comes twice is left out rather
        than called in against the word: a stretch begins late and ends early there.
        """
        if until <= since:
            return ()
        if not self.spans:
            return ((since, until),)
        zone = ZoneInfo(self.zone)
        day = datetime.fromtimestamp(since, zone).date() - timedelta(days=1)
        last = datetime.fromtimestamp(until, zone).date()
        found: list[Stretch] = []
        while day <= last:
            if day.weekday() in self.days:
                found += (_stretch(day, span, zone) for span in self.spans)
            day += timedelta(days=1)
        clipped = ((max(begin, since), min(end, until)) for begin, end in sorted(found))
        return _merged([(begin, end) for begin, end in clipped if begin < end])


ALWAYS: Final = AllowedHours()
_NO_HOURS: Final = 'For example: allow = ["23:00-05:00"]'
SPAN: Final = Like(r"^\s*[0-9]{1,2}:[0-9]{2}\s*-\s*[0-9]{1,2}:[0-9]{2}\s*$", "23:00-05:00")
_DAY: Final = Like(f"^({'|'.join(''.join(f'[{one.upper()}{one}]' for one in day) for day in DAYS)})", "mon")


@dataclass(frozen=True, slots=True)
class HoursTable:
    """When diag tune may call."""

    allow: Annotated[Texts, Needed(_NO_HOURS, "hours"), NotEmpty(), SPAN]
    """From and to; past midnight where the second is the earlier one: "23:00-05:00"."""
    days: Annotated[Texts, NotEmpty(), _DAY] | None = None
    """The days on which a stretch begins; all when left out."""
    timezone: Annotated[str | None, ExactlyOne(("timezone", "zone"))] = None
    """Whose clock that is: an IANA name such as "Europe/Berlin"."""
    zone: str | None = None
    """The same as timezone."""


def read_hours(part: TomlSection) -> AllowedHours:
    """Return the hours of a `[hours]` table. Raises what the table raises, for anything not as above."""
    table = read_form(part, HoursTable)
    spans = spans_of(part, "allow", table.allow)
    if not spans:
        raise part.error("has no hours", _NO_HOURS)
    if table.zone is not None and table.timezone is not None:
        raise part.error("has both timezone and zone", "They mean the same: keep one of them")
    key, zone = ("timezone", table.timezone) if table.zone is None else ("zone", table.zone)
    if zone is None:
        raise part.error("has no timezone", 'Say which clock is meant: timezone = "Europe/Berlin"')
    demand_zone(part, key, zone)
    days = DAYS if table.days is None else table.days
    unknown = [day for day in days if day.lower()[:3] not in DAYS]
    if unknown or not days:
        raise part.wrong_value("days", list(days), f"some of: {', '.join(DAYS)}")
    return AllowedHours(spans, tuple(sorted({DAYS.index(day.lower()[:3]) for day in days})), zone)


def demand_zone(part: TomlSection, key: str, zone: str) -> None:
    """Raise what the table raises where the value of a key is not the IANA name of a clock."""
    if not is_zone(zone):
        raise part.wrong_value(key, zone, 'an IANA time zone such as "Europe/Berlin" or "UTC"')


def spans_of(part: TomlSection, key: str, texts: Texts) -> tuple[tuple[int, int], ...]:
    """Return the spans of a day that a key holds as texts. Raises what the table raises."""
    return tuple(_span(part, key, text) for text in texts)


def span_words(span: tuple[int, int]) -> str:
    """Return a span as it is written in the file: 23:00-05:00."""
    return "-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in span)


def _span(part: TomlSection, key: str, text: str) -> tuple[int, int]:
    span = clock_span(text)
    if span is None:
        raise part.wrong_value(key, text, 'texts such as "23:00-05:00", from 00:00 to 24:00')
    return span


def _stretch(day: date, span: tuple[int, int], zone: ZoneInfo) -> Stretch:
    begin, end = span
    later = day if end > begin else day + timedelta(days=1)
    return max(_moments(day, begin, zone)), min(_moments(later, end, zone))


def _moments(day: date, minute: int, zone: ZoneInfo) -> tuple[float, float]:
    """Return both readings of a wall clock's minute: they differ where the clock is put back or forward."""
    plain = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)
    first, second = (plain.replace(tzinfo=zone, fold=fold).astimezone(UTC).timestamp() for fold in (0, 1))
    return first, second


def _merged(stretches: list[Stretch]) -> tuple[Stretch, ...]:
    merged: list[Stretch] = []
    for begin, end in stretches:
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return tuple(merged)
