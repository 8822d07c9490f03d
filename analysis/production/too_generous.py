"""The other side of a promise: a timeout far above what production needs costs callers silence."""

from typing import Final

from analysis.production.hourly_counts import BucketCounts, estimate_from_buckets
from analysis.settings import RecommendSettings

FAR: Final = 2.0
"""A timeout at least this many times the one that would do is far too generous; advice, not an alarm."""
ENOUGH_HOURS: Final = 48
"""Fewer hours with executions show too little of a week to advise a shorter timeout."""


def enough_s(counts: BucketCounts, timeout_s: int, settings: RecommendSettings | None = None) -> int | None:
    """Return the timeout, seconds, that production needs, where `timeout_s` is far above it; else None."""
    if len(counts.hours) < ENOUGH_HOURS:
        return None
    found = estimate_from_buckets(counts, settings or RecommendSettings()).timeout_s
    return found if found is not None and timeout_s >= FAR * found else None
