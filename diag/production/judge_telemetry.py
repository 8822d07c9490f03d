"""Production telemetry that was read becomes evidence: each action judged as a run's actions are."""

from dataclasses import replace
from datetime import timedelta

from analysis.estimates.findings import TelemetryFindings
from analysis.production.recommend_production import recommend_from_buckets
from diag.production.observe_words import plan_command
from diag.production.observed import Observed
from diag.production.production_evidence import (
    Place,
    ProductionEvidence,
    ProductionQuestion,
    Unobserved,
)
from diag.production.production_facts import bucket_counts, facts_of, remarks
from diag.production.reading.platform_percentiles import platform_percentiles
from diag.production.reading.read_telemetry import ObservedAction, Production


def evidence_of(
    production: Production, question: ProductionQuestion, place: Place, concurrency_limit: int | None
) -> ProductionEvidence:
    """Return what was read, judged as a run is judged."""
    window = question.window
    days = max((window.until - window.since) // timedelta(days=1), 1)
    observed = {entry.action.id: _observed_of(entry) for entry in production.observed}
    analysis = recommend_from_buckets(
        [action.counts for action in observed.values()],
        {entry.action.id: facts_of(entry) for entry in production.observed},
        question.rules,
        concurrency_limit=concurrency_limit,
        asked=replace(question.asked, to_set=plan_command(question.source)),
        # After a change of the timeout only later hours count, so that more days show no more.
        telemetry={
            entry.action.id: TelemetryFindings(days)
            for entry in production.observed
            if entry.since_change is None
        },
        zone=question.zone,
    )
    return ProductionEvidence(
        analysis=replace(
            analysis,
            sandbox=place.sandbox,
            host=place.host,
            org_id=place.org_id,
        ),
        observed=observed,
        not_observed=tuple(
            Unobserved(missing.action.id, missing.action.name, missing.why, missing.unused)
            for missing in production.not_observed
        ),
        place=place,
        since=window.since.timestamp(),
        until=window.until.timestamp(),
    )


def _observed_of(entry: ObservedAction) -> Observed:
    counts = bucket_counts(entry)
    total = entry.total
    platform = None if total is None else platform_percentiles(counts, total.p95_ms, total.p99_ms)
    disagreement = None if platform is None else platform.disagreement()
    return Observed(
        counts=counts,
        timeout_s=entry.timeout_s,
        since=entry.window.since.timestamp(),
        until=entry.window.until.timestamp(),
        changed=entry.since_change is not None,
        remarks=(*remarks(entry), *(() if disagreement is None else (disagreement,))),
        platform=platform,
    )
