"""Does the backend itself end the calls that hide the quantile? Then no timeout and no probe shows more.

A gateway or a client library in the backend gives up by itself, after 10 s say. Those calls were never cut
off by the action's timeout, which was longer; a longer one does not bring their answers.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.estimates.estimate import Estimate, estimate
from analysis.format.call_record import OUTCOME_CODES
from analysis.format.sample_schema import Outcome
from analysis.long_arrays.pieces import extremes
from analysis.long_arrays.quantile import quantile
from analysis.recommend_settings import RecommendSettings
from analysis.samples.action_calls import Calls
from analysis.statistics.kaplan_meier import WATCHED_SLACK

MOST: Final = 0.9
"""So much of what was cut off late must be the backend's doing."""
LATE: Final = 0.9
"""Quantile of the calls that ended, from which on one that was cut off was cut off late."""
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
    if not calls.events():
        return None
    late_ms = quantile(lambda: (piece.latency_ms[piece.event] for piece in calls.pieces()), LATE)
    late = calls.select(lambda piece: ~piece.event & (piece.latency_ms >= late_ms))
    by_itself = late.select(
        lambda piece: _failed(piece) & (piece.latency_ms < WATCHED_SLACK * piece.limit_ms)
    )
    if not len(late) or len(by_itself) < MOST * len(late):
        return None
    return GivenUp(
        quantile(lambda: (piece.latency_ms for piece in by_itself.pieces()), EARLIEST_SHARE),
        extremes(by_itself.latency_ms)[1],
        estimate(calls.select(lambda piece: ~_failed(piece)), settings),
    )


def _failed(calls: Calls) -> NDArray[np.bool_]:
    return np.asarray(calls.outcome == OUTCOME_CODES[Outcome.BACKEND_ERROR])
