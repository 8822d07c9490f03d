"""The calls of a measurement of many windows as one steady pace would have made them.

A campaign that wants more calls half way makes them in what is left of its span. Counted all alike, its
second half then outweighs the first: a batch on the first day of a week vanished among the calls of the last,
and the number was that of a week without it (docs/method.md, "A campaign").
"""

from typing import Final

import numpy as np

from analysis.samples.action_calls import Calls

FEWEST_WINDOWS: Final = 30
"""With fewer, one window more or less says nothing about the pace."""
MOST_CALLS: Final = 200
"""Of a window: a run with more is a measurement of its own."""
USUAL: Final = 0.25
"""As many calls as this part of the windows has at most are the steady pace."""


def at_even_pace(calls: Calls) -> Calls:
    """Return the first calls of each window, as many as a quarter of the windows had at most; all calls where
    there are few windows, or none has more."""
    if len(calls) < FEWEST_WINDOWS or calls.run[0] == calls.run[-1]:  # millions of one run are not sorted
        return calls
    _, window, sizes = np.unique(calls.run, return_inverse=True, return_counts=True)
    if sizes.size < FEWEST_WINDOWS or sizes.max() > MOST_CALLS:
        return calls
    usual = int(np.quantile(sizes, USUAL, method="lower"))
    order = np.lexsort((calls.started_at, window))
    begins = np.r_[0, sizes.cumsum()[:-1]]
    place = np.empty(len(calls), dtype=np.int64)
    place[order] = np.arange(len(calls)) - np.repeat(begins, sizes)
    return calls.where(place < usual)
