"""The JSON of a report, key by key; `report_json` fills it. A page shows no number that is not here."""

from dataclasses import replace
from typing import Annotated, Final, NotRequired, TypedDict

from analysis.dataclass_to_json import JsonObject, Written
from analysis.flows.flow_json import ReportFlows
from analysis.format.manifest import Manifest
from analysis.verdicts.analysis_json import LOOP_WRITTEN, RECOMMENDATION_WRITTEN, AnalysisFrame
from analysis.views.cut_off_history import TimeoutChange
from analysis.views.summary import ColdStart, ErrorGroup, PayloadGroup, ProductionFinding
from reports.figures.figure import ChartJson
from reports.figures.history_figure import HistoryRow
from reports.pages.architect_flows import FlowCounts
from reports.pages.windows_together import WindowsJson
from reports.report_data import ProductionSource
from reports.wording.headline import HeadlineNumbers


class RunAdded(TypedDict):
    """What is written of a run beside its manifest, whose actions stand in the report itself."""

    lasted_s: float | None
    planned_rate: float
    """Calls/s of one arrival stream, over all actions."""
    planned_actions: int


class ErrorAdded(TypedDict):
    """What is written of calls that failed alike, beside the fields."""

    where: str
    """The failing part, in words."""


class SourceAdded(TypedDict):
    """What is written of production beside the fields."""

    lasted_s: float


RUN_WRITTEN: Final = Written(Manifest, left_out=frozenset({"actions", "recommend"}), added=(RunAdded,))
COLD_START_WRITTEN: Final = Written(ColdStart)
PAYLOADS_WRITTEN: Final = Written(PayloadGroup)
ERRORS_WRITTEN: Final = Written(ErrorGroup, added=(ErrorAdded,))
FINDING_WRITTEN: Final = Written(ProductionFinding)
SOURCE_WRITTEN: Final = Written(ProductionSource, added=(SourceAdded,))
CHANGE_WRITTEN: Final = Written(TimeoutChange)
ROW_WRITTEN: Final = Written(HistoryRow)


class SeriesJson(TypedDict):
    """One source of calls; its distribution, as calls between neighbouring edges, where it is drawn."""

    name: str
    calls: int
    edges_ms: NotRequired[list[float | None]]
    calls_between: NotRequired[list[int]]


class SummaryJson(TypedDict):
    """What happened to one action's calls."""

    calls: int
    outcomes: dict[str, int]
    """By `outcome` of the samples."""
    knee_in_flight: float | None
    """Calls in flight from which on the median latency grows with load; null when it does not."""
    cold_start: Annotated[JsonObject, COLD_START_WRITTEN] | None
    payloads: list[Annotated[JsonObject, PAYLOADS_WRITTEN]]
    """Slowest first; empty when there was only one label."""
    errors: list[Annotated[JsonObject, ERRORS_WRITTEN]]
    series: list[SeriesJson]
    production: Annotated[JsonObject, FINDING_WRITTEN] | None


class WeekJson(TypedDict):
    """The week of hours in words."""

    sentence: str
    days: list[tuple[str, str, str, str]]
    """Day, hours seen, slow ones among them, hours of production that were not seen."""


class HistoryJson(TypedDict):
    """The months of production that `diag watch` has kept."""

    accepted: float
    days_each: int
    spans: list[tuple[int, int, int]]
    """Begin (Unix seconds), executions, those cut off."""
    changes: list[Annotated[JsonObject, CHANGE_WRITTEN]]
    sentence: str
    rows: list[Annotated[JsonObject, ROW_WRITTEN]]


class ReportActionAdded(TypedDict):
    """What a report says of one action beside the recommendation."""

    cap_s: int
    """Its own cap, or that of the settings."""
    summary: SummaryJson | None
    figures: dict[str, ChartJson]
    """The numbers each chart is drawn from."""
    week: WeekJson | None
    history: HistoryJson | None


ACTION_WRITTEN: Final = replace(
    RECOMMENDATION_WRITTEN, added=(*RECOMMENDATION_WRITTEN.added, ReportActionAdded)
)


class ReportLoopAdded(TypedDict, total=False):
    """What a report says of a flow's wait beside the loop."""

    curve_end_share: float | None
    """Share of jobs not done where the curve ends."""


REPORT_LOOP_WRITTEN: Final = replace(LOOP_WRITTEN, added=(*LOOP_WRITTEN.added, ReportLoopAdded))


class LeftOutEntry(TypedDict, total=False):
    """What is not behind a number: `what` (with `rows` of a file) and `why`, or calls by their `reason`."""

    what: str
    why: str
    rows: int | None
    calls: int
    reason: str
    each: list[tuple[str, int]]
    """Of each action: its name, and how many."""


class ReportHeadline(HeadlineNumbers):
    """The verdict on all actions, and its numbers."""

    text: str


class ReportTimes(TypedDict):
    """When the calls were made, Unix seconds: by the manifests, or else by the calls."""

    started_at: float | None
    ended_at: float | None
    lasted_s: float | None


class ReportJson(AnalysisFrame, ReportTimes, ReportFlows, FlowCounts):
    """A report: the JSON of `diag recommend`, with what its page shows beside it."""

    actions: list[Annotated[JsonObject, ACTION_WRITTEN]]
    loops: list[Annotated[JsonObject, REPORT_LOOP_WRITTEN]]
    headline: ReportHeadline
    tally: dict[str, int]
    """How many actions got each verdict."""
    calls: int
    called_actions: int
    """Those that `calls` went to; a campaign's headline counts others, too."""
    direct_calls: int
    runs: list[Annotated[JsonObject, RUN_WRITTEN]]
    campaigns: list[WindowsJson]
    """Windows that are shown as one entry."""
    left_out: list[LeftOutEntry]
    notes: list[str]
    results: list[str]
    next: list[tuple[str, str]]
    """What to do now, and the command, which may be empty."""
    production: Annotated[JsonObject, SOURCE_WRITTEN] | None
    version: str
    """Of diag."""
