"""One action's production telemetry, before it is judged."""

from dataclasses import dataclass

from analysis.production.hourly_counts import BucketCounts


@dataclass(frozen=True, slots=True)
class Observed:
    """One action's executions; `since`, `until` in Unix seconds; `changed`: diag set its timeout between."""

    counts: BucketCounts
    timeout_s: int
    since: float
    until: float
    changed: bool = False
    remarks: tuple[str, ...] = ()
