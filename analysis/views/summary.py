"""Tables small enough to draw: what happened to one action's calls. Made here, drawn in `reports`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from analysis.production.production_and_test_alike import Resemblance
from analysis.production.timeout_still_fits import Drift
from analysis.statistics.survival_curve import SurvivalCurve

MIN_FOR_P99: Final = 100
"""The p99 of fewer calls is the slowest of them: not drawn."""


@dataclass(frozen=True, slots=True)
class Histogram:
    """Calls per latency bin on a log axis; `edges_ms` has one more entry than each count."""

    edges_ms: tuple[float, ...]
    ok: tuple[int, ...]
    timeouts: tuple[int, ...]
    errors: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TimeBin:
    """One slice of the run: `start_s` from the first call; quantiles are None where too few calls."""

    start_s: float
    width_s: float
    calls: int
    ok: int
    timeouts: int
    errors: int
    p50_ms: float | None
    p99_ms: float | None
    max_ms: float | None
    schedule_lag_ms: float | None


@dataclass(frozen=True, slots=True)
class ErrorGroup:
    """Calls that failed alike. `example_correlation_id` lets an admin find one in the platform's logs."""

    outcome: str
    http_status: int | None
    error_code: str | None
    calls: int
    example_correlation_id: str | None
    failed_step: str | None = None
    """Operation of the test result that failed, where the reply named one."""
    message: str | None = None
    """Their most frequent message, redacted before it was recorded."""


@dataclass(frozen=True, slots=True)
class LoadBin:
    """Calls sent while `low`..`high` calls (this one included) were in flight from their process."""

    low: int
    high: int
    calls: int
    timeouts: int
    p50_ms: float | None
    p99_ms: float | None


@dataclass(frozen=True, slots=True)
class PayloadGroup:
    """Calls with one payload label. `slow`: more of them are beyond the action's p95 than chance allows."""

    payload: str
    calls: int
    timeouts: int
    p50_ms: float | None
    p95_ms: float | None
    slow: bool


@dataclass(frozen=True, slots=True)
class ColdStart:
    """First calls of a worker, or after idle, against all the others; medians, None where too few."""

    calls: int
    p50_ms: float | None
    others_p50_ms: float | None
    max_ms: float | None


@dataclass(frozen=True, slots=True)
class Series:
    """One source of calls on its own, drawn beside the main curve.

    published, draft: the calls of the published action and of a draft probe. production: telemetry beside
    a test; test: a test beside telemetry. These two carry a distribution as well.
    """

    name: Literal["published", "draft", "production", "test"]
    calls: int
    survival: SurvivalCurve
    histogram: Histogram | None = None


@dataclass(frozen=True, slots=True)
class ProductionFinding:
    """Production telemetry of one action; `since`, `until` in Unix seconds (UTC).

    `hours`: those with executions. `resemblance` is None where there was no test of it.
    """

    executions: int
    hours: int
    since: float
    until: float
    drift: "Drift"
    resemblance: "Resemblance | None" = None
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ActionSummary:
    """One action's calls, ready to draw."""

    action_id: str
    action_name: str
    calls: int
    outcomes: Mapping[str, int] = field(default_factory=dict)
    histogram: Histogram | None = None
    survival: SurvivalCurve | None = None
    timeline: tuple[TimeBin, ...] = ()
    errors: tuple[ErrorGroup, ...] = ()
    load: tuple[LoadBin, ...] = ()
    """Latency against calls in flight, fewest first."""
    knee_in_flight: float | None = None
    """Calls in flight from which on the median latency grows with load; None when it does not."""
    payloads: tuple[PayloadGroup, ...] = ()
    """Slowest first; empty when there was only one label."""
    cold_start: ColdStart | None = None
    series: tuple[Series, ...] = ()
    """Curves per source; empty when there was only one source."""
    production: ProductionFinding | None = None
    """None where production was not read."""
    started_at: float | None = None
    """Where the timeline begins, Unix seconds; None where a slice is not a time of day."""
