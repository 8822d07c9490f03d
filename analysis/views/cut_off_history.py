"""Months of production of one action: the share cut off, day by day, beside what was promised."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

DAY_S: Final = 86_400.0
LEAST_DAYS: Final = 8
"""More than a week: less shows no course."""
MOST_DAYS: Final = 400
MOST_SPANS: Final = 92
"""Longer histories are drawn in spans of several days; what is older than `MOST_DAYS` is not drawn."""
MOST_CHANGES: Final = 12
MOST_ACTIONS: Final = 30
"""A report draws the months of its most urgent actions, no more: a page must stay small."""


@dataclass(frozen=True, slots=True)
class CutOffSpan:
    """Executions of a day or of several, from `at` (Unix seconds, midnight UTC), and those cut off."""

    at: float
    executions: int
    cut_off: int

    @property
    def share(self) -> float:
        """Return the share cut off (0..1)."""
        return self.cut_off / self.executions if self.executions else 0.0


@dataclass(frozen=True, slots=True)
class TimeoutChange:
    """A change of the timeout, `at` in Unix seconds, timeouts in seconds."""

    at: float
    before_s: int
    after_s: int


@dataclass(frozen=True, slots=True)
class CutOffHistory:
    """Spans of `days_each` days with executions, oldest first, the changes among them, the share promised."""

    accepted: float
    days_each: int
    spans: tuple[CutOffSpan, ...]
    changes: tuple[TimeoutChange, ...] = ()

    @property
    def until(self) -> float:
        """Return when the last span ends, Unix seconds."""
        return self.spans[-1].at + self.days_each * DAY_S

    @property
    def all(self) -> CutOffSpan:
        """Return all of it as one span."""
        return together(self.spans)


def cut_off_history(
    days: Sequence[CutOffSpan], changes: Sequence[TimeoutChange], accepted: float
) -> CutOffHistory | None:
    """Return the history of single days, in order; None where they lie within a week."""
    used = [day for day in days if day.executions > 0]
    used = [day for day in used if day.at > used[-1].at - MOST_DAYS * DAY_S]
    if not used:
        return None
    first = used[0].at
    many = round((used[-1].at - first) / DAY_S) + 1
    if many < LEAST_DAYS:
        return None
    each = math.ceil(many / MOST_SPANS)
    spans: dict[float, list[CutOffSpan]] = {}
    for day in used:
        spans.setdefault(first + (day.at - first) // (each * DAY_S) * each * DAY_S, []).append(day)
    history = CutOffHistory(accepted, each, tuple(CutOffSpan(at, *_sums(some)) for at, some in spans.items()))
    seen = [change for change in changes if first <= change.at < history.until]
    return replace(history, changes=tuple(seen[-MOST_CHANGES:]))


def grouped(spans: Sequence[CutOffSpan], most: int) -> list[Sequence[CutOffSpan]]:
    """Return the spans as at most `most` groups of neighbours."""
    step = math.ceil(len(spans) / most)
    return [spans[begin : begin + step] for begin in range(0, len(spans), step)]


def together(spans: Sequence[CutOffSpan]) -> CutOffSpan:
    """Return spans as one that begins with the first of them."""
    return CutOffSpan(spans[0].at, *_sums(spans))


def _sums(spans: Sequence[CutOffSpan]) -> tuple[int, int]:
    return sum(span.executions for span in spans), sum(span.cut_off for span in spans)
