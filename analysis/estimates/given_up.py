"""Does the backend itself end the calls that hide the quantile? Then no timeout and no probe shows more.

A gateway or a client library in the backend gives up by itself, after 10 s say. Those calls were never cut
off by the action's timeout, which was longer; a longer one does not bring their answers.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from analysis.estimates.estimate import Estimate, estimate
from analysis.format.call_record import OUTCOME_CODES
from analysis.format.sample_schema import Outcome
from analysis.samples.action_calls import Calls
from analysis.settings import RecommendSettings
from analysis.statistics.kaplan_meier import WATCHED_SLACK

MOST: Final = 0.9
"""So much of what was cut off late must be the backend's doing."""
EARLIEST_SHARE: Final = 0.1
"""Where the time it takes to give up is said to begin: single quick errors are another matter."""


@dataclass(frozen=True, slots=True)
class GivenUp:
    """After how long the backend ends calls by itself, and the estimate of those it answers."""

    earliest_ms: float
    latest_ms: float
    answered: Estimate


def given_up_by_backend(calls: Calls, settings: RecommendSettings) -> GivenUp | None:
    """Return when the backend gives up; None where something else hides the quantile, or nothing does.

    `calls`: those that count, at one load level, on the right clock.
    """
    if not calls.event.any():
        return None
    failed = calls.outcome == OUTCOME_CODES[Outcome.BACKEND_ERROR]
    late = ~calls.event & (calls.latency_ms >= np.quantile(calls.latency_ms[calls.event], 0.9))
    by_itself = late & failed & (calls.latency_ms < WATCHED_SLACK * calls.limit_ms)
    if not late.any() or by_itself.sum() < MOST * late.sum():
        return None
    times = calls.latency_ms[by_itself]
    return GivenUp(
        float(np.quantile(times, EARLIEST_SHARE)),
        float(times.max()),
        estimate(calls.where(~failed), settings),
    )
