"""The survival curves of several runs of one action over each other."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from matplotlib.figure import Figure

from analysis.statistics.survival_curve import SurvivalCurve
from reports.charts.canvas import class_gid, time_range, time_ticks
from reports.charts.colour_roles import Colours
from reports.charts.panel import Panel
from reports.charts.share_panel import heights, line_at_allowed, lowest_share, share_panel
from reports.charts.survival import thinned

_PLOT_PX: Final = 214
_HEAD_PX: Final = 8
_MAX_POINTS: Final = 200

LOOKS: Final = (
    ("ok", "solid"),
    ("timeout", (0, (6, 2))),
    ("error", (0, (2, 1.5))),
    ("recommended", (0, (6, 2, 1, 2))),
    ("now", (0, (1, 2))),
)
"""Role of the colours and dashes of the first, second ... run; from the sixth on they repeat."""


def overlay_chart(curves: Sequence[SurvivalCurve | None], percentile: float, colours: Colours) -> Figure:
    """Return one curve per run on log-log axes, each with its letter at its end; None: not measured."""
    shown = [thinned(curve, _MAX_POINTS) if curve is not None else None for curve in curves]
    shares = [value for curve in shown if curve is not None for value in curve.share if value > 0]
    lowest = lowest_share(shares, 1 - percentile, decades=2)
    low_ms, high_ms = overlay_range(curves)
    figure, panel = share_panel(colours, _HEAD_PX, _PLOT_PX, (low_ms, high_ms), lowest)
    time_ticks(panel, colours, low_ms, high_ms)
    line_at_allowed(panel, colours, 1 - percentile)
    for index, curve in enumerate(shown):
        if curve is not None:
            _one(panel, colours, curve, index, low_ms, lowest)
    return figure


def overlay_range(curves: Sequence[SurvivalCurve | None]) -> tuple[float, float]:
    """Return the ends of the time axis in ms."""
    return time_range(t for curve in curves if curve is not None for t in _visible(curve))


def _one(
    panel: Panel, colours: Colours, curve: SurvivalCurve, index: int, low_ms: float, lowest: float
) -> None:
    role, dashes = LOOKS[index % len(LOOKS)]
    colour = getattr(colours, role)
    x = np.log10(np.maximum([low_ms, *curve.t_ms], low_ms))
    y = heights([1.0, *curve.share], lowest)
    panel.stairs(x, y, colour, linewidth=1.8, linestyle=dashes, zorder=3)
    panel.text(
        x[-1],
        max(y[-1], math.log10(lowest)) + 0.06,
        chr(ord("A") + index),
        colour,
        ha="left",
        gid=class_gid("label"),
        zorder=6,
    )


def _visible(curve: SurvivalCurve) -> list[float]:
    falling = [t for t, share in zip(curve.t_ms, curve.share, strict=True) if share < 0.995]
    return [*falling[:1], curve.t_ms[-1]] if curve.t_ms else []
