"""Latency over the run, with what could explain it below: failures, load, and the generator's own lag."""

import math
from collections.abc import Callable, Sequence
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.ticker import FixedFormatter, FixedLocator

from analysis.views.summary import TimeBin
from reports.charts.canvas import (
    FONT_PX,
    WIDTH_PX,
    add_panel,
    class_gid,
    new_figure,
    spaced_ticks,
    time_range,
    y_ticks,
)
from reports.charts.colour_roles import Colours
from reports.charts.data_table import rounded
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
    main = add_panel(figure, colours, _HEAD_PX, _TALL_PX)
    main.set_xlim(0, end_s)
    _latencies(main, colours, bins, now_s)
    if change_s is not None:
        _mark_change(main, colours, change_s, end_s)
    axes, top_px = main, float(_HEAD_PX + _TALL_PX + _GAP_PX)
    for word, colour, value in lanes:
        axes = add_panel(figure, colours, top_px, _LOW_PX)
        axes.set_xlim(0, end_s)
        _lane(axes, colours, word, colour, bins, value)
        top_px += _LOW_PX + _GAP_PX
    step = _step_s(end_s)
    places = [step * index for index in range(int(end_s / step) + 1)]
    axes.xaxis.set_major_locator(FixedLocator(places))
    axes.xaxis.set_major_formatter(FixedFormatter([numbers.duration(place) for place in places]))
    for index, label in enumerate(axes.xaxis.get_ticklabels()):
        if index % 2:
            label.set_gid(class_gid("spare"))
    return figure


def timeline_end(bins: Sequence[TimeBin]) -> float:
    """Return where the time axis ends, seconds after its begin."""
    return max(b.start_s + b.width_s for b in bins)


def _latencies(axes: Axes, colours: Colours, bins: Sequence[TimeBin], now_s: int | None) -> None:
    drawn = [value for b in bins for value in (b.p50_ms, b.p99_ms, b.max_ms)]
    low, high = time_range([*drawn, now_s * 1000 if now_s is not None else None])
    axes.set_ylim(math.log10(low), math.log10(high))
    ticks = spaced_ticks(low, high, width_px=WIDTH_PX * 0.75)
    y_ticks(axes, colours, [math.log10(tick) for tick in ticks], [numbers.latency(tick) for tick in ticks])
    if now_s is not None:
        axes.axhline(math.log10(now_s * 1000), color=colours.now, linewidth=1.4, zorder=2, clip_on=False)
        axes.text(
            1,
            math.log10(now_s * 1000),
            f"timeout {now_s} s",
            transform=axes.get_yaxis_transform(),
            ha="right",
            va="bottom",
            fontsize=FONT_PX - 1,
            color=colours.now,
            zorder=6,
            gid=class_gid("aside"),
        )
    slowest = [(_middle(b), math.log10(b.max_ms)) for b in bins if b.max_ms]
    if slowest:
        axes.add_patch(_dots(slowest, colours.muted)).set_clip_on(False)
    for name, colour, style, width in (
        ("p99_ms", colours.estimate, "dotted", 1.8),
        ("p50_ms", colours.ok, "solid", 2),
    ):
        for run in _unbroken(bins, name):
            x, y = zip(*run, strict=True)
            axes.plot(
                x,
                y,
                color=colour,
                linewidth=width,
                linestyle=style,
                zorder=3,
                solid_capstyle="round",
                marker="o" if len(run) == 1 else None,
                markersize=width,
                clip_on=False,
            )


def _mark_change(axes: Axes, colours: Colours, change_s: float, end_s: float) -> None:
    """One upright line; its label stands on the side that has room."""
    axes.axvline(change_s, color=colours.muted, linewidth=1.4, linestyle="dashed", zorder=4, clip_on=False)
    left = change_s < end_s / 2
    axes.annotate(
        "changed here",
        (change_s, 0),
        xycoords=axes.get_xaxis_transform(),
        xytext=(4 if left else -4, 3),
        textcoords="offset points",
        ha="left" if left else "right",
        va="bottom",
        fontsize=FONT_PX - 1,
        color=colours.muted,
        zorder=6,
        gid=class_gid("aside"),
    )


def _dots(points: Sequence[tuple[float, float]], colour: str) -> PathPatch:
    """Return dots as one path: strokes of no length with round ends (one element instead of hundreds)."""
    vertices = [point for point in points for _ in range(2)]
    path = Path(vertices, [Path.MOVETO, Path.LINETO] * len(points))
    path.should_simplify = False  # from 64 dots on they would be taken for nothing and dropped
    return PathPatch(
        path,
        facecolor="none",
        edgecolor=colour,
        linewidth=2.8,
        alpha=0.75,
        capstyle="round",
        zorder=2,
    )


def _lane(
    axes: Axes,
    colours: Colours,
    word: str,
    colour: str,
    bins: Sequence[TimeBin],
    value: Callable[[TimeBin], float],
) -> None:
    heights = [value(b) for b in bins]
    top = max(heights) or 1.0
    axes.set_ylim(0, top * 1.05)
    starts, stairs = _stairs(bins, heights)
    axes.fill_between(
        starts, stairs, step="post", facecolor=colour, edgecolor="none", alpha=0.8, zorder=2, clip_on=False
    )
    axes.text(
        0,
        1.04,
        word,
        transform=axes.transAxes,
        ha="left",
        va="bottom",
        fontsize=FONT_PX - 1,
        color=colours.muted,
        gid=class_gid("lane"),
    )
    axes.yaxis.set_major_locator(FixedLocator([top]))
    axes.yaxis.set_major_formatter(FixedFormatter([numbers.plain(rounded(top))]))


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
