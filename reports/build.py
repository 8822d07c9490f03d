"""From a `ReportData` to one self-contained HTML file."""

from typing import Final

from markupsafe import Markup

from analysis.recommendation import Recommendation
from analysis.to_json import analysis_to_json
from reports.chart import Chart
from reports.charts.mini import mini_axis, mini_range
from reports.charts.names import percentile_name
from reports.data import ReportData
from reports.figures import charts_of
from reports.page import embedded_json, render
from reports.run_facts import run_facts
from reports.verdicts import CHANGES, WORDING, change_text, headline, tally

FULL_CHARTS: Final = 20
"""Actions that get all their charts, in the order of harm; the others get one small chart each."""

FULL_ROWS: Final = 20
SMALL_ROWS: Final = 4
"""Kinds of failure and payloads listed for an action with all its charts, and for the others."""

OPEN_ACTIONS: Final = 12
"""Actions that need a change are shown open, but not more than the first so many rows."""


def build_report(data: ReportData) -> str:
    """Return the report as one HTML text: no network, complete without JavaScript, same input same bytes."""
    actions, run = data.analysis.actions, run_facts(data)
    return render(
        "report.html.j2",
        data=data,
        analysis=data.analysis,
        headline=headline(actions),
        tally=tally(actions),
        actions=[_action_view(index, action, data) for index, action in enumerate(actions)],
        full_charts=FULL_CHARTS,
        mini_axis=Markup(mini_axis()),
        run=run,
        generated=run.generated,
        json=embedded_json(analysis_to_json(data.analysis)),
        percentile=percentile_name(data.analysis.settings.percentile),
    )


def _action_view(index: int, action: Recommendation, data: ReportData) -> dict[str, object]:
    """Return what the template needs for one action beside the recommendation itself."""
    anchor = f"action-{index + 1}"
    return {
        "anchor": anchor,
        "it": action,
        "summary": data.summaries.get(action.action_id),
        "wording": WORDING[action.verdict],
        "change": change_text(action),
        "open": action.verdict in CHANGES and index < OPEN_ACTIONS,
        "range": Markup(mini_range(action)),
        "rows": FULL_ROWS if index < FULL_CHARTS else SMALL_ROWS,
        "charts": [
            {"view": chart, "id": f"{anchor}-{chart.name}", "svg": Markup(chart.svg(anchor))}
            for chart in _charts(index, action, data)
        ],
    }


def _charts(index: int, action: Recommendation, data: ReportData) -> tuple[Chart, ...]:
    summary = data.summaries.get(action.action_id)
    if summary is None:
        return ()
    return charts_of(action, summary, data.analysis, small=index >= FULL_CHARTS)
