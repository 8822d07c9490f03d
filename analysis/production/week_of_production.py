"""The hours of the week in which production called an action, and which of them were slow."""

import math

import numpy as np

from analysis.coverage.hours_seen import HoursSeen, hours_of_week, slow_hours
from analysis.estimates.estimate import Estimate
from analysis.format.action_facts import HOURS_A_WEEK, clock_of
from analysis.production.hourly_counts import BucketCounts


def hours_of_counts(counts: BucketCounts, estimate: Estimate, zone: str | None) -> HoursSeen:
    """Return executions by hour of the week on the clock of `zone` (an IANA name; UTC where it is none).

    Slow is what took longer than the whole second that ends p95; hours with a shorter timeout cannot show it
    and are slow nowhere. An hour of UTC counts in that hour of the clock in which its middle lies.
    """
    clock = clock_of(zone)
    middle = np.array([hour.started_at + 1800.0 for hour in counts.hours], dtype=np.float64)
    at = hours_of_week(middle, clock)
    calls = np.bincount(at, [float(hour.executions) for hour in counts.hours], HOURS_A_WEEK).astype(np.int64)
    if estimate.p95_ms is None:
        return HoursSeen(clock, tuple(int(one) for one in calls))
    edge = math.ceil(estimate.p95_ms / 1e3)
    slower = np.bincount(
        at,
        [
            float(hour.total - hour.below[edge - 1]) if len(hour.below) >= edge else 0.0
            for hour in counts.hours
        ],
        HOURS_A_WEEK,
    )
    slow = slow_hours(calls, slower.astype(np.int64), estimate.design_effect)
    return HoursSeen(clock, tuple(int(one) for one in calls), slow)
