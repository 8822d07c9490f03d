"""Production telemetry for the report: on its own, or beside a test."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from analysis.recommend_settings import RecommendSettings
from analysis.views.cut_off_history import MOST_ACTIONS, CutOffHistory, TimeoutChange, cut_off_history
from analysis.views.production_summary import beside_a_test, beside_production, summarise_production
from analysis.views.summary import ActionSummary, ProductionFinding
from diag.changes.change_errors import JournalError
from diag.changes.journal.journal import Journal
from diag.changes.journal.journal_line import JournalLine, latest_by_entry
from diag.changes.undo_plan import wrote
from diag.production.drift_and_resemblance import Finding
from diag.production.hour_store import ActionKey, HourStore, HourStoreError, open_store
from diag.production.observe_words import unknown_of
from diag.production.observed import Observed
from diag.production.production_evidence import ProductionEvidence
from diag.production.promises.what_was_promised import Promise
from diag.settings import Settings
from reports.report_data import ProductionSource, ReportData

NOTHING_TOGETHER: Final = "None of the tested actions ran in production, so there is nothing to compare."

MONTHS_UNREAD: Final = (
    "The months of production that diag watch keeps are not drawn: its store or the journal cannot be read."
)


def production_page(
    evidence: ProductionEvidence,
    findings: Mapping[str, Finding],
    tests: Mapping[str, ActionSummary],
    *,
    version: str,
    zone: str | None,
    source: str | None = None,
) -> ReportData:
    """Return the report of production alone; `tests` (summaries by action id) are drawn beside it.

    `source`: arguments of `diag observe` for the next commands.
    """
    settings = evidence.analysis.settings
    summaries = {}
    for action in evidence.analysis.actions:
        one = evidence.observed[action.action_id]
        finding = _shown(one, findings[action.action_id])
        summary = summarise_production(one.counts, action.action_name, finding, settings)
        test = tests.get(action.action_id)
        summaries[action.action_id] = summary if test is None else beside_production(summary, test)
    return ReportData(
        analysis=evidence.analysis,
        summaries=summaries,
        version=version,
        zone=zone,
        source=source,
        notes=(NOTHING_TOGETHER,) if tests and not tests.keys() & evidence.observed.keys() else (),
        production=source_of(evidence),
        span=(evidence.since, evidence.until),
    )


def with_production(
    data: ReportData,
    evidence: ProductionEvidence,
    findings: Mapping[str, Finding],
    settings: RecommendSettings,
    *,
    to_compare: bool = True,
) -> ReportData:
    """Return a test's report with production drawn beside every action that was observed.

    `to_compare`: that was asked for, so that a note says where there is nothing to compare. A campaign calls
    what production does not: there it is no news."""
    summaries = dict(data.summaries)
    for action_id, summary in data.summaries.items():
        if action_id in evidence.observed:
            one = evidence.observed[action_id]
            shown = _shown(one, findings[action_id])
            summaries[action_id] = beside_a_test(summary, one.counts, shown, settings)
    together = any(action_id in evidence.observed for action_id in data.summaries)
    notes = (
        *data.notes,
        *_elsewhere(data, evidence),
        *((NOTHING_TOGETHER,) if to_compare and not together else ()),
    )
    return replace(data, summaries=summaries, notes=notes, production=source_of(evidence))


def with_history(data: ReportData, settings: Settings) -> ReportData:
    """Return a report with the months of its actions that `diag watch` has kept; as it is without a store.

    The journal says when the timeouts were changed, and what was promised. Where either cannot be read, a
    note says so: a report is made all the same.
    """
    places = [(manifest.host, manifest.org_id) for manifest in data.manifests]
    places_of_all = (*places, (data.analysis.host, data.analysis.org_id))
    orgs = sorted({(host, org_id) for host, org_id in places_of_all if host and org_id})
    if not orgs or not settings.hours.is_file():
        return data
    try:
        return replace(data, histories=_histories(data, orgs, settings))
    except (HourStoreError, JournalError):
        return replace(data, notes=(*data.notes, MONTHS_UNREAD))


def _histories(
    data: ReportData, orgs: Sequence[tuple[str, str]], settings: Settings
) -> dict[str, CutOffHistory]:
    made: dict[ActionKey, list[JournalLine]] = {}
    for line in latest_by_entry(Journal(settings.journal).read()).values():
        if wrote(line) and not line.creates:
            made.setdefault(ActionKey(line.host, line.org_id, line.action_id), []).append(line)
    found: dict[str, CutOffHistory] = {}
    with open_store(settings.hours) as opened:
        for action in data.analysis.actions[:MOST_ACTIONS]:
            keys = [ActionKey(host, org_id, action.action_id) for host, org_id in orgs]
            kept = [history for key in keys if (history := _history(opened, key, made.get(key, ())))]
            if kept:
                found[action.action_id] = max(kept, key=lambda history: history.until)
    return found


def _history(store: HourStore, key: ActionKey, lines: Sequence[JournalLine]) -> CutOffHistory | None:
    if not lines:
        return None  # diag watch keeps what diag changed
    changes = [TimeoutChange(line.at, line.before_timeout_s, line.after_timeout_s) for line in lines]
    return cut_off_history(store.days(key), changes, Promise(lines[-1]).accepted)


def source_of(evidence: ProductionEvidence) -> ProductionSource:
    """Return where and when production was read, as the report shows it."""
    return ProductionSource(
        host=evidence.place.host,
        sandbox=evidence.place.sandbox,
        org_name=evidence.place.org_name,
        since=evidence.since,
        until=evidence.until,
        not_observed=tuple((one.action_name, one.why) for one in evidence.not_observed),
        unknown=unknown_of(evidence),
    )


def _shown(one: Observed, finding: Finding) -> ProductionFinding:
    return ProductionFinding(
        executions=one.counts.executions,
        hours=sum(hour.total > 0 for hour in one.counts.hours),
        since=one.since,
        until=one.until,
        drift=finding.drift,
        resemblance=finding.resemblance,
        remarks=one.remarks,
    )


def _elsewhere(data: ReportData, evidence: ProductionEvidence) -> tuple[str, ...]:
    """Return a sentence where test and production telemetry come from different orgs or hosts."""
    hosts = {manifest.host for manifest in data.manifests}
    orgs = {manifest.org_id for manifest in data.manifests if manifest.org_id is not None}
    same = evidence.place.org_id in orgs if orgs and evidence.place.org_id else evidence.place.host in hosts
    if same or not data.manifests:
        return ()
    there = evidence.place.org_name or "an org"
    return (
        f"Production was read from {there} at {evidence.place.host}, the test ran elsewhere: "
        "the two may differ.",
    )
