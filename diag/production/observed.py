"""What production says of one action, before anybody judges it."""

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
