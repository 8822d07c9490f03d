"""An array piece by piece: what is worked out of one is as small as the piece, whatever its length."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.machine.scratch_files import let_go

PIECE_ROWS = 1 << 20
"""Values of a piece, and the most of an array that is kept in memory: 8 MB of numbers."""

Array = NDArray[Any]


def is_long(size: float) -> bool:
    """Return whether an array of so many values is kept on disk."""
    return size > PIECE_ROWS


def pieces(size: int) -> Iterator[slice]:
    """Yield the pieces of an array of so many values; one, of all of them, where it is not long.

    After each piece of a long one, no page of any array on disk stays in this process: what was walked is not
    needed again soon, and would stay as long as there is memory for it.
    """
    for start in range(0, max(size, 1), PIECE_ROWS):
        yield slice(start, min(start + PIECE_ROWS, size))
        if is_long(size):
            let_go()


def walk(*arrays: Array) -> Iterator[tuple[Array, ...]]:
    """Yield the pieces of arrays of equal length, side by side."""
    if not is_long(arrays[0].size):
        yield arrays
        return
    for piece in pieces(arrays[0].size):
        yield tuple(array[piece] for array in arrays)


def extremes(array: NDArray[np.float64]) -> tuple[float, float]:
    """Return the least and the greatest value; there must be one."""
    ends = [(float(part.min()), float(part.max())) for (part,) in walk(array)]
    return min(least for least, _ in ends), max(greatest for _, greatest in ends)


def run_lengths(parts: Iterable[Array]) -> NDArray[np.int64]:
    """Return how often in succession each value comes, over all parts."""
    lengths: list[int] = []
    last: Array | None = None
    for part in parts:
        if not part.size:
            continue
        starts = np.flatnonzero(np.concatenate([[True], part[1:] != part[:-1]]))
        new = np.diff(np.concatenate([starts, [part.size]])).tolist()
        if last is not None and part[0] == last:
            lengths[-1] += new.pop(0)
        lengths += new
        last = part[-1]
    return np.array(lengths, dtype=np.int64)
