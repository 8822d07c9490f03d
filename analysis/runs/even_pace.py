"""The calls of a measurement of many windows as if each window had made as many.

A campaign that wants more calls half way makes them in what is left of its span. Counted all alike, its
second half then outweighs the first: a batch in the first hours of a week vanished among the calls of the
last days, and the number was that of a week without it (docs/method.md, "A campaign").
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.long_arrays.pieces import run_lengths
from analysis.samples.action_calls import Calls

FEWEST_WINDOWS: Final = 30
"""With fewer, one window more or less says nothing about the pace."""
MOST_CALLS: Final = 200
"""Of a window: a run with more is a measurement of its own."""


def times_at_even_pace(calls: Calls) -> NDArray[np.int64] | None:
    """Return how often each call must be counted so that every window counts for the same; None where all
    windows have as many calls, or where there are few."""
    if len(calls) < FEWEST_WINDOWS or calls.run[0] == calls.run[-1]:  # millions of one run are not sorted
        return None
    if max(run_lengths(piece.run for piece in calls.pieces())) > MOST_CALLS:
        return None
    _, window, sizes = np.unique(calls.run, return_inverse=True, return_counts=True)
    if sizes.size < FEWEST_WINDOWS or sizes.max() > MOST_CALLS or sizes.min() == sizes.max():
        return None
    times = np.round(MOST_CALLS / sizes).astype(np.int64)
    return np.asarray(times[window])
