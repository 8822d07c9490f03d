"""The positions of each code in an array of codes, however long it is."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.long_arrays.growing import grown
from analysis.long_arrays.pieces import is_long, pieces

Positions = NDArray[np.int64]
CodesAt = Callable[[slice | Positions], NDArray[np.integer[Any]]]
"""Gives the codes, which count from 0, of a piece or of some positions."""


def count_codes(codes_at: CodesAt, size: int, numbers: int) -> NDArray[np.int64]:
    """Return how often each code below `numbers` occurs among so many."""
    counts = np.zeros(numbers, dtype=np.int64)
    for piece in pieces(size):
        counts += np.bincount(codes_at(piece), minlength=numbers)
    return counts


def positions_by_code(
    codes_at: CodesAt, counts: NDArray[np.int64], wanted: Sequence[int]
) -> Iterator[tuple[int, Positions]]:
    """Yield each wanted code with its positions, ascending; `counts` is what `count_codes` returns.

    All codes are walked once for as many wanted ones as memory holds the positions of, and once for each that
    has more.
    """
    for some in _at_a_time(wanted, counts):
        chosen = np.zeros(counts.size, dtype=np.bool_)
        chosen[some] = True
        positions = grown(np.int64, _chosen(codes_at, int(counts.sum()), chosen))
        if len(some) == 1:
            yield some[0], positions
            continue
        codes = codes_at(positions)
        order = np.argsort(codes, kind="stable")
        bounds = np.searchsorted(codes[order], np.arange(counts.size + 1))
        for code in some:
            yield code, positions[order[bounds[code] : bounds[code + 1]]]


def _at_a_time(wanted: Sequence[int], counts: NDArray[np.int64]) -> Iterator[list[int]]:
    """The codes in their order, as many together as have few enough positions to be in memory at once."""
    some: list[int] = []
    many = 0
    for code in wanted:
        if some and is_long(many + int(counts[code])):
            yield some
            some, many = [], 0
        some.append(code)
        many += int(counts[code])
    if some:
        yield some


def _chosen(codes_at: CodesAt, size: int, chosen: NDArray[np.bool_]) -> Iterator[Positions]:
    for piece in pieces(size):
        yield np.flatnonzero(chosen[codes_at(piece)]) + piece.start
