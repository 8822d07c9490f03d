"""From telemetry as read to the counts, facts and remarks that the analysis and the report use."""

from dataclasses import replace
from itertools import accumulate
from typing import Final

from analysis.format.action_facts import ActionFacts
from analysis.number_words import plural
from analysis.production.hourly_counts import BucketCounts, HourCounts
from diag.genesys.analytics.aggregate_query import begin_of
from diag.genesys.analytics.execution_counts import IntervalCounts
from diag.inventory import action_facts
from diag.production.reading.read_telemetry import ObservedAction

LATE_S: Final = 2.0
"""An execution that took this much longer than the timeout shows that the timeout was different then."""


def bucket_counts(observed: ObservedAction) -> BucketCounts:
    """Return the counts as exceedances need them: per hour, executions below each whole second."""
    return BucketCounts(
        action_id=observed.action.id,
        hours=tuple(
            replace(hour, exact=observed.exact.get(hour.started_at))
            for hour in map(hour_counts, observed.hours)
        ),
        outcomes_known=observed.outcomes_known,
    )


def hour_counts(hour: IntervalCounts) -> HourCounts:
    """Return one hour of telemetry: its executions, and how many took less than each whole second."""
    return HourCounts(
        started_at=begin_of(hour.interval),
        total=hour.total - sum(hour.failed),
        below=tuple(accumulate(hour.counts)),
        failed=hour.failed,
    )


def facts_of(observed: ObservedAction) -> ActionFacts:
    """Return the facts of the action; its production peak is that of the busiest hour, in calls/s."""
    busiest = max((hour.total for hour in observed.hours), default=0)
    return replace(action_facts.facts_of(observed.action), production_peak_rate=busiest / 3600.0 or None)


def remarks(observed: ObservedAction) -> tuple[str, ...]:
    """Return sentences that limit this action's numbers; empty when nothing is unusual."""
    sentences = []
    if observed.since_change is not None:
        sentences.append(f"only the {observed.window.hours} hours since its timeout was last changed count")
    longest_s = observed.longest_s
    if longest_s is not None and longest_s > observed.timeout_s + LATE_S:
        sentences.append(
            f"an execution took {longest_s:.0f} s although the timeout is {observed.timeout_s} s: it was "
            "different before, and the share of slow executions may be too high"
        )
    if observed.weeks is not None:
        held, weeks = observed.weeks
        sentences.append(
            "seconds come from all executions, milliseconds within them from "
            f"{plural(len(observed.exact), 'hour')}: each hour of the week in {held} of {weeks} weeks"
        )
    return tuple(sentences)
