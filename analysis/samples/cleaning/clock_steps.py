"""Where the clock of the plan and that of the sender disagree, the difference is not a lag.

A sender that is late because calls took too long catches up, or falls back further: its lag changes from call
to call. One whose clock was set, or never agreed with the planner's, keeps its distances: its lag jumps, and
then stays the same. Only such a stretch is moved back, and only where no call that was still running explains
the jump (a pacer that does not catch up after a stall is late for a reason).
"""

from dataclasses import replace
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.samples.action_calls import Calls

JUMP_S: Final = 5.0
"""Clocks that differ by less are not told from a sender that is late by the same time all along."""
SAME_S: Final = 0.1
FEWEST: Final = 20
"""Calls that a stretch needs."""
FIRST: Final = 5
"""So many calls already have the lag of the stretch when it begins."""
MOST: Final = 0.8
"""Share of a stretch that has the same lag."""


def on_one_clock(calls: Calls) -> tuple[Calls, float]:
    """Return the calls with lags on one clock, and by how many seconds the clocks were apart at most."""
    if sum(int(_far(piece.lag_s).sum()) for piece in calls.pieces()) < FEWEST:
        return calls, 0.0
    lag = calls.lag_s
    far = _far(lag)
    offset = np.zeros(len(calls))
    sender = calls.run * (int(calls.worker.max()) + 1) + calls.worker
    for one in np.unique(sender[far]):
        rows = np.flatnonzero((sender == one) & ~np.isnan(lag))
        rows = rows[np.argsort((calls.started_at - lag)[rows], kind="stable")]
        offset[rows] = _offsets(calls.where(rows))
    apart = float(np.abs(offset).max())
    return (replace(calls, lag_s=lag - offset), apart) if apart else (calls, 0.0)


def _far(lag_s: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.asarray(np.abs(lag_s) > JUMP_S)  # not where the lag is unknown (NaN)


def _offsets(calls: Calls) -> NDArray[np.float64]:
    """The disagreement at each call of one sender, in the order in which they were planned."""
    lag, n = calls.lag_s, len(calls)
    offset = np.zeros(n)
    edges = np.concatenate([[0], np.flatnonzero(np.abs(np.diff(lag)) > JUMP_S) + 1, [n]])
    ends = np.maximum.accumulate(calls.started_at + calls.latency_ms / 1e3)
    for begin, end in pairwise(edges.tolist()):
        stretch = lag[begin:end]
        level = float(np.median(stretch))
        if end - begin < FEWEST or abs(level) <= JUMP_S:
            continue
        begins_there = abs(float(np.median(stretch[:FIRST])) - level) <= SAME_S
        kept = float((np.abs(stretch - level) <= SAME_S).mean()) >= MOST
        held_up = begin > 0 and ends[begin - 1] >= calls.started_at[begin] - JUMP_S
        if begins_there and kept and not (level > 0 and held_up):
            offset[begin:end] = level
    return offset
