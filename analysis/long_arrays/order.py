"""Long arrays put in order: each piece by itself, then stretches that all pieces have a part of
(sorting by regular samples: Shi & Schaeffer 1992, Journal of Parallel and Distributed Computing 14)."""

from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analysis.long_arrays.growing import GrowingArray
from analysis.long_arrays.pieces import is_long, pieces, walk
from analysis.machine.scratch_files import let_go

SAMPLES_OF_A_PIECE: Final = 256

Positions = NDArray[np.int64]
Ties = Callable[[Positions], tuple[NDArray[Any], ...]]


def order_of(values: NDArray[Any]) -> Positions:
    """Return the positions in order of the values; those of equal ones in their order."""
    return in_order(_alike(values), values)


def is_sorted(values: NDArray[Any], *, strictly: bool = False) -> bool:
    """Return whether no value is below the one before it; `strictly`: whether each is above it."""
    return is_in_order(_alike(values), values, strictly=strictly)


def in_order(major: NDArray[Any], minor: NDArray[Any], ties: Ties = lambda positions: ()) -> Positions:
    """Return the positions in order of `major`, then of `minor`, then of what `ties` gives for positions: the
    most important last, as for np.lexsort. What is alike in all of them stays in its order.

    Only values that share a major and a minor are together in memory however many they are.
    """
    if not is_long(major.size):
        return _lexsort(np.arange(major.size), major, minor, ties)
    found = GrowingArray(np.int64)
    for near in _stretches(major, minor):
        found.append(_lexsort(near, major, minor, ties))
        let_go()
    return np.asarray(found.finish(), dtype=np.int64)


def is_in_order(major: NDArray[Any], minor: NDArray[Any], *, strictly: bool = False) -> bool:
    """Return whether `major` never falls, and `minor` not where `major` stays; `strictly`: rises there."""
    before = np.zeros(0, major.dtype), np.zeros(0, minor.dtype)
    for ones, others in walk(major, minor):
        one, other = np.concatenate([before[0], ones]), np.concatenate([before[1], others])
        stays = one[1:] == one[:-1]
        rises = other[1:] > other[:-1] if strictly else other[1:] >= other[:-1]
        if not ((one[1:] > one[:-1]) | (stays & rises)).all():
            return False
        before = one[-1:], other[-1:]
    return True


def _alike(values: NDArray[Any]) -> NDArray[np.int8]:
    return np.broadcast_to(np.int8(0), values.shape)


def _lexsort(at: Positions, major: NDArray[Any], minor: NDArray[Any], ties: Ties) -> Positions:
    return np.asarray(at[np.lexsort((*ties(at), minor[at], major[at]))])


def _stretches(major: NDArray[Any], minor: NDArray[Any]) -> Iterator[Positions]:
    """Yield the positions of what lies between two samples, about as many as a piece has; each stretch is
    before the next, and holds its positions as they come, apart from those of one piece."""
    order = GrowingArray(np.int64)
    ones, others = [], []
    for piece in pieces(major.size):
        at = np.lexsort((minor[piece], major[piece])) + piece.start
        order.append(at)
        some = at[:: max(at.size // SAMPLES_OF_A_PIECE, 1)]
        ones.append(major[some])
        others.append(minor[some])
    by_piece = order.finish()
    one, other = np.concatenate(ones), np.concatenate(others)
    samples = np.lexsort((other, one))[SAMPLES_OF_A_PIECE::SAMPLES_OF_A_PIECE]
    between = list(zip(one[samples], other[samples], strict=True))
    cuts = [_cuts(by_piece[piece], piece.start, major, minor, between) for piece in pieces(major.size)]
    for stretch in range(len(between) + 1):
        yield np.concatenate([by_piece[cut[stretch] : cut[stretch + 1]] for cut in cuts])
        let_go()


def _cuts(
    at: Positions,
    start: int,
    major: NDArray[Any],
    minor: NDArray[Any],
    between: list[tuple[Any, Any]],
) -> list[int]:
    """Where the stretches begin among the positions of one piece, which are in order, and where they end."""
    one, other = major[at], minor[at]
    cuts = [0]
    for first, second in between:
        low, high = np.searchsorted(one, first, "left"), np.searchsorted(one, first, "right")
        cuts.append(int(low + np.searchsorted(other[low:high], second, "left")))
    let_go()
    return [start + cut for cut in (*cuts, at.size)]
