"""Genesys' approval of a load test: the ticket, and the hours for which it was given.

[approval]
ticket = "0004711"          # of the support case, opened at least two weeks ahead
hours = ["23:00-05:00"]     # as approved; left out: these
timezone = "Europe/Berlin"  # the region's clock; left out: that of the place where the region lies
nights = ["2026-12-10"]     # those that are booked, by the day on which they begin; left out: any night

Documented (docs/genesys-api.md, "What Genesys allows") are the ticket, its two weeks, 23:00 to 05:00 in the
region's time zone, and that each period is booked. Which time zone a region has is not: it is assumed.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from analysis.format.json_to_dataclass import Between
from analysis.plain_text import printable
from diag.hours.allowed_hours import SPAN, AllowedHours, Stretch, demand_zone, span_words, spans_of
from diag.toml_forms.kinds import Like, Needed, NotEmpty, Texts
from diag.toml_forms.read_form import read_form
from diag.toml_section import TomlSection

NIGHT: Final = ((23 * 60, 5 * 60),)
MOST_LETTERS: Final = 100
_DAY_S: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class Approval:
    """One ticket, and when it allows calls; `spans` are minutes of the day (from, until)."""

    ticket: str
    spans: tuple[tuple[Annotated[int, Between(0, 1440)], Annotated[int, Between(0, 1440)]], ...] = NIGHT
    zone: str | None = None
    """IANA name; None: that of the org's region."""
    nights: tuple[date, ...] = ()
    """Those that are booked; none: any."""

    def to_come(self, zone: str, now: float) -> tuple[Stretch, ...]:
        """Return the approved stretches that are not over at `now`, the first one first; Unix seconds.

        Of any nights only the next ones.
        """
        if not self.nights:
            days = AllowedHours(self.spans, zone=zone).stretches(now - _DAY_S, now + 2 * _DAY_S)
        else:
            days = tuple(each for night in self.nights for each in self._of_night(night, zone))
        return tuple(sorted((begin, end) for begin, end in days if end > now))

    def _of_night(self, night: date, zone: str) -> tuple[Stretch, ...]:
        midnight = datetime(night.year, night.month, night.day, tzinfo=ZoneInfo(zone)).timestamp()
        hours = AllowedHours(self.spans, (night.weekday(),), zone)
        return hours.stretches(midnight, midnight + 2 * _DAY_S)

    @property
    def words(self) -> str:
        """Return the hours as people read them, without their clock: 23:00-05:00, nights of 2026-12-10."""
        hours = " and ".join(span_words(span) for span in self.spans)
        return hours + (f", nights of {', '.join(map(str, self.nights))}" if self.nights else "")


_NO_TICKET: Final = 'Write the number of the support case: ticket = "0004711"'


@dataclass(frozen=True, slots=True)
class ApprovalTable:
    """Genesys' approval of a load test beyond the limits of an org: calls leave in its hours only."""

    ticket: Annotated[str, Needed(_NO_TICKET), Like(r"\S", "0004711"), NotEmpty()]
    """Number of the support case, opened at least two weeks ahead."""
    hours: Annotated[Texts, SPAN] = ()
    """As approved; left out: "23:00-05:00"."""
    timezone: str | None = None
    """The region's clock, an IANA name; left out: that of the place where the region lies (assumed)."""
    nights: Annotated[Texts, Like("^[0-9]{4}-?[0-9W-]+$", "2026-12-10")] = ()
    """Those that are booked, by the day on which they begin; left out: any night."""


def read_approval(part: TomlSection) -> Approval:
    """Return the approval of an `[approval]` table. Raises what the table raises where it is not as above."""
    table = read_form(part, ApprovalTable)
    ticket = printable(table.ticket).strip()
    if not ticket:
        raise part.error("has no ticket", _NO_TICKET)
    if len(ticket) > MOST_LETTERS:
        what = f"is longer than {MOST_LETTERS} letters"
        raise part.wrong("ticket", what, "The number of the case is enough.")
    if table.timezone is not None:
        demand_zone(part, "timezone", table.timezone)
    spans = spans_of(part, "hours", table.hours) or NIGHT
    return Approval(ticket, spans, table.timezone, tuple(_night(part, text) for text in table.nights))


def _night(part: TomlSection, text: str) -> date:
    try:
        night = date.fromisoformat(text)
    except ValueError:
        night = date.min
    if night < date(2000, 1, 1):
        raise part.wrong_value("nights", text, 'days such as "2026-12-10", each that on which a night begins')
    return night
