"""The JSON of the index of runs, key by key; `index_page` fills it."""

from dataclasses import dataclass
from typing import Annotated, Final, TypedDict

from analysis.dataclass_to_json import JsonObject, Written
from analysis.format.manifest import Status
from analysis.verdicts.recommendation import Verdict
from reports.wording.headline import HeadlineNumbers


@dataclass(frozen=True, slots=True)
class P99:
    """A p99 in ms, or (`above`) what it is proven to be above; None where a run shows neither."""

    ms: float | None
    above: bool = False


P99_WRITTEN: Final = Written(P99)


class IndexedRunJson(TypedDict):
    """One run; null: it has no manifest, or no verdicts."""

    run_id: str
    created_at: float | None
    """Unix seconds."""
    place: str
    """What it was measured on."""
    status: Status | None
    calls: int | None
    report: str | None
    """Path of its report, from the index."""
    why_not: str | None
    """Why it has no verdicts."""
    headline: HeadlineNumbers | None
    next: list[tuple[str, str]]
    """What to do now, and the command, which may be empty."""
    tally: dict[str, int] | None
    """How many actions got each verdict."""


class IndexedActionJson(TypedDict):
    """One action over the runs of a place, judged at the percentile of the newest."""

    action_id: str
    action_name: str
    verdict: Verdict
    current_timeout_s: int | None
    recommended_timeout_s: int | None
    invented_share: float | None
    percentile: float
    newest: Annotated[JsonObject, P99_WRITTEN]
    lowest: Annotated[JsonObject, P99_WRITTEN]
    highest: Annotated[JsonObject, P99_WRITTEN]
    runs: int
    without_number: int
    """Runs of these that show no p99."""
    points: list[tuple[float, float | None, bool, int | None]]
    """Of each run, oldest first: begin (Unix seconds), p99 (ms), whether it is above that, timeout (s)."""


class PlaceJson(TypedDict):
    """What was measured on one org, or on the sandbox."""

    place: str
    percentile: float | None
    """Null: its actions were judged by different ones."""
    actions: list[IndexedActionJson]


class IndexJson(TypedDict):
    """All runs of a folder."""

    total: int
    runs: list[IndexedRunJson]
    """Newest first."""
    places: list[PlaceJson]
    version: str
    """Of diag."""
