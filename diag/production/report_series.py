"""Production telemetry for the report: on its own, or beside a test."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from analysis.settings import RecommendSettings
from analysis.views.production_summary import beside_a_test, beside_production, summarise_production
from analysis.views.summary import ActionSummary, ProductionFinding
from diag.production.evidence import UNKNOWN, ProductionEvidence
from diag.production.findings import Finding
from diag.production.observed import Observed
from reports.report_data import ProductionSource, ReportData

NOTHING_TOGETHER: Final = "None of the tested actions ran in production, so there is nothing to compare."


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
) -> ReportData:
    """Return a test's report with production drawn beside every action that was observed."""
    summaries = dict(data.summaries)
    for action_id, summary in data.summaries.items():
        if action_id in evidence.observed:
            one = evidence.observed[action_id]
            shown = _shown(one, findings[action_id])
            summaries[action_id] = beside_a_test(summary, one.counts, shown, settings)
    together = any(action_id in evidence.observed for action_id in data.summaries)
    notes = (*data.notes, *_elsewhere(data, evidence), *(() if together else (NOTHING_TOGETHER,)))
    return replace(data, summaries=summaries, notes=notes, production=source_of(evidence))


def source_of(evidence: ProductionEvidence) -> ProductionSource:
    """Return where and when production was read, as the report shows it."""
    return ProductionSource(
        host=evidence.place.host,
        sandbox=evidence.place.sandbox,
        org_name=evidence.place.org_name,
        since=evidence.since,
        until=evidence.until,
        not_observed=tuple((one.action_name, one.why) for one in evidence.not_observed),
        unknown=UNKNOWN,
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
