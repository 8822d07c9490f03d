"""The first seconds of each run measure connections and caches being opened (docs/method.md, "Warm-up")."""

import numpy as np
from numpy.typing import NDArray

from analysis.samples.action_calls import Calls


def warm_up_mask(calls: Calls, seconds: float, max_share: float) -> NDArray[np.bool_]:
    """Return True for the calls of the first `seconds` of each run, at most `max_share` of that run.

    Calls are in order of start within each run. Slow calls elsewhere are never trimmed: the tail is
    what the timeout is for.
    """
    n = len(calls)
    mask = np.zeros(n, dtype=np.bool_)
    if n == 0:
        return mask
    starts = np.flatnonzero(np.r_[True, calls.run[1:] != calls.run[:-1]])
    lengths = np.diff(np.r_[starts, n])
    position = np.arange(n) - np.repeat(starts, lengths)
    since_start = calls.started_at - np.repeat(calls.started_at[starts], lengths)
    return np.asarray(
        (since_start < seconds) & (position < np.repeat(lengths * max_share, lengths).astype(int))
    )
