"""Latency against calls in flight: flat while the backend copes, rising from the knee on."""

import math
from collections.abc import Sequence
from typing import Final

from matplotlib.figure import Figure

from analysis.views.summary import LoadBin
from reports.charts.canvas import (
    WIDTH_PX,
    add_panel,
    label_above,
    label_below,
    log_range,
    new_figure,
    spaced_ticks,
    time_range,
    x_ticks,
    y_ticks,
)
from reports.charts.colour_roles import Colours
from reports.wording import numbers

_PLOT_PX: Final = 176
_HEAD_PX: Final = 18
_AXIS_PX: Final = 38
_TICKS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)


def load_chart(bins: Sequence[LoadBin], knee: float | None, now_s: int | None, colours: Colours) -> Figure:
    """Return p50 and p99 per level of calls in flight (only tested levels are points), the knee marked."""
    figure = new_figure(_HEAD_PX + _PLOT_PX + _AXIS_PX)
    ends = log_range(*load_range(bins, knee))
    bins = _drawn(bins)
    x = [math.log10(_middle(b)) for b in bins]
    drawn = [value for b in bins for value in (b.p50_ms, b.p99_ms)]
    low, high = time_range([*drawn, None if now_s is None else now_s * 1000])
    panel = add_panel(figure, colours, _HEAD_PX, _PLOT_PX, ends, log_range(low, high))
    ticks = spaced_ticks(low, high, width_px=WIDTH_PX * 0.75)
    y_ticks(panel, colours, [math.log10(tick) for tick in ticks], [numbers.latency(tick) for tick in ticks])
    places = [tick for tick in _TICKS if ends[0] <= math.log10(tick) <= ends[1]]
    x_ticks(panel, colours, [math.log10(tick) for tick in places], [numbers.count(tick) for tick in places])
    label_below(panel, colours, "calls in flight")
    if now_s is not None:
        now = math.log10(now_s * 1000)
        panel.line((0, 1), (now, now), colours.now, within="across", linewidth=1.4, zorder=2)
    for values, colour, style in (
        ([b.p99_ms for b in bins], colours.estimate, "dotted"),
        ([b.p50_ms for b in bins], colours.ok, "solid"),
    ):
        points = [(at, math.log10(value)) for at, value in zip(x, values, strict=True) if value]
        if points:
            panel.line(
                [at for at, _ in points],
                [height for _, height in points],
                colour,
                linestyle=style,
                linewidth=1.8,
                marker="o",
                markersize=4.5,
                markerfacecolor=colour,
                markeredgecolor=colour,
                zorder=3,
            )
    if knee is not None:
        at = math.log10(knee)
        panel.line(
            (at, at), (0, 1), colours.timeout, within="upright", linewidth=1.4, linestyle="dashed", zorder=2
        )
        label_above(panel, at, f"knee at {numbers.plain(knee)}", colours.timeout, "center")
    return figure


def load_range(bins: Sequence[LoadBin], knee: float | None) -> tuple[float, float]:
    """Return the ends of the axis, calls in flight."""
    x = [math.log10(_middle(b)) for b in _drawn(bins)]
    end = max(x[-1], x[0] + 0.3, math.log10(knee or 1)) + 0.08
    return float(10 ** (x[0] - 0.08)), float(10**end)


def _drawn(bins: Sequence[LoadBin]) -> list[LoadBin]:
    return [b for b in bins if b.p50_ms is not None] or list(bins)


def _middle(b: LoadBin) -> float:
    return math.sqrt(max(b.low, 1) * max(b.high, 1))
