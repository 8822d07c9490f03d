"""One action's production telemetry, before it is judged."""

from dataclasses import dataclass

from analysis.production.hourly_counts import BucketCounts
from diag.production.reading.platform_percentiles import PlatformPercentiles


@dataclass(frozen=True, slots=True)
class Observed:
    """One action's executions; `since`, `until` in Unix seconds; `changed`: diag set its timeout between."""

    counts: BucketCounts
    timeout_s: int
    since: float
    until: float
    changed: bool = False
    remarks: tuple[str, ...] = ()
    platform: PlatformPercentiles | None = None
    """The platform's own p95 and p99, None where it reports none of the same hours."""
