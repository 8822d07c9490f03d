"""The result of `diag observe` as one value: judged, saved as JSON and read back."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from analysis.errors import UnreadableSamplesError
from analysis.format.sample_schema import PLATFORM_MAX_TIMEOUT_S
from analysis.production.hourly_counts import BucketCounts, HourCounts
from analysis.production.recommend_production import recommend_from_buckets
from analysis.settings import RecommendSettings
from analysis.verdicts.analysis_json import JsonObject, analysis_from_json, analysis_to_json
from analysis.verdicts.recommendation import Analysis, Recommendation, Verdict
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


@dataclass(frozen=True, slots=True)
class Place:
    """The org and host whose telemetry was read."""

    host: str
    sandbox: bool
    org_id: str | None = None
    org_name: str | None = None


@dataclass(frozen=True, slots=True)
class Unobserved:
    """An action without production data, and why."""

    action_id: str
    action_name: str
    why: str


@dataclass(frozen=True, slots=True)
class ProductionEvidence:
    """Production telemetry with its verdicts; `since`, `until` (Unix seconds) are the window asked for."""

    analysis: Analysis
    observed: Mapping[str, Observed]
    not_observed: tuple[Unobserved, ...]
    place: Place
    since: float
    until: float


def evidence_of(
    production: Production,
    window: Window,
    settings: RecommendSettings,
    place: Place,
    concurrency_limit: int | None,
    *,
    source: str | None = None,
) -> ProductionEvidence:
    """Return what was read, judged as a run is judged.

    `source`: the arguments of `diag observe` that repeat this judgement, for the next commands.
    """
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
        settings,
        concurrency_limit=concurrency_limit,
    )
    return ProductionEvidence(
        analysis=replace(
            analysis,
            actions=tuple(_planned_with(source, row) for row in analysis.actions),
            sandbox=place.sandbox,
            host=place.host,
            org_id=place.org_id,
        ),
        observed=observed,
        not_observed=tuple(
            Unobserved(missing.action.id, missing.action.name, missing.why)
            for missing in production.not_observed
        ),
        place=place,
        since=window.since.timestamp(),
        until=window.until.timestamp(),
    )


def plan_command(source: str | None) -> str:
    """Return the command that saves a plan from the same telemetry, judged by the same rules."""
    return f"diag observe {source} --out plan.json" if source else "diag observe --out plan.json"


def _planned_with(source: str | None, row: Recommendation) -> Recommendation:
    if row.verdict not in (Verdict.RAISE, Verdict.LOWER):
        return row
    return replace(row, next_command=plan_command(source))


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
    try:
        body: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if body["source"] != "production":
            raise KeyError("source")
        analysis = analysis_from_json(body)
        return ProductionEvidence(
            analysis=analysis,
            observed={str(row["action_id"]): _observed(row) for row in body["observed"]},
            not_observed=tuple(
                Unobserved(row["action_id"], row["action_name"], row["why"]) for row in body["not_observed"]
            ),
            place=Place(str(analysis.host), bool(analysis.sandbox), analysis.org_id, body.get("org_name")),
            since=_moment(body["since"]),
            until=_moment(body["until"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError) as error:
        raise UnreadableSamplesError(
            f"{path} is not a saved observation of production ({type(error).__name__}).",
            hint="Save one: diag observe -o production.json",
        ) from error


def _observed(row: Mapping[str, Any]) -> Observed:
    hours = tuple(_hour(hour) for hour in row["hours"])
    return Observed(
        counts=BucketCounts(str(row["action_id"]), hours),
        timeout_s=int(row["timeout_s"]),
        since=_moment(row["since"]),
        until=_moment(row["until"]),
        changed=bool(row["changed"]),
        remarks=tuple(str(text) for text in row["remarks"]),
    )


def _hour(row: Mapping[str, Any]) -> HourCounts:
    """Return one hour's counts. Raises ValueError for counts that no platform returns."""
    hour = HourCounts(_moment(row["started_at"]), int(row["total"]), tuple(int(n) for n in row["below"]))
    if len(hour.below) > PLATFORM_MAX_TIMEOUT_S or max(hour.total, *hour.below, 0) > MOST_AN_HOUR:
        raise ValueError("counts out of range")
    return hour


def _moment(seconds: object) -> float:
    """Return a Unix time. Raises ValueError, OverflowError or OSError where it is not a time."""
    return datetime.fromtimestamp(float(str(seconds)), UTC).timestamp()
