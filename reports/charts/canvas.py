"""What every chart is drawn on: size, axes without ornaments, the log time axis, lanes."""

import math
from collections.abc import Iterable, Sequence
from typing import Final

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

from reports.charts.colour_roles import Colours
from reports.wording import numbers

WIDTH_PX: Final = 560
LEFT_PX: Final = 52
RIGHT_PX: Final = 14
FONT_PX: Final = 11.5
DPI: Final = 72
"""One point is one pixel, so sizes below are pixels of the SVG's view box."""

TICKS_MS: Final = (*(m * 10**e for e in range(0, 5) for m in (1, 2, 5)), 30_000, 60_000)
_TICK_GAP_PX: Final = 44


def new_figure(height_px: float, width_px: float = WIDTH_PX) -> Figure:
    """Return an empty, transparent figure."""
    figure = Figure(figsize=(width_px / DPI, height_px / DPI), dpi=DPI)
    FigureCanvasAgg(figure)
    figure.patch.set_visible(False)
    return figure


def add_panel(figure: Figure, colours: Colours, top_px: float, height_px: float) -> Axes:
    """Return bare axes `top_px` below the figure's top edge, over the full width."""
    width, height = figure.get_size_inches() * DPI
    axes = figure.add_axes(
        (
            LEFT_PX / width,
            1 - (top_px + height_px) / height,
            (width - LEFT_PX - RIGHT_PX) / width,
            height_px / height,
        )
    )
    axes.patch.set_visible(False)
    for side, spine in axes.spines.items():
        spine.set_visible(side == "bottom")
        spine.set_color(colours.muted)
        spine.set_linewidth(0.8)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(NullLocator())
        axis.set_minor_locator(NullLocator())
    axes.tick_params(
        length=3, width=0.8, color=colours.muted, labelcolor=colours.muted, labelsize=FONT_PX, pad=3, zorder=0
    )
    axes.tick_params(axis="y", length=0)
    return axes


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


def time_axis(axes: Axes, low_ms: float, high_ms: float, *, labels: bool = True) -> None:
    """Make x the log10 of milliseconds, with round ticks that do not crowd."""
    axes.set_xlim(math.log10(low_ms), math.log10(high_ms))
    if not labels:
        return
    ticks = spaced_ticks(low_ms, high_ms)
    axes.xaxis.set_major_locator(FixedLocator([math.log10(tick) for tick in ticks]))
    axes.xaxis.set_major_formatter(FixedFormatter([numbers.latency(tick) for tick in ticks]))
    _mark_dispensable(axes, ticks)


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


def y_ticks(axes: Axes, colours: Colours, at: Sequence[float], labels: Sequence[str]) -> None:
    """Label the y axis at the given places, with a hairline across."""
    axes.yaxis.set_major_locator(FixedLocator(list(at)))
    axes.yaxis.set_major_formatter(FixedFormatter(list(labels)))
    for place in at:
        axes.axhline(place, color=colours.grid, linewidth=0.8, zorder=0, clip_on=False)


def label_above(axes: Axes, at: float, text: str, colour: str, ha: str) -> None:
    """Name the vertical line at `at` (axis units) just above the plot; `ha` is the text's alignment to it."""
    axes.text(
        at,
        1.02,
        text,
        transform=axes.get_xaxis_transform(),
        ha=ha,
        va="bottom",
        fontsize=FONT_PX,
        color=colour,
        gid=class_gid("label"),
    )


def class_gid(name: str) -> str:
    """Return a gid that `svg.py` turns into a CSS class of the drawn group."""
    return f"class:{name}"


def _roundness(tick: float) -> tuple[int, float]:
    mantissa = tick / 10 ** math.floor(math.log10(tick) + 1e-9)
    order = {1: 0, 5: 2, 2: 3}.get(round(mantissa), 1)
    return order, tick


def _mark_dispensable(axes: Axes, ticks: Sequence[float]) -> None:
    """Every label but the powers of ten may be hidden by CSS on a narrow screen."""
    for tick, label in zip(ticks, axes.xaxis.get_ticklabels(), strict=False):
        if _roundness(tick)[0] != 0:
            label.set_gid(class_gid("spare"))
