"""Quantiles of long arrays, as np.quantile gives them: found by their bits, a few passes, no sorting."""

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.long_arrays.pieces import is_long

Floats = NDArray[np.float64]
Parts = Callable[[], Iterator[Floats]]
"""Gives the values again each time it is asked, a part at a time."""

_BITS: Final = 16
_SIGN: Final = np.uint64(1 << 63)


def quantile(parts: Parts, q: float) -> float:
    """Return the q-quantile (0..1) of all parts together, as np.quantile does; there must be a value.

    And no NaN, which would count as the largest number. Nothing looks for one here, because none gets here: a
    call without a latency or a start is not read, lags and gaps that are unknown are left out by who asks.
    """
    size = sum(part.size for part in parts())
    if not is_long(size):
        return _of_few(np.concatenate(list(parts())), q)
    place = (size - 1) * q
    below = int(np.floor(place))
    ends = [_at_rank(parts, rank) for rank in (below, min(below + 1, size - 1))]
    return float(np.quantile(ends, place - below))


def _of_few(values: Floats, q: float) -> float:
    """As np.quantile, whose own checks take longer than finding the two values between which it lies."""
    place = (values.size - 1) * q
    below = int(place)
    above = min(below + 1, values.size - 1)
    ordered = np.partition(values, (below, above))
    low, high, part = float(ordered[below]), float(ordered[above]), place - below
    return low + (high - low) * part if part < 0.5 else high - (high - low) * (1 - part)


def median(parts: Parts) -> float:
    """Return the median of all parts together, as np.median does; there must be a value."""
    size = sum(part.size for part in parts())
    if not is_long(size):
        return float(np.median(np.concatenate(list(parts()))))
    return float(np.mean([_at_rank(parts, rank) for rank in ((size - 1) // 2, size // 2)]))


def _at_rank(parts: Parts, rank: int) -> float:
    """The value with so many below it, digit by digit of 16 bits."""
    known, shift = np.uint64(0), 64
    while shift:
        shift -= _BITS
        counts = np.zeros(1 << _BITS, dtype=np.int64)
        for part in parts():
            keys = _as_ordered(part)
            if shift + _BITS < 64:
                keys = keys[keys >> np.uint64(shift + _BITS) == known >> np.uint64(shift + _BITS)]
            digits = (keys >> np.uint64(shift)) & np.uint64((1 << _BITS) - 1)
            counts += np.bincount(digits.astype(np.int64), minlength=counts.size)
        before = counts.cumsum()
        digit = int(np.searchsorted(before, rank, side="right"))
        rank -= int(before[digit - 1]) if digit else 0
        known |= np.uint64(digit) << np.uint64(shift)
    bits = known ^ _SIGN if known & _SIGN else ~known
    return float(np.array([bits], dtype=np.uint64).view(np.float64)[0])


def _as_ordered(values: Floats) -> NDArray[np.uint64]:
    """Numbers that are ordered as the values are."""
    bits = np.ascontiguousarray(values, dtype=np.float64).view(np.uint64)
    return np.where(bits & _SIGN, ~bits, bits | _SIGN)
