"""The first seconds of each run measure connections and caches being opened (docs/method.md, "Warm-up")."""

from bisect import bisect_left

import numpy as np
from numpy.typing import NDArray

from analysis.long_arrays.growing import GrowingArray
from analysis.long_arrays.pieces import run_lengths
from analysis.samples.action_calls import Calls


def without_warm_up(calls: Calls, seconds: float, max_share: float) -> tuple[Calls, Calls]:
    """Return the calls without the warm-up, and those of the warm-up."""
    cold = warm_up_mask(calls, seconds, max_share)
    return calls.where_not(cold), calls.where(cold)


def warm_up_mask(calls: Calls, seconds: float, max_share: float) -> NDArray[np.bool_]:
    """Return True for the calls of the first `seconds` of each run, at most `max_share` of that run.

    Calls are in order of start within each run. Slow calls elsewhere are never trimmed: the tail is
    what the timeout is for.
    """
    mask = GrowingArray(np.bool_)
    first = 0
    for length in run_lengths(piece.run for piece in calls.pieces()).tolist():
        most = int(length * max_share)
        if most:  # few have any of the hundreds of windows of a campaign
            cut = min(_calls_within(calls.started_at[first : first + length], seconds), most)
            mask.fill(False, first - mask.size)
            mask.fill(True, cut)
        first += length
    mask.fill(False, first - mask.size)
    return mask.finish()


def _calls_within(started_at: NDArray[np.float64], seconds: float) -> int:
    """How many calls, in order of start, began so soon after the first."""
    first = started_at[0]
    return bisect_left(range(started_at.size), True, key=lambda at: bool(started_at[at] - first >= seconds))
