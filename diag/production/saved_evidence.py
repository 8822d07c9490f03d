"""The JSON of `diag observe`: written, and read back (docs/formats.md, "Recommendation JSON")."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Final

from analysis.analysis_errors import AnalysisError, UnreadableSamplesError
from analysis.format.input_file import InputFile
from analysis.format.sample_schema import PLATFORM_MAX_TIMEOUT_S
from analysis.format.typed_json import Between, TimeoutSeconds, UnixSeconds, typed
from analysis.production.hourly_counts import BucketCounts, ExactTimes, HourCounts
from analysis.verdicts.analysis_json import JsonObject, analysis_from_json, analysis_to_json
from diag.production.evidence import Place, ProductionEvidence, Unobserved, unknown_of
from diag.production.findings import Finding
from diag.production.observed import Observed
from diag.production.reading.platform_percentiles import PlatformPercentiles

MOST_AN_HOUR: Final = 10**9
"""A file with more executions per action and hour is damaged."""

HourlyCount = Annotated[int, Between(-1, MOST_AN_HOUR)]


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
                "latencies": _latencies(action.counts),
                "outcomes_known": action.counts.outcomes_known,
                "hours": [_hour_json(hour) for hour in action.counts.hours],
                "platform": None if action.platform is None else asdict(action.platform),
                "remarks": list(action.remarks),
                "drift": asdict(findings[action_id].drift),
                "test_against_production": (
                    None if (found := findings[action_id].resemblance) is None else asdict(found)
                ),
            }
            for action_id, action in evidence.observed.items()
        ],
        "not_observed": [asdict(missing) for missing in evidence.not_observed],
        "unknown": unknown_of(evidence),
    }


def _latencies(counts: BucketCounts) -> str:
    """How far durations are known: `exact`, `sampled` (whole seconds, exact in some hours) or `seconds`."""
    if counts.to_the_millisecond:
        return "exact"
    return "sampled" if any(hour.exact is not None for hour in counts.hours) else "seconds"


def _hour_json(hour: HourCounts) -> JsonObject:
    """An hour; what is not known of it is left out."""
    return {key: value for key, value in asdict(hour).items() if value not in ((), None)}


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


_Milliseconds = Annotated[int, Between(0, 10**9)]


@dataclass(frozen=True, slots=True)
class _SavedTimes:
    ended_ms: tuple[_Milliseconds, ...]
    failed_ms: tuple[_Milliseconds, ...] = ()


@dataclass(frozen=True, slots=True)
class _SavedHour:
    started_at: UnixSeconds
    total: HourlyCount
    below: tuple[HourlyCount, ...]
    failed: tuple[HourlyCount, ...] = ()
    exact: _SavedTimes | None = None

    def restored(self) -> HourCounts:
        """Return the hour. Raises ValueError where it counts more seconds than a timeout can have."""
        if len(self.below) > PLATFORM_MAX_TIMEOUT_S or len(self.failed) > PLATFORM_MAX_TIMEOUT_S + 1:
            raise ValueError("an hour counts more seconds than a timeout can have")
        exact = None if self.exact is None else ExactTimes(self.exact.ended_ms, self.exact.failed_ms)
        return HourCounts(self.started_at, self.total, self.below, self.failed, exact)


@dataclass(frozen=True, slots=True)
class _SavedAction:
    action_id: str
    timeout_s: TimeoutSeconds
    since: UnixSeconds
    until: UnixSeconds
    changed: bool
    remarks: tuple[str, ...]
    hours: tuple[_SavedHour, ...]
    outcomes_known: bool = False
    platform: PlatformPercentiles | None = None


@dataclass(frozen=True, slots=True)
class _Saved:
    """What `to_json` adds to an analysis."""

    since: UnixSeconds
    until: UnixSeconds
    observed: tuple[_SavedAction, ...]
    not_observed: tuple[Unobserved, ...]
    org_name: str | None = None


def _observed(row: _SavedAction) -> Observed:
    return Observed(
        counts=BucketCounts(row.action_id, tuple(hour.restored() for hour in row.hours), row.outcomes_known),
        timeout_s=row.timeout_s,
        since=row.since,
        until=row.until,
        changed=row.changed,
        remarks=row.remarks,
        platform=row.platform,
    )
