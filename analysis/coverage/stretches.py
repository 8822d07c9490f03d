"""Stretches of time in which calls began without a gap, in whatever order they come."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Moments = NDArray[np.float64]


def stretches(parts: Iterable[Moments], gap_s: float) -> tuple[Moments, Moments]:
    """Return the first and the last moment (Unix seconds) of each stretch that no gap of `gap_s` interrupts,
    in order of time. `parts`: the moments, as many at a time as there are."""
    first, last = np.zeros(0), np.zeros(0)
    for part in parts:
        at = np.sort(part)
        first, last = _joined(np.concatenate([first, at]), np.concatenate([last, at]), gap_s)
    return first, last


def _joined(first: Moments, last: Moments, gap_s: float) -> tuple[Moments, Moments]:
    """Stretches that have no such gap between them as one. A gap in all of them is a gap between two: none
    lies within a stretch of some of the moments."""
    if not first.size:
        return first, last
    order = np.argsort(first, kind="stable")
    first, until = first[order], np.maximum.accumulate(last[order])
    begins = np.concatenate([[0], np.flatnonzero(first[1:] - until[:-1] >= gap_s) + 1])
    return first[begins], until[np.concatenate([begins[1:] - 1, [first.size - 1]])]
