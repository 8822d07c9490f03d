"""Executions of production, made up and counted as its hours are."""

from analysis.production.hourly_counts import BucketCounts, HourCounts
from tests.support.sample_tables import lognormal

START = 19_676 * 86_400.0  # midnight UTC


def production(
    p99_s: float, *, hours: int = 24, per_hour: int = 500, timeout_s: int = 60, seed: int = 1
) -> BucketCounts:
    """Return lognormal executions with this p99, counted by hour."""
    x = lognormal(hours * per_hour, p99_s, seed).reshape(hours, per_hour)
    return BucketCounts(
        "orders",
        tuple(
            HourCounts(
                START + 3600 * index, per_hour, tuple(int((row < k).sum()) for k in range(1, timeout_s + 1))
            )
            for index, row in enumerate(x)
        ),
    )
