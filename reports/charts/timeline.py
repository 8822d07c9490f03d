"""Latency over the run, with what could explain it below: failures, load, and the generator's own lag."""

import math
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from matplotlib.figure import Figure
from matplotlib.path import Path

from analysis.views.summary import TimeBin
from reports.charts.canvas import (
    WIDTH_PX,
    add_panel,
    class_gid,
    log_range,
    new_figure,
    spaced_ticks,
    time_range,
    x_ticks,
    y_labels,
    y_ticks,
)
from reports.charts.colour_roles import Colours
from reports.charts.data_table import rounded
from reports.charts.panel import Panel
from reports.wording import numbers

_TALL_PX: Final = 132
_LOW_PX: Final = 26
_GAP_PX: Final = 18
_HEAD_PX: Final = 8
_AXIS_PX: Final = 22
_LAG_WORTH_SHOWING_MS: Final = 5.0


def timeline_chart(
    bins: Sequence[TimeBin],
    now_s: int | None,
    colours: Colours,
    cut_off_word: str = "timed out",
    change_s: float | None = None,
) -> Figure:
    """Return p50, p99 and the slowest call per slice of time; lanes below share the time axis.

    `change_s`: where the action became slower or faster, seconds after the first slice begins.
    """
    lanes: list[tuple[str, str, Callable[[TimeBin], float]]] = [
        ("calls/s", colours.muted, lambda b: b.calls / b.width_s if b.width_s > 0 else 0.0)
    ]
    if any(b.timeouts for b in bins):
        lanes.append((cut_off_word, colours.timeout, lambda b: float(b.timeouts)))
    if any(b.errors for b in bins):
        lanes.append(("failed", colours.error, lambda b: float(b.errors)))
    if any((b.schedule_lag_ms or 0) > _LAG_WORTH_SHOWING_MS for b in bins):
        lanes.append(("sent late by, ms", colours.estimate, lambda b: b.schedule_lag_ms or 0.0))
    figure = new_figure(_HEAD_PX + _TALL_PX + len(lanes) * (_LOW_PX + _GAP_PX) + _AXIS_PX)
    end_s = timeline_end(bins)
    low, high = _latency_range(bins, now_s)
    panel = add_panel(figure, colours, _HEAD_PX, _TALL_PX, (0, end_s), log_range(low, high))
    ticks = spaced_ticks(low, high, width_px=WIDTH_PX * 0.75)
    y_ticks(panel, colours, [math.log10(tick) for tick in ticks], [numbers.latency(tick) for tick in ticks])
    _latencies(panel, colours, bins, now_s)
    if change_s is not None:
        _mark_change(panel, colours, change_s, end_s)
    top_px = float(_HEAD_PX + _TALL_PX + _GAP_PX)
    for word, colour, value in lanes:
        heights = [value(b) for b in bins]
        top = max(heights) or 1.0
        panel = add_panel(figure, colours, top_px, _LOW_PX, (0, end_s), (0, top * 1.05))
        y_labels(panel, colours, [top], [numbers.plain(rounded(top))])
        _lane(panel, colours, word, colour, bins, heights)
        top_px += _LOW_PX + _GAP_PX
    step = _step_s(end_s)
    places = [step * index for index in range(int(end_s / step) + 1)]
    spare = [index % 2 == 1 for index in range(len(places))]
    x_ticks(panel, colours, places, [numbers.duration(place) for place in places], spare)
    return figure


def timeline_end(bins: Sequence[TimeBin]) -> float:
    """Return where the time axis ends, seconds after its begin."""
    return max(b.start_s + b.width_s for b in bins)


def _latency_range(bins: Sequence[TimeBin], now_s: int | None) -> tuple[float, float]:
    drawn = [value for b in bins for value in (b.p50_ms, b.p99_ms, b.max_ms)]
    return time_range([*drawn, now_s * 1000 if now_s is not None else None])


