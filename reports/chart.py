"""What a chart is for the pages: a drawing with a title, a description, a key, and its numbers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from matplotlib.figure import Figure

from reports.charts.ink import THEMED, Ink
from reports.charts.markers import Marker
from reports.charts.svg import to_svg

MAX_TABLE_ROWS: Final = 20
"""Longer tables are thinned: they are read, not computed with."""


@dataclass(frozen=True, slots=True)
class DataTable:
    """The numbers of a chart; the first column is the row's header."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class TryOut:
    """The share of calls cut off by a timeout of 1, 2, ... s (None: not known) and the axis of the chart."""

    cut_off: tuple[float | None, ...]
    at_most: float
    """The share cut off where it is not known cannot be above this."""
    low_ms: float
    high_ms: float
    start_s: int


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart of an action, ready to be drawn in any `Ink`."""

    name: str
    title: str
    description: str
    draw: Callable[[Ink], Figure]
    table: DataTable
    key: tuple[tuple[str, str], ...] = ()
    """(CSS class of the swatch, text)."""
    try_out: TryOut | None = None
    """What the page needs to let people try a timeout on this chart."""

    def svg(self, prefix: str) -> str:
        """Return the themed, inline SVG; `prefix` must be unique within the page."""
        return to_svg(
            self.draw(THEMED),
            prefix=f"{prefix}-{self.name}",
            title=self.title,
            description=self.description,
        )


def key_of(markers: Sequence[Marker]) -> tuple[tuple[str, str], ...]:
    """Return the entries of the markers for the key below a chart."""
    return tuple((f"mark {marker.role}", marker.key) for marker in markers)
