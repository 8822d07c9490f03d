"""How long submitted jobs take: the share not done after t, and where the flow would stop polling."""

import math
from typing import Final

import numpy as np
from matplotlib.figure import Figure

from analysis.statistics.survival_curve import SurvivalCurve
from reports.charts.canvas import (
    add_panel,
    label_above,
    log_range,
    new_figure,
    time_range,
    x_ticks,
    y_ticks,
)
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
    figure = new_figure(_HEAD_PX + _PLOT_PX + _AXIS_PX)
    heights = (math.log10(floor), 0.06)
    panel = add_panel(figure, colours, _HEAD_PX, _PLOT_PX, log_range(low_ms, high_ms), heights)
    ticks = [tick for tick in _TICKS_S if low_ms <= tick * 1e3 <= high_ms]
    at = [math.log10(tick * 1e3) for tick in ticks]
    x_ticks(panel, colours, at, [numbers.duration(tick) for tick in ticks])
    decades = range(0, round(-math.log10(floor)) + 1)
    y_ticks(panel, colours, [-d for d in decades], [numbers.share(10.0**-d) for d in decades])
    x = np.log10([low_ms, *curve.t_ms])

    def height(values: tuple[float, ...]) -> "np.typing.NDArray[np.float64]":
        return np.log10(np.maximum([1.0, *values], floor / 3))

    panel.band(x, height(curve.lower), height(curve.upper), colours.band, 0.2)
    panel.stairs(x, height(curve.share), colours.ok, linewidth=2, zorder=3)
    y = math.log10(1 - percentile)
    panel.line((0, 1), (y, y), colours.recommended, within="across", linewidth=1, linestyle=(0, (2, 3)))
    if ends_s is not None:
        x_end = math.log10(ends_s * 1e3)
        panel.line((x_end, x_end), (0, 1), colours.recommended, within="upright", linewidth=2.4)
        polls = f"{loop_limit} polls, one every {interval_s} s"
        label_above(panel, x_end, polls, colours.recommended, "right")
    return figure
