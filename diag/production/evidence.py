"""The result of `diag observe` as one value: judged, saved as JSON and read back."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final

from analysis.analysis_errors import AnalysisError, UnreadableSamplesError
from analysis.estimates.findings import TelemetryFindings
from analysis.format.input_file import InputFile
from analysis.format.sample_schema import PLATFORM_MAX_TIMEOUT_S
from analysis.format.typed_json import Between, TimeoutSeconds, UnixSeconds, typed
from analysis.number_words import duration, noun, plural, reason_lines
from analysis.production.hourly_counts import BucketCounts, HourCounts
from analysis.production.recommend_production import TO_PLAN, recommend_from_buckets
from analysis.settings import RecommendSettings
from analysis.typed_command import Asked
from analysis.verdicts.analysis_json import JsonObject, analysis_from_json, analysis_to_json
from analysis.verdicts.recommendation import Analysis
from diag.production.findings import Finding
from diag.production.observed import Observed
from diag.production.production_facts import bucket_counts, facts_of, remarks
from diag.production.read_telemetry import Production
from diag.production.time_window import Window

UNKNOWN: Final = (
    "Genesys does not document how late these numbers arrive (the newest hour is left out) or whether they "
    "include test calls. Executions that failed fast count as fast."
)
"""What Genesys does not document about its telemetry (docs/genesys-api.md, "Analytics")."""

MOST_AN_HOUR: Final = 10**9
"""A file with more executions per action and hour is damaged."""

HourlyCount = Annotated[int, Between(-1, MOST_AN_HOUR)]


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
    observed = {
        entry.action.id: Observed(
            counts=bucket_counts(entry),
            timeout_s=entry.timeout_s,
            since=entry.window.since.timestamp(),
            until=entry.window.until.timestamp(),
            changed=entry.since_change is not None,
            remarks=remarks(entry),
        )
        for entry in production.observed
    }
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


def not_observed_lines(evidence: ProductionEvidence, most_named: int | None = None) -> list[str]:
    """Return why actions were not judged, one line for each reason; one for all that were not used, of which
    at most so many are named."""
    unused = [missing for missing in evidence.not_observed if missing.unused]
    lines = []
    if unused:
        days = duration(evidence.until - evidence.since)
        who, was = plural(len(unused), "action"), noun(len(unused), "was", "were")
        names = ", ".join(missing.action_name for missing in unused[:most_named])
        if most_named is not None and len(unused) > most_named:
            names += f" and {len(unused) - most_named} more"
        lines.append(
            f"{who} {was} not used in the last {days}, so production says nothing of "
            f"{noun(len(unused), 'it', 'them')}: {names}."
        )
    others = ((one.action_name, one.why) for one in evidence.not_observed if one not in unused)
    return [*lines, *(f"Not judged: {line}." for line in reason_lines(others))]


def plan_command(source: str | None) -> str:
    """Return the command that saves a plan from the same telemetry, judged by the same rules."""
    return f"diag observe {source} --out plan.json" if source else TO_PLAN


def to_json(evidence: ProductionEvidence, findings: Mapping[str, Finding]) -> JsonObject:
    """Return the JSON of `diag observe --format json`: recommendations, and the counts they rest on."""
    return {
        **analysis_to_json(evidence.analysis),
        "source": "production",
        "org_name": evidence.place.org_name,
        "since": evidence.since,
        "until": evidence.until,
        "observed": [
            {
                "action_id": action_id,
                "timeout_s": action.timeout_s,
                "since": action.since,
                "until": action.until,
                "changed": action.changed,
                "executions": action.counts.executions,
                "hours": [asdict(hour) for hour in action.counts.hours],
                "remarks": list(action.remarks),
                "drift": asdict(findings[action_id].drift),
                "test_against_production": (
                    None if (found := findings[action_id].resemblance) is None else asdict(found)
                ),
            }
            for action_id, action in evidence.observed.items()
        ],
        "not_observed": [asdict(missing) for missing in evidence.not_observed],
        "unknown": UNKNOWN,
    }


def read_evidence(path: Path) -> ProductionEvidence:
    """Return what `diag observe --format json` wrote. Raises UnreadableSamplesError for any other file."""
    file = InputFile(path, UnreadableSamplesError, "Save one: diag observe -o production.json")
    body = file.json()
    if not isinstance(body, dict) or body.get("source") != "production":
        raise file.unfit("is not a saved observation of production")
    try:
        saved = typed(_Saved, body)
        analysis = analysis_from_json(body)
        return ProductionEvidence(
            analysis=analysis,
            observed={row.action_id: _observed(row) for row in saved.observed},
            not_observed=saved.not_observed,
            place=Place(str(analysis.host), bool(analysis.sandbox), analysis.org_id, saved.org_name),
            since=saved.since,
            until=saved.until,
        )
    except AnalysisError as error:
        raise file.unfit(f"is not a saved observation of production: {error.message}") from None
    except ValueError as error:
        raise file.unfit(f"is not a saved observation of production: {error}") from None


@dataclass(frozen=True, slots=True)
class _SavedHour:
    started_at: UnixSeconds
    total: HourlyCount
    below: tuple[HourlyCount, ...]


@dataclass(frozen=True, slots=True)
class _SavedAction:
    action_id: str
    timeout_s: TimeoutSeconds
    since: UnixSeconds
    until: UnixSeconds
    changed: bool
    remarks: tuple[str, ...]
    hours: tuple[_SavedHour, ...]


@dataclass(frozen=True, slots=True)
class _Saved:
    """What `production_to_json` adds to an analysis."""

    since: UnixSeconds
    until: UnixSeconds
    observed: tuple[_SavedAction, ...]
    not_observed: tuple[Unobserved, ...]
    org_name: str | None = None


def _observed(row: _SavedAction) -> Observed:
    if any(len(hour.below) > PLATFORM_MAX_TIMEOUT_S for hour in row.hours):
        raise ValueError("an hour counts more seconds than a timeout can have")
    hours = tuple(HourCounts(hour.started_at, hour.total, hour.below) for hour in row.hours)
    return Observed(
        counts=BucketCounts(row.action_id, hours),
        timeout_s=row.timeout_s,
        since=row.since,
        until=row.until,
        changed=row.changed,
        remarks=row.remarks,
    )
