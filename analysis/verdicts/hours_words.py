"""Hours of the week in words: which were seen, and when production calls where they were not."""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.coverage.hours_seen import SHARE_FOR_A, HoursSeen, unseen_shares
from analysis.format.action_facts import ProductionWeek
from analysis.number_words import percent_figure

DAY_NAMES: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MOST: Final = 0.9
"""The words cover at least this part of what was not seen; what is left is thinly spread."""
LONGEST_STRETCH_H: Final = 16
"""A longer stretch of hours says nothing about when."""
MOST_RANGES: Final = 3
MOST_DAYS: Final = 3
MATTERS: Final = 0.02
"""A day with a smaller share of production's calls is not worth its word."""

_UNKNOWN: Final[Mapping[bool | None, str]] = {
    None: "when production calls was not recorded",
    False: "when production calls could not be read",
    True: "production calls too seldom to tell when",
}


def coverage_words(
    hours: HoursSeen, production: ProductionWeek | None, source: str = "test", *, read: bool | None = None
) -> str:
    """Return one sentence without its full stop: the hours seen, and what of production's they leave out.

    `read`: as `ActionFacts.production_read`.
    """
    seen = seen_words(hours)
    if source == "production":
        return f"production called it {seen}, and every one of these hours counts"
    if production is None or hours.share is None or hours.days_share is None:
        return f"these calls cover {seen}; {_UNKNOWN[read]}, so no hour counts more than another"
    if hours.share < SHARE_FOR_A and hours.grade != "A":
        return f"these calls cover {seen}; {missed_words(hours, production)}"
    share = f"{_share_of_all(hours.share)} come in hours like these"
    if hours.grade == "A":
        return f"these calls cover {seen}; {share}"
    days = f"{percent_figure(hours.days_share)} on the same days of the week"
    return f"these calls cover {seen}; {share}, but only {days}"


def missed_words(hours: HoursSeen, production: ProductionWeek) -> str:
    """Return "80 % of production's calls come between 01:00 and 05:00, which were not seen"."""
    what, hardly = _missed(hours, production)
    return f"{what}, which were {'hardly' if hardly else 'not'} seen"


def left_out_words(hours: HoursSeen, production: ProductionWeek) -> str:
    """Return "80 % of production's calls come between 01:00 and 05:00": those that these hours leave out."""
    return _missed(hours, production)[0]


def _missed(hours: HoursSeen, production: ProductionWeek) -> tuple[str, bool]:
    """What of production comes in hours that were not seen, and whether some of them hardly were."""
    unseen = unseen_shares(hours.calls, production).reshape(7, 24)
    calls = np.array(hours.calls).reshape(7, 24)
    stretch = _stretch(unseen.sum(axis=0))
    days = _days_that_miss(unseen, np.array(production.calls).reshape(7, 24).sum(axis=1), calls.sum(axis=1))
    place = np.ix_(range(7) if days is None else days, range(24) if stretch is None else stretch)
    parts = [] if stretch is None else [f"between {stretch[0]:02}:00 and {stretch[-1] + 1:02}:00"]
    parts += [] if days is None else [days_words(days)]
    when = " ".join(parts) or "in other hours"
    stated = "as stated, " if production.known_from == "stated" else ""
    hardly = bool(parts) and bool(calls[place][unseen[place] > 0.0].any())
    share = _share_of_all(float(unseen[place].sum()))
    if production.less_own:
        share += ", diag's own perhaps among them,"
    return f"{stated}{share} come {when}", hardly


def seen_words(hours: HoursSeen) -> str:
    """Return "09:00-17:00 on weekdays (UTC)": the hours with calls, on the clock of their zone."""
    groups: dict[tuple[int, ...], list[int]] = {}
    for day in range(7):
        of_day = tuple(hour for hour in range(24) if hours.calls[24 * day + hour])
        if of_day:
            groups.setdefault(of_day, []).append(day)
    if len(groups) > 2:
        together = sorted({hour for of_day in groups for hour in of_day})
        groups = {tuple(together): [day for days in groups.values() for day in days]}
    text = " and ".join(f"{range_words(of_day)} {days_words(days)}" for of_day, days in groups.items())
    return f"{text} ({hours.zone})"


def range_words(hours: Collection[int]) -> str:
    """Return "09:00-17:00", "01:00-05:00, 22:00-24:00", "all hours" or "17 of the 24 hours"."""
    if len(hours) == 24:
        return "all hours"
    ranges = ranges_of(hours)
    return f"{len(hours)} of the 24 hours" if len(ranges) > MOST_RANGES else ", ".join(ranges)


def ranges_of(hours: Collection[int]) -> list[str]:
    """Return the stretches of these hours of one day, each as "09:00-17:00"."""
    found: list[list[int]] = []
    for hour in sorted(hours):
        if found and hour == found[-1][-1] + 1:
            found[-1].append(hour)
        else:
            found.append([hour])
    return [f"{one[0]:02}:00-{one[-1] + 1:02}:00" for one in found]


def days_words(days: Iterable[int]) -> str:
    """Return "on weekdays", "at weekends", "every day" or "on Monday and Friday"."""
    wanted = sorted(set(days))
    known = {tuple(range(7)): "every day", tuple(range(5)): "on weekdays", (5, 6): "at weekends"}
    if tuple(wanted) in known:
        return known[tuple(wanted)]
    names = [DAY_NAMES[day] for day in wanted]
    return "on " + " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def hours_of_day(cells: Iterable[int], day: int) -> list[int]:
    """Return those of the hours of the week that lie on a day, as hours of the day."""
    return [cell % 24 for cell in cells if cell // 24 == day]


def _share_of_all(share: float) -> str:
    """Return "all of production's calls", or their share, which is never rounded up to all."""
    if share >= 1.0 - 1e-9:
        return "all of production's calls"
    return f"{percent_figure(min(share, 0.99))} of production's calls"


def _stretch(of_hour: NDArray[np.float64]) -> list[int] | None:
    """The shortest stretch of the clock, past midnight or not, with most of what is missed."""
    wanted = MOST * float(of_hour.sum())
    for length in range(1, LONGEST_STRETCH_H + 1):
        sums = [
            float(np.take(of_hour, range(begin, begin + length), mode="wrap").sum()) for begin in range(24)
        ]
        if max(sums) >= wanted:
            begin = int(np.argmax(sums))
            return [(begin + step) % 24 for step in range(length)]
    return None


def _days_that_miss(
    unseen: NDArray[np.float64], production: NDArray[np.float64], seen: NDArray[np.int64]
) -> list[int] | None:
    """The fewest days with most of what is missed; None where that says nothing: where those are all on which
    anything calls, or too many to name."""
    of_day = unseen.sum(axis=1)
    found: list[int] = []
    for day in np.argsort(-of_day, kind="stable"):
        found.append(int(day))
        if of_day[found].sum() >= MOST * of_day.sum():
            break
    calls = {day for day in range(7) if production[day] >= MATTERS * production.sum() or seen[day]}
    named = len(found) <= MOST_DAYS or set(found) == set(range(5))
    return None if calls <= set(found) or not named else sorted(found)
