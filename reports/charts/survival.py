"""The chart that shows why: what share of calls is slower than t, and where each timeout would cut."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from matplotlib.figure import Figure
from matplotlib.path import Path

from analysis.statistics.survival_curve import SurvivalCurve
from analysis.verdicts.recommendation import Recommendation
from analysis.views.summary import Series
from reports.charts.canvas import class_gid, time_range, time_ticks
from reports.charts.colour_roles import Colours
from reports.charts.panel import Panel, outline
from reports.charts.share_panel import heights, line_at_allowed, lowest_share, share_panel
from reports.charts.timeout_lines import ROW_PX, Marker, draw_markers, rows_needed
from reports.wording import numbers

_PLOT_PX: Final = 214
_MAX_POINTS: Final = 260


def survival_chart(
    curve: SurvivalCurve,
    action: Recommendation,
    percentile: float,
    markers: Sequence[Marker],
    colours: Colours,
    series: Sequence[Series] = (),
) -> Figure:
    """Return the curve on log-log axes with its band, the target share, and the p99 with its interval.

    `series` are drawn as thin lines beside it: one source of calls each (published, draft, production).
    """
    low_ms, high_ms = survival_range(curve, action, markers, series)
    curve = thinned(curve, _MAX_POINTS)
    t_ms, share = list(curve.t_ms), list(curve.share)
    lowest = lowest_share(share, 1 - percentile, decades=2)
    head_px = ROW_PX * rows_needed(markers, low_ms, high_ms) + 6
    figure, panel = share_panel(colours, head_px, _PLOT_PX, (low_ms, high_ms), lowest)
    time_ticks(panel, colours, low_ms, high_ms)
    t_ms, share = [low_ms, *t_ms], [1.0, *share]
    lower, upper = [1.0, *curve.lower], [1.0, *curve.upper]
    x = np.log10(np.maximum(t_ms, low_ms))
    panel.band(x, heights(lower, lowest), heights(upper, lowest), colours.band, 0.2)
    panel.stairs(x, heights(share, lowest), colours.ok, linewidth=2, zorder=3)
    for one in series:
        _alone(panel, colours, one, lowest)
    _unknown_beyond(panel, colours, t_ms, share, high_ms, 1 - percentile)
    _target(panel, colours, action, percentile)
    draw_markers([panel], markers, colours, low_ms, high_ms)
    return figure


def survival_range(
    curve: SurvivalCurve, action: Recommendation, markers: Sequence[Marker], series: Sequence[Series] = ()
) -> tuple[float, float]:
    """Return the ends of the chart's time axis in ms."""
    beside = [t for one in series for t in _visible(one.survival.t_ms, one.survival.share)]
    return time_range(
        [
            *_visible(curve.t_ms, curve.share),
            *beside,
            action.quantile_upper_ms,
            *(marker.at_ms for marker in markers),
        ]
    )


def _alone(panel: Panel, colours: Colours, series: Series, lowest: float) -> None:
    """Draw one source of calls by itself; distinguished by its dashes as well as its colour."""
    colour, dashes = {
        "published": (colours.now, (0, (1, 2))),
        "draft": (colours.error, (0, (5, 2))),
        "production": (colours.timeout, (0, (6, 2, 1, 2))),
        "test": (colours.timeout, (0, (6, 2, 1, 2))),
    }[series.name]
    curve = thinned(series.survival, _MAX_POINTS)
    if series.name == "production":
        # Known at whole seconds only: those are points, and the lines between only lead the eye.
        panel.line(
            np.log10(curve.t_ms),
            heights(curve.share, lowest),
            colour,
            clip=True,
            linewidth=1.4,
            linestyle=dashes,
            marker="o",
            markersize=3.4,
            zorder=3.5,
        )
        return
    panel.stairs(
        np.log10(np.maximum(curve.t_ms, 0.1)),
        heights(curve.share, lowest),
        colour,
        linewidth=1.3,
        linestyle=dashes,
        zorder=2.5,
    )


def _target(panel: Panel, colours: Colours, action: Recommendation, percentile: float) -> None:
    """Draw the line of the allowed share, and on it the estimate with its interval."""
    y = line_at_allowed(panel, colours, 1 - percentile)
    allowed = f"{numbers.share(1 - percentile)} allowed"
    panel.text(
        1,
        y,
        allowed,
        colours.recommended,
        ha="right",
        within="across",
        smaller_px=1,
        zorder=6,
        gid=class_gid("aside"),
    )
    low, high = action.quantile_lower_ms, action.quantile_upper_ms
    if low is not None and high is not None and low > 0:
        panel.line(
            (math.log10(low), math.log10(high)),
            (y, y),
            colours.estimate,
            clip=True,
            linewidth=4,
            solid_capstyle="round",
            alpha=0.55,
            zorder=5,
        )
    if action.quantile_ms is not None:
        x = math.log10(action.quantile_ms)
        for colour, width in ((colours.estimate, 8.8), (colours.paper, 5.2)):
            _dot(panel, x, y, colour, width)


def _dot(panel: Panel, x: float, y: float, colour: str, width: float) -> None:
    """Draw a stroke of no length with round ends: a dot in a tenth of what a marker takes in SVG."""
    panel.path(
        Path([(x, y), (x, y)], [Path.MOVETO, Path.LINETO]),
        clip=True,
        facecolor="none",
        edgecolor=colour,
        linewidth=width,
        capstyle="round",
        zorder=6,
    )


def _unknown_beyond(
    panel: Panel,
    colours: Colours,
    t_ms: Sequence[float],
    share: Sequence[float],
    high_ms: float,
    target: float,
) -> None:
    """Shade what the run does not show: the curve ends where calls were cut off."""
    if len(t_ms) == 0 or share[-1] <= target:
        return
    start = math.log10(t_ms[-1])
    end = math.log10(high_ms)
    corners = outline(np.array([(start, 0), (start, 1), (end, 1), (end, 0)]))
    panel.path(corners, within="upright", facecolor=colours.muted, alpha=0.12, edgecolor="none", zorder=0)
    panel.text(
        end,
        0.02,
        f"not known: {numbers.share(share[-1])} were cut off ",
        colours.muted,
        ha="right",
        within="upright",
        smaller_px=1,
        gid=class_gid("aside"),
    )


def _visible(t_ms: Sequence[float], share: Sequence[float]) -> list[float]:
    """Return the times worth a place on the axis: from where the curve begins to fall."""
    falling = [t for t, s in zip(t_ms, share, strict=True) if s < 0.995]
    return [*falling[:1], *list(t_ms)[-1:]]


def thinned(curve: SurvivalCurve, points: int) -> SurvivalCurve:
    """Return the curve with at most so many steps, equally spaced along its length on log-log axes."""
    if len(curve.t_ms) <= points:
        return curve
    x = np.log10(np.maximum(curve.t_ms, 1e-3))
    y = np.log10(np.maximum(curve.share, 1e-6))
    travelled = np.concatenate(([0.0], np.cumsum(np.abs(np.diff(x)) + np.abs(np.diff(y)))))
    wanted = np.linspace(0, travelled[-1], points)
    keep = np.unique(np.minimum(np.searchsorted(travelled, wanted), len(x) - 1))
    columns = (curve.t_ms, curve.share, curve.lower, curve.upper)
    kept = (tuple(column[index] for index in keep) for column in columns)
    return SurvivalCurve(*kept, watched_ms=curve.watched_ms)
