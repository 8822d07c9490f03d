"""How long submitted jobs take: the share not done after t, and where the flow would stop polling."""

import math
from typing import Final

import numpy as np
from matplotlib.figure import Figure

from analysis.statistics.survival_curve import SurvivalCurve
from reports.charts.canvas import label_above, time_range, x_ticks
from reports.charts.colour_roles import Colours
from reports.charts.share_panel import heights, line_at_allowed, lowest_share, share_panel
from reports.wording import numbers

_PLOT_PX: Final = 190
_HEAD_PX: Final = 20
_TICKS_S: Final = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14_400, 43_200, 86_400)


def job_chart(
    curve: SurvivalCurve, interval_s: int | None, loop_limit: int | None, percentile: float, colours: Colours
) -> Figure:
    """Return the curve on log-log axes with its band, and a line where the recommended polls end."""
    ends_s = interval_s * loop_limit if interval_s is not None and loop_limit is not None else None
    lowest = lowest_share(curve.share, 1 - percentile, decades=1)
    low_ms, high_ms = time_range([curve.t_ms[0], curve.t_ms[-1], None if ends_s is None else ends_s * 1e3])
    figure, panel = share_panel(colours, _HEAD_PX, _PLOT_PX, (low_ms, high_ms), lowest)
    ticks = [tick for tick in _TICKS_S if low_ms <= tick * 1e3 <= high_ms]
    at = [math.log10(tick * 1e3) for tick in ticks]
    x_ticks(panel, colours, at, [numbers.duration(tick) for tick in ticks])
    x = np.log10([low_ms, *curve.t_ms])
    low, share, high = (heights([1.0, *one], lowest) for one in (curve.lower, curve.share, curve.upper))
    panel.band(x, low, high, colours.band, 0.2)
    panel.stairs(x, share, colours.ok, linewidth=2, zorder=3)
    line_at_allowed(panel, colours, 1 - percentile)
    if ends_s is not None:
        x_end = math.log10(ends_s * 1e3)
        panel.line((x_end, x_end), (0, 1), colours.recommended, within="upright", linewidth=2.4)
        polls = f"{loop_limit} polls, one every {interval_s} s"
        label_above(panel, x_end, polls, colours.recommended, "right")
    return figure
