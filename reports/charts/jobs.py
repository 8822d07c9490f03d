"""How long submitted jobs take: the share not done after t, and where the flow would stop polling."""

import math
from typing import Final

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FixedFormatter, FixedLocator

from analysis.statistics.survival_curve import SurvivalCurve
from reports.charts.canvas import add_panel, label_above, new_figure, time_range, y_ticks
from reports.charts.colour_roles import Colours
from reports.wording import numbers

_PLOT_PX: Final = 190
_HEAD_PX: Final = 20
_AXIS_PX: Final = 22
_TICKS_S: Final = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14_400, 43_200, 86_400)


def job_chart(
    curve: SurvivalCurve, interval_s: int | None, loop_limit: int | None, percentile: float, colours: Colours
) -> Figure:
    """Return the curve on log-log axes with its band, and a line where the recommended polls end."""
    ends_s = interval_s * loop_limit if interval_s is not None and loop_limit is not None else None
    lowest = min([(1 - percentile) / 2, *(value for value in curve.share if value > 0)])
    floor = 10.0 ** max(math.floor(math.log10(lowest)), math.floor(math.log10(1 - percentile)) - 1)
    low_ms, high_ms = time_range([curve.t_ms[0], curve.t_ms[-1], None if ends_s is None else ends_s * 1e3])
    axes = add_panel(figure := new_figure(_HEAD_PX + _PLOT_PX + _AXIS_PX), colours, _HEAD_PX, _PLOT_PX)
    axes.set_xlim(math.log10(low_ms), math.log10(high_ms))
    axes.set_ylim(math.log10(floor), 0.06)
    ticks = [tick for tick in _TICKS_S if low_ms <= tick * 1e3 <= high_ms]
    axes.xaxis.set_major_locator(FixedLocator([math.log10(tick * 1e3) for tick in ticks]))
    axes.xaxis.set_major_formatter(FixedFormatter([numbers.duration(tick) for tick in ticks]))
    decades = range(0, round(-math.log10(floor)) + 1)
    y_ticks(axes, colours, [-d for d in decades], [numbers.share(10.0**-d) for d in decades])
    x = np.log10([low_ms, *curve.t_ms])

    def height(values: tuple[float, ...]) -> "np.typing.NDArray[np.float64]":
        return np.log10(np.maximum([1.0, *values], floor / 3))

    axes.fill_between(
        x,
        height(curve.lower),
        height(curve.upper),
        step="post",
        facecolor=colours.band,
        edgecolor="none",
        alpha=0.2,
    )
    axes.step(x, height(curve.share), where="post", color=colours.ok, linewidth=2, zorder=3)
    y = math.log10(1 - percentile)
    axes.axhline(y, color=colours.recommended, linewidth=1, linestyle=(0, (2, 3)), clip_on=False)
    if ends_s is not None:
        axes.axvline(math.log10(ends_s * 1e3), color=colours.recommended, linewidth=2.4, clip_on=False)
        polls = f"{loop_limit} polls, one every {interval_s} s"
        label_above(axes, math.log10(ends_s * 1e3), polls, colours.recommended, "right")
    return figure
