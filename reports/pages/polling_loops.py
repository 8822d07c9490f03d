"""Work that is submitted and polled: what the page shows of each flow."""

from markupsafe import Markup

from analysis.jobs.flow_loop import FlowLoop
from analysis.verdicts.recommendation import Analysis
from reports.charts.colour_roles import THEME_COLOURS
from reports.charts.jobs import job_chart
from reports.charts.svg import to_svg


def flow_views(analysis: Analysis) -> list[dict[str, object]]:
    """Return the flows with their curves drawn; empty where no run paired submits with polls."""
    return [_view(index, loop, analysis.settings.percentile) for index, loop in enumerate(analysis.loops)]


def _view(index: int, loop: FlowLoop, percentile: float) -> dict[str, object]:
    svg = None
    if loop.curve is not None and len(loop.curve.t_ms) > 1:
        drawn = job_chart(loop.curve, loop.interval_s, loop.loop_limit, percentile, THEME_COLOURS)
        svg = Markup(to_svg(drawn, prefix=f"loop-{index + 1}"))
    return {"at": f"/loops/{index}", "anchor": f"loop-{index + 1}", "it": loop, "svg": svg}
