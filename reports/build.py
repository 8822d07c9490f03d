"""From a `ReportData` to one self-contained HTML file."""

import json
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from analysis.recommendation import Recommendation
from analysis.to_json import analysis_to_json
from reports import numbers
from reports.charts.mini import mini_axis, mini_range
from reports.charts.names import percentile_name
from reports.data import ReportData
from reports.figures import charts_of
from reports.plain_text import printable
from reports.run_facts import run_facts
from reports.verdicts import CHANGES, WORDING, change_text, headline, tally

TEMPLATES: Final = Path(__file__).parent / "templates"


def build_report(data: ReportData) -> str:
    """Return the report as one HTML text: no network, complete without JavaScript, same input same bytes."""
    actions, run = data.analysis.actions, run_facts(data)
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            data=data,
            analysis=data.analysis,
            headline=headline(actions),
            tally=tally(actions),
            actions=[_action_view(index, action, data) for index, action in enumerate(actions)],
            mini_axis=Markup(mini_axis()),
            run=run,
            generated=run.generated,
            json=embedded_json(analysis_to_json(data.analysis)),
            percentile=percentile_name(data.analysis.settings.percentile),
        )
    )


def environment() -> Environment:
    """Return the template engine: all text escaped and printable, nothing undefined, numbers as filters."""
    engine = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=lambda value: printable(value) if type(value) is str else value,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for name in ("latency", "seconds", "share", "count", "rate", "plain", "duration", "plural"):
        engine.filters[name] = getattr(numbers, name)
    engine.globals["asset"] = _asset
    return engine


def embedded_json(body: object) -> Markup:
    """Return JSON that can stand inside a `<script>`: no `<`, so no text in it can end the element."""
    text = json.dumps(body, allow_nan=False, sort_keys=True, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))


def _asset(name: str) -> Markup:
    """Return a file of our own templates folder, as it is."""
    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))


def _action_view(index: int, action: Recommendation, data: ReportData) -> dict[str, object]:
    """Return what the template needs for one action beside the recommendation itself."""
    summary = data.summaries.get(action.action_id)
    charts = charts_of(action, summary, data.analysis) if summary is not None else ()
    anchor = f"action-{index + 1}"
    return {
        "rank": index + 1,
        "anchor": anchor,
        "it": action,
        "summary": summary,
        "facts": data.analysis.facts.get(action.action_id),
        "wording": WORDING[action.verdict],
        "change": change_text(action),
        "open": action.verdict in CHANGES,
        "range": Markup(mini_range(action)),
        "charts": [
            {"view": chart, "id": f"{anchor}-{chart.name}", "svg": Markup(chart.svg(anchor))}
            for chart in charts
        ],
    }
