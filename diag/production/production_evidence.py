"""The result of `diag observe` as one value: what was read, judged as a run is judged."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

from analysis.estimates.findings import TelemetryFindings
from analysis.name_lists import first_names, reason_lines
from analysis.number_words import duration, noun, plural
from analysis.production.recommend_production import TO_PLAN, recommend_from_buckets
from analysis.recommend_settings import RecommendSettings
from analysis.typed_command import Asked
from analysis.verdicts.recommendation import Analysis
from diag.production.observed import Observed
from diag.production.production_facts import bucket_counts, facts_of, remarks
from diag.production.reading.platform_percentiles import platform_percentiles
from diag.production.reading.read_telemetry import ObservedAction, Production
from diag.production.reading.time_window import Window

NOT_DOCUMENTED: Final = (
    "Genesys does not document how late these numbers arrive (the newest hour is left out) or whether they "
    "include test calls."
)
"""What Genesys does not document about its telemetry (docs/genesys-api.md, "Analytics")."""
FAST_FAILURES: Final = "Executions that failed fast count as fast."


@dataclass(frozen=True, slots=True)
class Place:
    """The org and host whose telemetry was read."""

    host: str
    sandbox: bool
    org_id: str | None = None
    org_name: str | None = None


@dataclass(frozen=True, slots=True)
class Unobserved:
    """An action without production data, and why; `unused`: nothing executed it in the whole window."""

    action_id: str
    action_name: str
    why: str
    unused: bool = False


@dataclass(frozen=True, slots=True)
class ProductionEvidence:
    """Production telemetry with its verdicts; `since`, `until` (Unix seconds) are the window asked for."""

    analysis: Analysis
    observed: Mapping[str, Observed]
    not_observed: tuple[Unobserved, ...]
    place: Place
    since: float
    until: float


@dataclass(frozen=True, slots=True)
class ProductionQuestion:
    """Which hours are read, and by which rules they are judged.

    `source`: the arguments of `diag observe` that repeat this judgement; `asked`: what other next commands
    repeat of it; `zone`: whose clock hours are shown on.
    """

    window: Window
    rules: RecommendSettings
    source: str | None = None
    asked: Asked = field(default_factory=Asked)
    zone: str | None = None


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


def unknown_of(evidence: ProductionEvidence) -> str:
    """Return what the platform does not tell about its numbers, as sentences."""
    told = all(action.counts.outcomes_known for action in evidence.observed.values())
    return NOT_DOCUMENTED if told and evidence.observed else f"{NOT_DOCUMENTED} {FAST_FAILURES}"


def read_as(evidence: ProductionEvidence) -> tuple[str, ...]:
    """Return sentences: how exactly durations were read, and whether the platform's own figures agree."""
    exact = sum(action.counts.to_the_millisecond for action in evidence.observed.values())
    lines = []
    if exact:
        of = "" if exact == len(evidence.observed) else f" of {len(evidence.observed)}"
        lines.append(
            f"Read execution by execution: {exact}{of} {noun(exact, 'action', 'actions')}, "
            "to the millisecond."
        )
    compared = [action.platform for action in evidence.observed.values() if action.platform is not None]
    agree = sum(one.agrees for one in compared)
    if agree:
        lines.append(
            f"The platform's own p95 and p99 agree for {agree} of {plural(len(compared), 'action')}."
        )
    return tuple(lines)


def not_observed_lines(evidence: ProductionEvidence, most_named: int | None = None) -> list[str]:
    """Return why actions were not judged, one line for each reason; one for all that were not used, of which
    at most so many are named."""
    unused = [missing for missing in evidence.not_observed if missing.unused]
    lines = []
    if unused:
        days = duration(evidence.until - evidence.since)
        who, was = plural(len(unused), "action"), noun(len(unused), "was", "were")
        names = first_names([missing.action_name for missing in unused], most_named)
        lines.append(
            f"{who} {was} not used in the last {days}, so production says nothing of "
            f"{noun(len(unused), 'it', 'them')}: {names}."
        )
    others = ((one.action_name, one.why) for one in evidence.not_observed if one not in unused)
    return [*lines, *(f"Not judged: {line}." for line in reason_lines(others))]


def plan_command(source: str | None) -> str:
    """Return the command that saves a plan from the same telemetry, judged by the same rules."""
    return f"diag observe {source} --out plan.json" if source else TO_PLAN
