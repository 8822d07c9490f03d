"""Tables small enough to draw: what happened to one action's calls. Made here, drawn in `reports`."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Histogram:
    """Calls per latency bin on a log axis; `edges_ms` has one more entry than each count."""

    edges_ms: tuple[float, ...]
    ok: tuple[int, ...]
    timeouts: tuple[int, ...]
    errors: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SurvivalCurve:
    """Kaplan-Meier share of calls slower than t, with its one-sided 95 % upper and lower band."""

    t_ms: tuple[float, ...]
    share: tuple[float, ...]
    lower: tuple[float, ...]
    upper: tuple[float, ...]


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


@dataclass(frozen=True, slots=True)
class ActionSummary:
    """What one action's calls looked like."""

    action_id: str
    action_name: str
    calls: int
    outcomes: Mapping[str, int] = field(default_factory=dict)
    histogram: Histogram | None = None
    survival: SurvivalCurve | None = None
    timeline: tuple[TimeBin, ...] = ()
    errors: tuple[ErrorGroup, ...] = ()
