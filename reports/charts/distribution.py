"""How long the calls took: finished, timed out and failed calls in lanes of their own, one time axis."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from analysis.summary import Histogram
from reports import numbers
from reports.charts.canvas import FONT_PX, classed, panel, sheet, time_axis, time_range
from reports.charts.ink import Ink
from reports.charts.markers import ROW_PX, Marker, draw_markers, rows_needed

_TALL_PX: Final = 118
_LOW_PX: Final = 40
_GAP_PX: Final = 8
_AXIS_PX: Final = 22


def distribution(
    histogram: Histogram, markers: Sequence[Marker], ink: Ink, cut_off_word: str = "timed out"
) -> Figure:
    """Return the chart; a lane is scaled to its own tallest bar, and lanes without calls are left out.

    `cut_off_word` names the second lane, which holds timeouts and calls we gave up on.
    """
    low_ms, high_ms = time_range([*_occupied(histogram), *(marker.at_ms for marker in markers)])
    lanes = [
        (counts, colour, _TALL_PX if index == 0 else _LOW_PX, word)
        for index, (counts, colour, word) in enumerate(
            (
                (histogram.ok, ink.ok, "finished"),
                (histogram.timeouts, ink.timeout, cut_off_word),
                (histogram.errors, ink.error, "failed"),
            )
        )
        if index == 0 or any(counts)
    ]
    head_px = ROW_PX * rows_needed(markers, low_ms, high_ms) + 6
    height_px = head_px + sum(lane[2] + _GAP_PX for lane in lanes) - _GAP_PX + _AXIS_PX
    figure = sheet(height_px)
    top_px, panels = float(head_px), []
    for number, (counts, colour, lane_px, word) in enumerate(lanes):
        axes = panel(figure, ink, top_px, lane_px)
        time_axis(axes, low_ms, high_ms, labels=number == len(lanes) - 1)
        _bars(axes, histogram.edges_ms, counts, colour)
        _name(axes, ink, sum(counts), word)
        panels.append(axes)
        top_px += lane_px + _GAP_PX
    draw_markers(panels, markers, ink, low_ms, high_ms)
    return figure


def _occupied(histogram: Histogram) -> list[float]:
    """Return the edges of every bin that holds a call."""
    both: list[float] = []
    for index, calls in enumerate(zip(histogram.ok, histogram.timeouts, histogram.errors, strict=True)):
        if any(calls):
            both += histogram.edges_ms[index : index + 2]
    return both


def _bars(axes: Axes, edges_ms: Sequence[float], counts: Sequence[int], colour: str) -> None:
    """All bars as one path: a tenth of the size of one element a bar."""
    axes.set_ylim(0, max(counts, default=0) * 1.12 or 1)
    edges = np.log10(np.maximum(np.asarray(edges_ms, dtype=float), 1e-3))
    gap = (axes.get_xlim()[1] - axes.get_xlim()[0]) / 900
    vertices: list[tuple[float, float]] = []
    codes: list[np.uint8] = []
    for left, right, height in zip(edges[:-1], edges[1:], counts, strict=True):
        if height:
            a, b = left + gap, max(right - gap, left + 2 * gap)
            vertices += [(a, 0), (a, height), (b, height), (b, 0), (a, 0)]
            codes += [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]
    if vertices:
        bars = PathPatch(Path(vertices, codes), facecolor=colour, edgecolor="none", zorder=2)
        axes.add_patch(bars).set_clip_on(False)


def _name(axes: Axes, ink: Ink, total: int, word: str) -> None:
    """Write the lane's total and name into it, so that colour is never needed."""
    axes.text(
        0.003,
        0.97,
        f"{numbers.count(total)} {word}",
        transform=axes.transAxes,
        ha="left",
        va="top",
        fontsize=FONT_PX,
        color=ink.text,
        gid=classed("lane"),
        zorder=5,
    )
