"""A chart of the share of calls that still wait: both axes logarithmic, with a line at the share allowed."""

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.figure import Figure

from reports.charts.canvas import add_panel, log_range, new_figure, y_ticks
from reports.charts.colour_roles import Colours
from reports.charts.panel import Panel
from reports.wording import numbers

if TYPE_CHECKING:
    import numpy.typing as npt

_AXIS_PX: Final = 22
_TOP: Final = 0.06
"""Room above the share of all calls, in decades."""


def lowest_share(shares: Iterable[float], allowed: float, *, decades: int) -> float:
    """Return the lowest power of ten worth showing.

    It lies below the smallest share and half the one allowed, at most so many decades below the latter.
    """
    lowest = min([allowed / 2, *(share for share in shares if share > 0)])
    return 10.0 ** max(math.floor(math.log10(lowest)), math.floor(math.log10(allowed)) - decades)


def share_panel(
    colours: Colours, head_px: int, plot_px: int, times_ms: tuple[float, float], lowest: float
) -> tuple[Figure, Panel]:
    """Return a figure and its panel, with ticks at the shares; the ticks of the times are the caller's."""
    figure = new_figure(head_px + plot_px + _AXIS_PX)
    panel = add_panel(figure, colours, head_px, plot_px, log_range(*times_ms), (math.log10(lowest), _TOP))
    decades = range(0, round(-math.log10(lowest)) + 1)
    y_ticks(panel, colours, [-d for d in decades], [numbers.share(10.0**-d) for d in decades])
    return figure, panel


def heights(shares: Sequence[float], lowest: float) -> "npt.NDArray[np.float64]":
    """Return how high these shares stand; none, or next to none, just below the panel."""
    return np.log10(np.maximum(shares, lowest / 3))


def line_at_allowed(panel: Panel, colours: Colours, allowed: float) -> float:
    """Draw the line of the share that may wait longer, and return its height."""
    y = math.log10(allowed)
    panel.line((0, 1), (y, y), colours.recommended, within="across", linewidth=1, linestyle=(0, (2, 3)))
    return y
