"""What every chart is drawn on: its size, panels with one line at the foot, ticks, the log time axis."""

import math
from collections.abc import Iterable, Sequence
from typing import Final

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.path import Path
from matplotlib.transforms import Bbox

from reports.charts.colour_roles import Colours
from reports.charts.panel import FONT_PX, Panel, Side
from reports.wording import numbers

WIDTH_PX: Final = 560
LEFT_PX: Final = 52
RIGHT_PX: Final = 14
DPI: Final = 72
"""One point is one pixel, so sizes below are pixels of the SVG's view box."""

TICKS_MS: Final = (*(m * 10**e for e in range(0, 5) for m in (1, 2, 5)), 30_000, 60_000)
_TICK_GAP_PX: Final = 44
_TICK_PX: Final = 3
_PAD_PX: Final = 3
_HAIRLINE_PX: Final = 0.8


def new_figure(height_px: float, width_px: float = WIDTH_PX) -> Figure:
    """Return an empty, transparent figure."""
    figure = Figure(figsize=(width_px / DPI, height_px / DPI), dpi=DPI)
    FigureCanvasAgg(figure)
    figure.patch.set_visible(False)
    return figure


def add_panel(
    figure: Figure,
    colours: Colours,
    top_px: float,
    height_px: float,
    x_range: tuple[float, float],
    y_range: tuple[float, float],
) -> Panel:
    """Return a bare panel `top_px` below the figure's top edge, over the full width."""
    width, height = figure.get_size_inches() * DPI
    width_px = width - LEFT_PX - RIGHT_PX
    foot = 1 - (top_px + height_px) / height
    box = Bbox.from_bounds(LEFT_PX / width, foot, width_px / width, height_px / height)
    panel = Panel(figure, x_range, y_range, box, width_px, height_px)
    panel.path(
        Path([(0, 0), (1, 0)]),
        within="box",
        facecolor="none",
        edgecolor=colours.muted,
        linewidth=_HAIRLINE_PX,
        capstyle="projecting",
        zorder=2.5,
    )
    return panel


def time_range(values_ms: Iterable[float | None]) -> tuple[float, float]:
    """Return the (low, high) of a log time axis in ms that holds every value, with some air."""
    finite = [value for value in values_ms if value is not None and value > 0 and math.isfinite(value)]
    if not finite:
        return 10.0, 60_000.0
    low, high = min(finite) / 1.25, max(finite) * 1.3
    if high / low < 8:
        middle = math.sqrt(low * high)
        low, high = min(low, middle / 2.9), max(high, middle * 2.9)
    return max(low, 0.1), high


def log_range(low: float, high: float) -> tuple[float, float]:
    """Return the ends of a panel's log scale."""
    return math.log10(low), math.log10(high)


def time_ticks(panel: Panel, colours: Colours, low_ms: float, high_ms: float) -> None:
    """Label x, the log10 of milliseconds, with round ticks that do not crowd.

    Every label but the powers of ten may be hidden by CSS on a narrow screen.
    """
    ticks = spaced_ticks(low_ms, high_ms)
    spare = [_roundness(tick)[0] != 0 for tick in ticks]
    labels = [numbers.latency(tick) for tick in ticks]
    x_ticks(panel, colours, [math.log10(tick) for tick in ticks], labels, spare)


def spaced_ticks(low_ms: float, high_ms: float, width_px: float = WIDTH_PX) -> list[float]:
    """Return round ticks between the ends at least `_TICK_GAP_PX` apart, the roundest kept first."""
    usable = width_px - LEFT_PX - RIGHT_PX
    scale = usable / math.log10(high_ms / low_ms)
    kept: list[float] = []
    inside = [tick for tick in TICKS_MS if low_ms <= tick <= high_ms]
    for tick in sorted(inside, key=_roundness):
        if all(abs(math.log10(tick / other)) * scale >= _TICK_GAP_PX for other in kept):
            kept.append(tick)
    return sorted(kept)


def x_ticks(
    panel: Panel, colours: Colours, at: Sequence[float], labels: Sequence[str], spare: Sequence[bool] = ()
) -> None:
    """Mark and label places of the x axis; labels that are `spare` may be hidden on a narrow screen."""
    foot, label = -_TICK_PX / panel.height_px, -(_TICK_PX + _PAD_PX) / panel.height_px
    if at:
        panel.path(
            Path([(x, y) for x in at for y in (0, foot)], [Path.MOVETO, Path.LINETO] * len(at)),
            within="upright",
            facecolor="none",
            edgecolor=colours.muted,
            linewidth=_HAIRLINE_PX,
            zorder=0,
        )
    for index, (x, text) in enumerate(zip(at, labels, strict=True)):
        gid = class_gid("spare") if index < len(spare) and spare[index] else None
        panel.text(
            x, label, text, colours.muted, ha="center", va="top", within="upright", gid=gid, zorder=1.5
        )


def y_ticks(panel: Panel, colours: Colours, at: Sequence[float], labels: Sequence[str]) -> None:
    """Label the y axis at the given places, with a hairline across."""
    if at:
        panel.path(
            Path([(x, y) for y in at for x in (0, 1)], [Path.MOVETO, Path.LINETO] * len(at)),
            within="across",
            facecolor="none",
            edgecolor=colours.grid,
            linewidth=_HAIRLINE_PX,
            capstyle="projecting",
            zorder=0,
        )
    y_labels(panel, colours, at, labels)


def y_labels(panel: Panel, colours: Colours, at: Sequence[float], labels: Sequence[str]) -> None:
    """Label the y axis at the given places."""
    left = -_PAD_PX / panel.width_px
    for y, text in zip(at, labels, strict=True):
        panel.text(
            left, y, text, colours.muted, ha="right", va="center_baseline", within="across", zorder=1.5
        )


def label_above(panel: Panel, at: float, text: str, colour: str, ha: Side) -> None:
    """Name the vertical line at `at` just above the plot; `ha` is the text's alignment to it."""
    panel.text(at, 1.02, text, colour, ha=ha, within="upright", gid=class_gid("label"))


def label_below(panel: Panel, colours: Colours, text: str) -> None:
    """Name the x axis, below the labels of its ticks."""
    under = -(_TICK_PX + _PAD_PX + FONT_PX + 2) / panel.height_px
    panel.text(0.5, under, text, colours.muted, ha="center", va="top", within="box")


def class_gid(name: str) -> str:
    """Return a gid that `svg.py` turns into a CSS class of the drawn group."""
    return f"class:{name}"


def _roundness(tick: float) -> tuple[int, float]:
    mantissa = tick / 10 ** math.floor(math.log10(tick) + 1e-9)
    order = {1: 0, 5: 2, 2: 3}.get(round(mantissa), 1)
    return order, tick
