"""From a `ReportData` to one self-contained HTML file."""

from collections.abc import Collection, Mapping
from typing import Final

from markupsafe import Markup

from analysis.number_words import percentile_name
from analysis.verdicts.evidence_to_set import held_back
from analysis.verdicts.recommendation import Recommendation
from reports.charts.sketches.latency_strip import range_axis, range_sketch
from reports.figures.action_figures import action_charts
from reports.figures.figure import Chart
from reports.figures.history_figure import history_figure
from reports.figures.platform_share_figure import platform_share_figure
from reports.figures.week_figure import week_figure
from reports.pages.architect_flows import flows_view
from reports.pages.command_to_apply import next_steps
from reports.pages.polling_loops import flow_views
from reports.pages.report_json import report_to_json
from reports.pages.report_keys import ReportJson
from reports.pages.run_section import run_facts, what_was_observed
from reports.pages.template_engine import embedded_json, render
from reports.report_data import ReportData
from reports.wording.direct_words import all_backends, said_of_all
from reports.wording.headline import headline
from reports.wording.how_long_seen import seen_for
from reports.wording.production_words import production_words
from reports.wording.rule_words import HEADS, rule_words
from reports.wording.verdict_words import CHANGES, shows_cost, tally, wording_of

FULL_CHARTS: Final = 20
"""So many actions get all their charts, most urgent first; the others get one small chart each."""
MANY_ACTIONS: Final = 60
"""A report on more actions than these shows fewer of them in full."""
FULL_CHARTS_OF_MANY: Final = 12
"""As FULL_CHARTS, of many actions. It keeps 200 actions with production beside them below 3 MB."""

FULL_ROWS: Final = 20
SMALL_ROWS: Final = 4
"""Kinds of failure and payloads listed for an action with all its charts, and for the others."""

OPEN_ACTIONS: Final = 12
"""Actions that need a change are shown open, but not more than the first so many rows."""

Charts = Mapping[str, tuple[Chart, ...]]


def build_report(data: ReportData) -> str:
    """Return the report as one HTML text: no network, complete without JavaScript, same input same bytes."""
    actions, charts = data.analysis.actions, _charts(data)
    said = said_of_all(actions)
    observed = None if data.production is None else what_was_observed(data.production, data.zone)
    return render(
        "report.html.j2",
        data=data,
        analysis=data.analysis,
        headline=headline(data.in_head),
        tally=tally(data.in_head),
        actions=[_action_view(index, action, data, charts, said) for index, action in enumerate(actions)],
        flows=flow_views(data.analysis),
        architect=flows_view(data.flows),
        backends=all_backends(actions),
        all_in_full=len(actions) <= _in_full(data),
        range_axis=Markup(range_axis()),
        run=run_facts(data),
        observed=observed,
        next=next_steps(data),
        json=embedded_json(_shown_json(data, charts)),
        percentile=percentile_name(data.analysis.settings.percentile),
    )


def build_json(data: ReportData) -> ReportJson:
    """Return the JSON of the report: what the page holds, and every number it shows."""
    return report_to_json(data, _charts(data))


def _shown_json(data: ReportData, charts: Charts) -> ReportJson:
    """Leave out the words of weeks that the page does not draw: `hours` says the same."""
    body = report_to_json(data, charts)
    for entry in body["actions"][_in_full(data) :]:
        entry["week"] = None
    return body


def _action_view(
    index: int, action: Recommendation, data: ReportData, charts: Charts, said: Collection[str]
) -> dict[str, object]:
    """Return what the template needs for one action beside the recommendation itself."""
    anchor = f"action-{index + 1}"
    summary = data.summaries.get(action.action_id)
    production = None if summary is None else summary.production
    return {
        "at": f"/actions/{index}",
        "anchor": anchor,
        "it": action,
        "summary": summary,
        "production": None if production is None else production_words(production),
        "wording": wording_of(action),
        "seen_for": seen_for(action),
        "held_back": held_back(action),
        "shows_cost": shows_cost(action),
        "rules": rule_words(action) if index < _in_full(data) else (),
        "rule_heads": HEADS,
        "open": action.verdict in CHANGES and index < OPEN_ACTIONS,
        "range": Markup(range_sketch(action)),
        "week": _week_view(action, data) if index < _in_full(data) else None,
        "history": _history_view(action, data),
        "backend": _backend_view(action, said),
        "rows": FULL_ROWS if index < _in_full(data) else SMALL_ROWS,
        "charts": [
            {"view": chart, "id": name, "svg": Markup(chart.svg(name))}
            for chart in charts[action.action_id]
            if (name := chart.short_name(index))
        ],
    }


def _week_view(action: Recommendation, data: ReportData) -> dict[str, object] | None:
    facts = data.analysis.facts.get(action.action_id)
    week = week_figure(action, None if facts is None else facts.production_week)
    return None if week is None else {"view": week, "svg": Markup(week.svg)}


def _backend_view(action: Recommendation, said: Collection[str]) -> dict[str, object] | None:
    figure = platform_share_figure(action, said)
    return None if figure is None else {"view": figure, "svg": Markup(figure.svg or "")}


def _history_view(action: Recommendation, data: ReportData) -> dict[str, object] | None:
    history = data.histories.get(action.action_id)
    if history is None:
        return None
    figure = history_figure(history)
    return {"view": figure, "svg": Markup(figure.svg)}


def _in_full(data: ReportData) -> int:
    return FULL_CHARTS if len(data.analysis.actions) <= MANY_ACTIONS else FULL_CHARTS_OF_MANY


def _charts(data: ReportData) -> Charts:
    found: dict[str, tuple[Chart, ...]] = {}
    for index, action in enumerate(data.analysis.actions):
        summary = data.summaries.get(action.action_id)
        small = index >= _in_full(data)
        found[action.action_id] = (
            () if summary is None else action_charts(action, summary, data.analysis, small=small)
        )
    return found
