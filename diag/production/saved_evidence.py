"""The JSON of `diag observe`: written, and read back (docs/formats.md, "Recommendation JSON")."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal, NotRequired, TypedDict

from analysis.analysis_errors import AnalysisError, UnreadableSamplesError
from analysis.dataclass_to_json import JsonObject, Written
from analysis.format.input_file import InputFile
from analysis.format.json_to_dataclass import Between, TimeoutSeconds, UnixSeconds, other_version, typed
from analysis.format.timeout_limits import PLATFORM_MAX_TIMEOUT_S
from analysis.production.hourly_counts import BucketCounts, ExactTimes, HourCounts
from analysis.production.production_and_test_alike import Resemblance
from analysis.production.timeout_still_fits import Drift
from analysis.verdicts.analysis_json import AnalysisJson, analysis_from_json, analysis_to_json
from analysis.verdicts.recommendation import FORMAT_VERSION
from diag.production.drift_and_resemblance import Finding
from diag.production.observe_words import unknown_of
from diag.production.observed import Observed
from diag.production.production_evidence import Place, ProductionEvidence, Unobserved
from diag.production.reading.platform_percentiles import PlatformPercentiles

MOST_AN_HOUR: Final = 10**9
"""A file with more executions per action and hour is damaged."""

HourlyCount = Annotated[int, Between(-1, MOST_AN_HOUR)]


_TIMES: Final = Written(ExactTimes)
_PLATFORM: Final = Written(PlatformPercentiles)
_DRIFT: Final = Written(Drift)
_RESEMBLANCE: Final = Written(Resemblance)
_UNOBSERVED: Final = Written(Unobserved)

Latencies = Literal["exact", "sampled", "seconds"]


class HourJson(TypedDict):
    """Executions of one hour; what is not known of it is left out."""

    started_at: float
    """Unix seconds."""
    total: int
    """Ended or cut off."""
    below: list[int]
    """How many took less than 1, 2, 3 ... s."""
    failed: NotRequired[list[int]]
    """By whole second, the last one without end."""
    exact: NotRequired[Annotated[JsonObject, _TIMES]]


class ObservedJson(TypedDict):
    """One action's executions in production; times in Unix seconds."""

    action_id: str
    timeout_s: int
    since: float
    until: float
    changed: bool
    """Diag set the timeout within the window: only hours after that count."""
    executions: int
    latencies: Latencies
    """Exact: each execution by itself; sampled: whole seconds, exact in some hours."""
    outcomes_known: bool
    """Words told what failed and what was cut off."""
    hours: list[HourJson]
    platform: Annotated[JsonObject, _PLATFORM] | None
    remarks: list[str]
    """Sentences that limit the numbers."""
    drift: Annotated[JsonObject, _DRIFT]
    test_against_production: Annotated[JsonObject, _RESEMBLANCE] | None
    """Null without a test."""


class ObservationJson(AnalysisJson):
    """Verdicts from production telemetry, and the counts they rest on."""

    source: Literal["production"]
    org_name: str | None
    since: float
    until: float
    observed: list[ObservedJson]
    not_observed: list[Annotated[JsonObject, _UNOBSERVED]]
    unknown: str
    """What the platform does not tell."""


def to_json(evidence: ProductionEvidence, findings: Mapping[str, Finding]) -> ObservationJson:
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
                "platform": None if action.platform is None else _PLATFORM.of(action.platform),
                "remarks": list(action.remarks),
                "drift": _DRIFT.of(findings[action_id].drift),
                "test_against_production": (
                    None if (found := findings[action_id].resemblance) is None else _RESEMBLANCE.of(found)
                ),
            }
            for action_id, action in evidence.observed.items()
        ],
        "not_observed": [_UNOBSERVED.of(missing) for missing in evidence.not_observed],
        "unknown": unknown_of(evidence),
    }


def _latencies(counts: BucketCounts) -> Latencies:
    """How far durations are known: `exact`, `sampled` (whole seconds, exact in some hours) or `seconds`."""
    if counts.to_the_millisecond:
        return "exact"
    return "sampled" if any(hour.exact is not None for hour in counts.hours) else "seconds"


def _hour_json(hour: HourCounts) -> HourJson:
    body: HourJson = {"started_at": hour.started_at, "total": hour.total, "below": list(hour.below)}
    if hour.failed:
        body["failed"] = list(hour.failed)
    if hour.exact is not None:
        body["exact"] = _TIMES.of(hour.exact)
    return body


def read_evidence(path: Path) -> ProductionEvidence:
    """Return what `diag observe --format json` wrote. Raises UnreadableSamplesError for any other file."""
    file = InputFile(path, UnreadableSamplesError, "Save one: diag observe -o production.json")
    body = file.json()
    if not isinstance(body, dict) or body.get("source") != "production":
        raise file.unfit("is not a saved observation of production")
    if other := other_version(body, FORMAT_VERSION):
        raise file.unfit(other)
    try:
        saved = typed(_Saved, body)
        analysis = analysis_from_json(body)
        observed = {row.action_id: _observed(row) for row in saved.observed}
        if any(action.action_id not in observed for action in analysis.actions):
            raise ValueError("a verdict has no hours behind it")
        return ProductionEvidence(
            analysis=analysis,
            observed=observed,
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
        """Return the hour. Raises ValueError where it counts other seconds than a timeout can have."""
        if (
            not 1 <= len(self.below) <= PLATFORM_MAX_TIMEOUT_S
            or len(self.failed) > PLATFORM_MAX_TIMEOUT_S + 1
        ):
            raise ValueError("an hour counts none or more seconds than a timeout can have")
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
