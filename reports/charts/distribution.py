"""How long the calls took: finished, timed out and failed calls in lanes of their own, one time axis."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from matplotlib.figure import Figure
from matplotlib.path import Path

from analysis.views.summary import Histogram, Series
from reports.charts.canvas import add_panel, class_gid, log_range, new_figure, time_range, time_ticks
from reports.charts.colour_roles import Colours
from reports.charts.panel import Panel
from reports.charts.timeout_lines import ROW_PX, Marker, draw_markers, rows_needed
from reports.wording import numbers

_TALL_PX: Final = 118
_LOW_PX: Final = 40
_BESIDE_PX: Final = 64
_GAP_PX: Final = 8
_AXIS_PX: Final = 22


_FIRST_SECOND_FROM_MS: Final = 200.0
"""Where the axis begins when the fastest calls are only known to take less than a second."""


@dataclass(frozen=True, slots=True)
class _Lane:
    edges_ms: Sequence[float]
    counts: Sequence[int]
    colour: str
    height_px: int
    word: str


def distribution_chart(
    histogram: Histogram,
    markers: Sequence[Marker],
    colours: Colours,
    cut_off_word: str = "timed out",
    beside: Sequence[Series] = (),
) -> Figure:
    """Return the chart; a lane is scaled to its own tallest bar, and lanes without calls are left out.

    `cut_off_word` names the second lane, which holds timeouts and calls we gave up on. Series `beside` get
    a lane each, all their calls in it.
    """
    low_ms, high_ms = distribution_range(histogram, markers, beside)
    lanes = _lanes(histogram, colours, cut_off_word, beside)
    head_px = ROW_PX * rows_needed(markers, low_ms, high_ms) + 6
    height_px = head_px + sum(lane.height_px + _GAP_PX for lane in lanes) - _GAP_PX + _AXIS_PX
    figure = new_figure(height_px)
    top_px, panels = float(head_px), []
    for index, lane in enumerate(lanes):
        edges, heights = _bars(lane, low_ms)
        top = float(heights.max(initial=0)) * 1.12 or 1
        ends = log_range(low_ms, high_ms)
        panel = add_panel(figure, colours, top_px, lane.height_px, ends, (0, top))
        if index == len(lanes) - 1:
            time_ticks(panel, colours, low_ms, high_ms)
        _draw_bars(panel, edges, heights, lane.colour)
        _name(panel, colours, sum(lane.counts), lane.word)
        panels.append(panel)
        top_px += lane.height_px + _GAP_PX
    draw_markers(panels, markers, colours, low_ms, high_ms)
    return figure


def _lanes(
    histogram: Histogram, colours: Colours, cut_off_word: str, beside: Sequence[Series]
) -> list[_Lane]:
    edges = histogram.edges_ms
    lanes = [_Lane(edges, histogram.ok, colours.ok, _TALL_PX, "finished")]
    if any(histogram.timeouts):
        lanes.append(_Lane(edges, histogram.timeouts, colours.timeout, _LOW_PX, cut_off_word))
    if any(histogram.errors):
        lanes.append(_Lane(edges, histogram.errors, colours.error, _LOW_PX, "failed"))
    for one in beside:
        if one.histogram is not None:
            of_kind = zip(one.histogram.ok, one.histogram.timeouts, one.histogram.errors, strict=True)
            together = [sum(calls) for calls in of_kind]
            word = "in production" if one.name == "production" else "in the test"
            lanes.append(_Lane(one.histogram.edges_ms, together, colours.muted, _BESIDE_PX, word))
    return lanes


def distribution_range(
    histogram: Histogram, markers: Sequence[Marker], beside: Sequence[Series] = ()
) -> tuple[float, float]:
    """Return the ends of the time axis in ms."""
    drawn = [histogram, *(one.histogram for one in beside if one.histogram is not None)]
    places = [edge for one in drawn for edge in _occupied(one)]
    return time_range([*(edge or _FIRST_SECOND_FROM_MS for edge in places), *(m.at_ms for m in markers)])


def _occupied(histogram: Histogram) -> list[float]:
    """Return the edges of every bin that holds a call."""
    both: list[float] = []
    for index, calls in enumerate(zip(histogram.ok, histogram.timeouts, histogram.errors, strict=True)):
        if any(calls):
            both += histogram.edges_ms[index : index + 2]
    return both


def _bars(lane: _Lane, low_ms: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the edges of a lane's bars (log10 ms) and their heights.

    A bar's area is its calls, so bars of whole seconds, which shrink on a log axis, do not mislead.
    """
    edges = np.log10(np.maximum(np.asarray(lane.edges_ms, dtype=float), low_ms))
    widths = np.maximum(np.diff(edges), 1e-6)
    return edges, np.where(np.diff(edges) > 0, np.asarray(lane.counts, dtype=float) / widths, 0.0)


def _draw_bars(panel: Panel, edges: np.ndarray, heights: np.ndarray, colour: str) -> None:
    """Draw all bars as one path: a tenth of the size of one element a bar."""
    gap = (panel.x_range[1] - panel.x_range[0]) / 900
    vertices: list[tuple[float, float]] = []
    codes: list[np.uint8] = []
    for left, right, height in zip(edges[:-1], edges[1:], heights.tolist(), strict=True):
        if height:
            a, b = left + gap, max(right - gap, left + 2 * gap)
            vertices += [(a, 0), (a, height), (b, height), (b, 0), (a, 0)]
            codes += [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]
    if vertices:
        panel.path(Path(vertices, codes), facecolor=colour, edgecolor="none", zorder=2)


def _name(panel: Panel, colours: Colours, total: int, word: str) -> None:
    """Write the lane's total and name into it, so that colour is never needed."""
    words = f"{numbers.count(total)} {word}"
    gid = class_gid("lane")
    panel.text(0.003, 0.97, words, colours.text, ha="left", va="top", within="box", gid=gid, zorder=5)
