"""The report as JSON: every number of the page, at a place the page names beside it
(reports/wording/traced_text.py).

It is the JSON of `diag recommend` with more beside it. Actions also carry `summary` (failures, payloads,
first calls, production), `figures` (the numbers each chart is drawn from), `week`, `history` and `cap_s`.
"""

from collections.abc import Mapping, Sequence

from analysis.dataclass_to_json import JsonObject
from analysis.flows.flow_json import flows_to_json
from analysis.format.manifest import Manifest
from analysis.jobs.flow_loop import FlowLoop
from analysis.runs.run_weaknesses import weaknesses_of
from analysis.verdicts.analysis_json import analysis_frame, loop_to_json, recommendation_to_json
from analysis.verdicts.recommendation import Recommendation
from analysis.views.cut_off_history import CutOffHistory
from analysis.views.summary import ActionSummary, ErrorGroup, Series
from reports.charts.data_table import rounded
from reports.charts.timeout_lines import cap_of
from reports.figures.figure import Chart
from reports.figures.history_figure import history_figure
from reports.figures.week_figure import week_figure
from reports.pages.architect_flows import counts_for_json
from reports.pages.command_to_apply import next_steps
from reports.pages.report_keys import (
    CHANGE_WRITTEN,
    COLD_START_WRITTEN,
    ERRORS_WRITTEN,
    FINDING_WRITTEN,
    PAYLOADS_WRITTEN,
    ROW_WRITTEN,
    RUN_WRITTEN,
    SOURCE_WRITTEN,
    ErrorAdded,
    HistoryJson,
    LeftOutEntry,
    ReportActionAdded,
    ReportJson,
    ReportLoopAdded,
    ReportTimes,
    RunAdded,
    SeriesJson,
    SourceAdded,
    SummaryJson,
    WeekJson,
)
from reports.pages.windows_together import windows_of
from reports.report_data import ProductionSource, ReportData
from reports.wording.direct_words import direct_calls
from reports.wording.failures import where_it_failed
from reports.wording.headline import headline, headline_numbers
from reports.wording.verdict_words import tally_numbers


def report_to_json(data: ReportData, charts: Mapping[str, Sequence[Chart]]) -> ReportJson:
    """Return the whole report; `charts` by action id, as they are drawn."""
    analysis = data.analysis
    return {
        **analysis_frame(analysis),
        "actions": [_action(action, data, charts.get(action.action_id, ())) for action in analysis.actions],
        "headline": {"text": str(headline(data.in_head)), **headline_numbers(data.in_head)},
        "weak": list(warnings_of(data)),
        "tally": tally_numbers(data.in_head),
        "calls": sum(action.samples + action.left_out for action in analysis.actions),
        "called_actions": len(analysis.actions),
        "direct_calls": direct_calls(analysis.actions),
        **when(data),
        "runs": [run_to_json(manifest) for manifest in data.manifests],
        "campaigns": [one.to_json() for one in windows_of(data.manifests)],
        "left_out": left_out(data),
        "loops": [_loop(loop) for loop in analysis.loops],
        "notes": list(data.notes),
        "results": list(data.results),
        "next": [(step.what, step.command or "") for step in next_steps(data)],
        **flows_to_json(data.flows),
        **counts_for_json(data.flows),
        "production": None if data.production is None else _production(data.production),
        "version": data.version,
    }


def warnings_of(data: ReportData) -> tuple[str, ...]:
    """Return what weakens the whole report, each sentence once."""
    return tuple(dict.fromkeys((*data.analysis.weak, *weaknesses_of(data.manifests))))


def when(data: ReportData) -> ReportTimes:
    """Return when the calls were made (Unix seconds): by the manifests, or else by the calls."""
    starts = [one.created_at for one in data.manifests]
    ends = [one.ended_at for one in data.manifests if one.ended_at is not None]
    if not data.manifests and data.span is not None:
        starts, ends = [data.span[0]], [data.span[1]]
    started, ended = min(starts, default=None), max(ends, default=None)
    lasted = None if started is None or ended is None else ended - started
    return {"started_at": started, "ended_at": ended, "lasted_s": lasted}


def run_to_json(manifest: Manifest) -> JsonObject:
    """Return what is shown of one run; its actions stand in the report itself."""
    added: RunAdded = {
        "lasted_s": None if manifest.ended_at is None else manifest.ended_at - manifest.created_at,
        "planned_rate": sum(rate for _, rate in manifest.rates),
        "planned_actions": len(manifest.rates),
    }
    return RUN_WRITTEN.of(manifest, added)


