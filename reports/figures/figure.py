"""What a chart is for the pages: a drawing with a title, a description, a key, and its numbers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NotRequired, TypedDict

from matplotlib.figure import Figure

from reports.charts.colour_roles import THEME_COLOURS, Colours
from reports.charts.data_table import DataTable, rounded
from reports.charts.svg import to_svg
from reports.charts.timeout_lines import Marker


@dataclass(frozen=True, slots=True)
class Axis:
    """The horizontal axis of a chart, so that a place on it can be read: log or linear, and its ends."""

    scale: Literal["log", "linear"]
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class TryOut:
    """The share of calls cut off by a timeout of 1, 2, ... s (None: not known)."""

    cut_off: tuple[float | None, ...]
    at_most: float
    """The share cut off where it is not known cannot be above this."""
    start_s: int


class ChartJson(TypedDict):
    """The numbers of a chart; null: unknown."""

    fields: list[str]
    """Names of the columns of `rows`."""
    columns: list[list[str | list[str]]]
    """As the page shows them: heading, fields, kind."""
    rows: list[list[float | None]]
    axis: list[str | float | None]
    """Scale, low end, high end."""
    facts: dict[str, float | None]
    """Numbers of its words that stand nowhere else."""
    cut_off_by_timeout: NotRequired[list[float | None]]
    """The share of calls that a timeout of 1, 2, ... s cuts off; the last one holds on."""
    cut_off_at_most: NotRequired[float | None]


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart of an action, ready to be drawn in any `Colours`."""

    name: str
    title: str
    description: str
    """May be `TracedText`: its numbers then stand in the action's entry, or in `facts` below."""
    draw: Callable[[Colours], Figure]
    table: DataTable
    axis: Axis
    key: tuple[tuple[str, str], ...] = ()
    """(CSS class of the swatch, text)."""
    try_out: TryOut | None = None
    """What the page needs for trying a timeout on this chart."""
    facts: Mapping[str, float | None] = field(default_factory=dict)
    """Numbers of its words that stand nowhere else."""

    def short_name(self, index: int) -> str:
        """Return a name that no other chart of a page has, of the action at this place of it."""
        return f"a{index + 1}{self.name[0]}"

    def svg(self, prefix: str) -> str:
        """Return the themed, inline SVG; `prefix` as in `to_svg`."""
        return to_svg(self.draw(THEME_COLOURS), prefix=prefix)

    def to_json(self) -> ChartJson:
        """Return the chart's numbers; `axis` is [scale, low, high], for reading a place on it."""
        body: ChartJson = {
            "fields": list(self.table.fields),
            "columns": [[one.head, list(one.fields), one.kind] for one in self.table.columns],
            "rows": [list(row) for row in self.table.rows],
            "axis": [self.axis.scale, rounded(self.axis.low), rounded(self.axis.high)],
            "facts": dict(self.facts),
        }
        if self.try_out is not None:
            body["cut_off_by_timeout"] = _until_it_stays([rounded(share) for share in self.try_out.cut_off])
            body["cut_off_at_most"] = rounded(self.try_out.at_most)
        return body


def _until_it_stays(values: list[float | None]) -> list[float | None]:
    """Drop repetitions of the last value: beyond the end of the list it holds on."""
    while len(values) > 1 and values[-1] == values[-2]:
        values.pop()
    return values


def key_entries(markers: Sequence[Marker]) -> tuple[tuple[str, str], ...]:
    """Return the entries of the markers for the key below a chart."""
    return tuple((f"mark {marker.role}", marker.key) for marker in markers)
