"""From what production says to what the analysis takes."""

from dataclasses import replace
from datetime import datetime
from itertools import accumulate
from typing import Final

from analysis.format.action_facts import ActionFacts
from analysis.production.hourly_counts import BucketCounts, HourCounts
from diag.inventory import action_facts
from diag.production.read_telemetry import ObservedAction

LATE_S: Final = 2.0
"""What an execution may take beyond its timeout before we say that the timeout was another one."""


def bucket_counts(observed: ObservedAction) -> BucketCounts:
    """Return the counts as exceedances need them: per hour, executions below each whole second."""
    return BucketCounts(
        action_id=observed.action.id,
        hours=tuple(
            HourCounts(
                started_at=datetime.fromisoformat(hour.interval.split("/")[0]).timestamp(),
                total=hour.total,
                below=tuple(accumulate(hour.counts)),
            )
            for hour in observed.hours
        ),
    )


def facts_of(observed: ObservedAction) -> ActionFacts:
    """Return what is known of the action; its production peak is the busiest hour, calls/s."""
    busiest = max((hour.total for hour in observed.hours), default=0)
    return replace(action_facts.facts_of(observed.action), production_peak_rate=busiest / 3600.0 or None)


def remarks(observed: ObservedAction) -> tuple[str, ...]:
    """Return what a reader has to know about this action's numbers; empty when nothing is odd."""
    found = []
    if observed.since_change is not None:
        found.append(f"only the {observed.window.hours} hours since the last change of its timeout count")
    longest_s = observed.longest_s
    if longest_s is not None and longest_s > observed.timeout_s + LATE_S:
        found.append(
            f"an execution took {longest_s:.0f} s although the timeout is {observed.timeout_s} s: it was "
            "another one before, and the share of slow executions may be too high"
        )
    return tuple(found)