def _latencies(panel: Panel, colours: Colours, bins: Sequence[TimeBin], now_s: int | None) -> None:
    if now_s is not None:
        now = math.log10(now_s * 1000)
        panel.line((0, 1), (now, now), colours.now, within="across", linewidth=1.4, zorder=2)
        panel.text(
            1,
            now,
            f"timeout {now_s} s",
            colours.now,
            ha="right",
            within="across",
            smaller_px=1,
            zorder=6,
            gid=class_gid("aside"),
        )
    slowest = [(_middle(b), math.log10(b.max_ms)) for b in bins if b.max_ms]
    if slowest:
        _dots(panel, slowest, colours.muted)
    for name, colour, style, width in (
        ("p99_ms", colours.estimate, "dotted", 1.8),
        ("p50_ms", colours.ok, "solid", 2),
    ):
        for run in _unbroken(bins, name):
            x, y = zip(*run, strict=True)
            panel.line(
                x,
                y,
                colour,
                linewidth=width,
                linestyle=style,
                zorder=3,
                solid_capstyle="round",
                marker="o" if len(run) == 1 else None,
                markersize=width,
            )


def _mark_change(panel: Panel, colours: Colours, change_s: float, end_s: float) -> None:
    """One upright line; its label stands on the side that has room."""
    at = (change_s, change_s)
    panel.line(at, (0, 1), colours.muted, within="upright", linewidth=1.4, linestyle="dashed", zorder=4)
    left = change_s < end_s / 2
    panel.text(
        change_s + (4 if left else -4) * end_s / panel.width_px,
        3 / panel.height_px,
        "changed here",
        colours.muted,
        ha="left" if left else "right",
        within="upright",
        smaller_px=1,
        zorder=6,
        gid=class_gid("aside"),
    )


def _dots(panel: Panel, points: Sequence[tuple[float, float]], colour: str) -> None:
    """Draw dots as one path: strokes of no length with round ends (one element instead of hundreds)."""
    vertices = [point for point in points for _ in range(2)]
    path = Path(vertices, [Path.MOVETO, Path.LINETO] * len(points))
    path.should_simplify = False  # from 64 dots on they would be taken for nothing and dropped
    panel.path(
        path,
        facecolor="none",
        edgecolor=colour,
        linewidth=2.8,
        alpha=0.75,
        capstyle="round",
        zorder=2,
    )


def _lane(
    panel: Panel,
    colours: Colours,
    word: str,
    colour: str,
    bins: Sequence[TimeBin],
    heights: Sequence[float],
) -> None:
    starts, stairs = (np.array(values) for values in _stairs(bins, heights))
    panel.band(starts, np.zeros(len(stairs)), stairs, colour, 0.8, clip=False, zorder=2)
    panel.text(0, 1.04, word, colours.muted, ha="left", within="box", smaller_px=1, gid=class_gid("lane"))


def _stairs(bins: Sequence[TimeBin], heights: Sequence[float]) -> tuple[list[float], list[float]]:
    """Return the corners of a stair line that falls to zero where no call was made."""
    starts: list[float] = []
    stairs: list[float] = []
    for index, (b, height) in enumerate(zip(bins, heights, strict=True)):
        starts.append(b.start_s)
        stairs.append(height)
        if index + 1 == len(bins) or _gap(b, bins[index + 1]):
            starts.append(b.start_s + b.width_s)
            stairs.append(0.0)
    return starts, stairs


def _gap(b: TimeBin, following: TimeBin) -> bool:
    return following.start_s - b.start_s > 1.5 * b.width_s


def _unbroken(bins: Sequence[TimeBin], name: str) -> list[list[tuple[float, float]]]:
    """Return runs of neighbouring (time, log10 ms) points; a gap or a missing value breaks the line."""
    runs: list[list[tuple[float, float]]] = [[]]
    for index, b in enumerate(bins):
        value: float | None = getattr(b, name)
        if value is None or value <= 0 or (index > 0 and _gap(bins[index - 1], b)):
            runs.append([])
        if value is not None and value > 0:
            runs[-1].append((_middle(b), math.log10(value)))
    return [run for run in runs if run]


def _middle(b: TimeBin) -> float:
    return b.start_s + b.width_s / 2


def _step_s(end_s: float) -> float:
    """Return a round step that gives about six ticks."""
    for step in (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400):
        if end_s / step <= 7:
            return float(step)
    return 86400.0 * math.ceil(end_s / 86400 / 7)
