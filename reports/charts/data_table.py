"""The numbers of a chart: whole for the JSON and for reading values off the chart, shorter for the page."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from reports.wording import numbers

MAX_SHOWN_ROWS: Final = 20
"""Longer tables are thinned on the page: they are read, not computed with."""

_DIGITS: Final = 5

Kind = Literal["latency", "share", "count", "duration", "plain"]


@dataclass(frozen=True, slots=True)
class DataColumn:
    """A column as shown; `fields` names one column of the raw rows, or two: the ends of a span.

    `adds_up`: rows may be merged by adding (calls), where others cannot be (quantiles).
    """

    head: str
    fields: tuple[str, ...]
    kind: Kind
    adds_up: bool = False


@dataclass(frozen=True, slots=True)
class DataTable:
    """Raw `rows` of numbers under `fields`, and how to show them; the first column is the row's header.

    `shown`: (first, last) raw row of each row on the page; more than one are merged. Unknown is None.
    """

    fields: tuple[str, ...]
    columns: tuple[DataColumn, ...]
    rows: tuple[tuple[float | None, ...], ...]
    shown: tuple[tuple[int, int], ...] = field(default=())

    @property
    def head(self) -> tuple[str, ...]:
        """The columns' headings."""
        return tuple(column.head for column in self.columns)

    @property
    def texts(self) -> tuple[tuple[str, ...], ...]:
        """The rows of the page, ready to be read."""
        return tuple(self._texts(first, last) for first, last in self.shown)

    @property
    def places(self) -> str:
        """`0-2 3 4`: which raw rows each row of the page stands for."""
        return " ".join(str(a) if a == b else f"{a}-{b}" for a, b in self.shown)

    def _texts(self, first: int, last: int) -> tuple[str, ...]:
        return tuple(self._cell(column, first, last) for column in self.columns)

    def _cell(self, column: DataColumn, first: int, last: int) -> str:
        at = [self.fields.index(name) for name in column.fields]
        if column.adds_up:
            return text_of(sum(row[at[0]] or 0 for row in self.rows[first : last + 1]), column.kind)
        low, high = self.rows[first][at[0]], self.rows[last][at[-1]]
        if len(at) == 1 or low == high:
            return text_of(low, column.kind)
        return f"{text_of(low, column.kind)} to {text_of(high, column.kind)}"


def text_of(value: float | None, kind: Kind) -> str:
    """Return a number as it is read; the page's script does the same (held by a test)."""
    show = {
        "latency": numbers.latency,
        "share": numbers.share,
        "count": numbers.count,
        "duration": numbers.duration,
        "plain": numbers.plain,
    }[kind]
    return show(value)


def data_table(
    fields: Sequence[str],
    columns: Sequence[DataColumn],
    rows: Sequence[Sequence[float | None]],
    shown: Sequence[tuple[int, int]],
) -> DataTable:
    """Return a table whose numbers are kept to five significant digits, which is more than is ever shown."""
    kept = tuple(tuple(rounded(value) for value in row) for row in rows)
    return DataTable(tuple(fields), tuple(columns), kept, tuple(shown))


def every_nth_row(rows: int, most: int = MAX_SHOWN_ROWS) -> tuple[tuple[tuple[int, int], ...], int]:
    """Return every n-th of so many rows, so that there are at most `most`, and n."""
    step = max(math.ceil(rows / most), 1)
    return tuple((index, index) for index in range(0, rows, step)), step


def rounded(value: float | None) -> float | None:
    """Return the value with five significant digits; whole numbers stay whole, what is not finite is None."""
    if value is None or isinstance(value, int):
        return value
    if not math.isfinite(value):
        return None
    short = float(f"{value:.{_DIGITS}g}")
    return int(short) if short.is_integer() else short
