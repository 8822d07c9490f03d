"""The week of hours of one action: its drawing, its sentence, and the same as a table of words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from analysis.coverage.hours_seen import missed_hours
from analysis.format.action_facts import ProductionWeek
from analysis.verdicts.hours_words import DAY_NAMES, hours_of_day, ranges_of
from analysis.verdicts.recommendation import Recommendation
from reports.charts.sketches.week_grid import week_grid

NONE: Final = "–"


@dataclass(frozen=True, slots=True)
class WeekFigure:
    """`rows`: (day, hours seen, slow ones among them, hours that production calls and that were not seen, nor
    the same hours of a like day).

    `knows_production`: without it nothing can be missed, and the column is left out.
    """

    svg: str
    sentence: str
    rows: tuple[tuple[str, str, str, str], ...]
    knows_production: bool
    any_slow: bool


def week_figure(action: Recommendation, production: ProductionWeek | None) -> WeekFigure | None:
    """Return the week that an action's calls show; None without calls.

    `production`: when production calls it.
    """
    hours = action.hours
    if hours is None or action.coverage_reason is None:
        return None
    known = action.source == "test" and production is not None
    seen = [hour for hour, calls in enumerate(hours.calls) if calls]
    missed = missed_hours(hours.calls, production) if production is not None and known else ()
    rows = tuple(
        (name, _ranges(seen, day), _ranges(hours.slow, day), _ranges(missed, day))
        for day, name in enumerate(DAY_NAMES)
    )
    sentence = f"{action.coverage_reason[:1].upper()}{action.coverage_reason[1:]}."
    return WeekFigure(week_grid(seen, hours.slow, missed), sentence, rows, known, bool(hours.slow))


def _ranges(cells: Iterable[int], day: int) -> str:
    return ", ".join(ranges_of(hours_of_day(cells, day))) or NONE