def left_out(data: ReportData) -> list[LeftOutEntry]:
    """Return everything that is not behind a number, and why: files, actions, and rows by reason."""
    found: list[LeftOutEntry] = [
        {"what": entry.what, "why": entry.why} for manifest in data.manifests for entry in manifest.left_out
    ]
    found += [{"what": one.what, "rows": one.rows, "why": one.why} for one in data.analysis.skipped]
    if data.production is not None:
        found += [{"what": name, "why": why} for name, why in data.production.not_observed]
    reasons: dict[str, list[tuple[str, int]]] = {}
    for action in data.analysis.actions:
        for reason, calls in sorted(action.left_out_by_reason.items()):
            if calls:
                reasons.setdefault(reason, []).append((action.action_name, calls))
    for reason, each in sorted(reasons.items()):
        found.append({"calls": sum(calls for _, calls in each), "reason": reason, "each": each})
    return found


def _production(source: ProductionSource) -> JsonObject:
    added: SourceAdded = {"lasted_s": source.until - source.since}
    return SOURCE_WRITTEN.of(source, added)


def _action(action: Recommendation, data: ReportData, charts: Sequence[Chart]) -> JsonObject:
    summary = data.summaries.get(action.action_id)
    added: ReportActionAdded = {
        "cap_s": cap_of(action, data.analysis),
        "summary": None
        if summary is None
        else _summary(summary, drawn=any(c.name == "distribution" for c in charts)),
        "figures": {chart.name: chart.to_json() for chart in charts},
        "week": _week(action, data),
        "history": _history(data.histories.get(action.action_id)),
    }
    return {**recommendation_to_json(action), **added}


def _week(action: Recommendation, data: ReportData) -> WeekJson | None:
    """Return the week of hours in words, day by day, as the page's table shows it."""
    facts = data.analysis.facts.get(action.action_id)
    week = week_figure(action, None if facts is None else facts.production_week)
    return None if week is None else {"sentence": week.sentence, "days": list(week.rows)}


def _history(history: CutOffHistory | None) -> HistoryJson | None:
    """Return the months of production: its spans as [at, executions, cut off], and the page's words."""
    if history is None:
        return None
    figure = history_figure(history)
    return {
        "accepted": history.accepted,
        "days_each": history.days_each,
        "spans": [(int(span.at), span.executions, span.cut_off) for span in history.spans],
        "changes": [CHANGE_WRITTEN.of(change) for change in history.changes],
        "sentence": figure.sentence,
        "rows": [ROW_WRITTEN.of(row) for row in figure.rows],
    }


def _summary(summary: ActionSummary, *, drawn: bool) -> SummaryJson:
    return {
        "calls": summary.calls,
        "outcomes": dict(summary.outcomes),
        "knee_in_flight": summary.knee_in_flight,
        "cold_start": None if summary.cold_start is None else COLD_START_WRITTEN.of(summary.cold_start),
        "payloads": [PAYLOADS_WRITTEN.of(group) for group in summary.payloads],
        "errors": [_error(group) for group in summary.errors],
        "series": [_series(one, drawn=drawn) for one in summary.series],
        "production": None if summary.production is None else FINDING_WRITTEN.of(summary.production),
    }


def _error(group: ErrorGroup) -> JsonObject:
    added: ErrorAdded = {"where": where_it_failed(group)}
    return ERRORS_WRITTEN.of(group, added)


def _series(series: Series, *, drawn: bool) -> SeriesJson:
    """Return one source of calls; its distribution where it is drawn, as calls between neighbouring edges."""
    body: SeriesJson = {"name": series.name, "calls": series.calls}
    if drawn and series.histogram is not None:
        of_kind = zip(series.histogram.ok, series.histogram.timeouts, series.histogram.errors, strict=True)
        body["edges_ms"] = [rounded(edge) for edge in series.histogram.edges_ms]
        body["calls_between"] = [sum(calls) for calls in of_kind]
    return body


def _loop(loop: FlowLoop) -> JsonObject:
    added: ReportLoopAdded = {}
    if loop.curve is not None:
        added["curve_end_share"] = rounded(loop.curve.share[-1]) if loop.curve.share else None
    return {**loop_to_json(loop), **added}
