"""An array that grows at its end: in memory as long as it is short, on disk from then on."""

import errno
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

from analysis.analysis_errors import NoRoomError
from analysis.long_arrays.pieces import is_long, pieces
from analysis.machine.scratch_files import ScratchFile, scratch_folder

WRITTEN_AT_ONCE: Final = 1 / 16
"""Part of a piece, at least: an array may grow by a few values at a time."""
_ROOM: Final = (
    "Free some space there, or have them kept elsewhere: set TMPDIR to a folder with as much room as the "
    "files take unpacked."
)

_T = TypeVar("_T")


class GrowingArray:
    """Numbers or booleans. One value all along takes no room, neither in memory nor on disk."""

    def __init__(self, dtype: DTypeLike) -> None:
        self._dtype: np.dtype[Any] = np.dtype(dtype)
        self._one: NDArray[Any] | None = None
        """The value that all have so far, as long as they have one."""
        self._parts: list[NDArray[Any]] = []
        """Not written yet: all of them as long as the array is short."""
        self._waiting = 0
        self._file: ScratchFile | None = None
        self._whole: NDArray[Any] | None = None
        self.size = 0

    def append(self, part: NDArray[Any]) -> None:
        """Add values. Where they need a wider type than those before, all of them get it.

        Raises NoRoomError where they do not fit on the disk.
        """
        if not part.size:
            return
        self._widen(np.result_type(part.dtype, self._dtype))
        values = np.ascontiguousarray(part, dtype=self._dtype)
        if not self._all_are_one(values):
            self._add(values)
        self.size += values.size

    def fill(self, value: object, size: int) -> None:
        """Add one value so many times."""
        for piece in pieces(size):
            self.append(np.full(piece.stop - piece.start, value, dtype=self._dtype))

    def finish(self) -> NDArray[Any]:
        """Return the array, which grows no more; a long one can be read only."""
        if self._whole is None:
            self._whole = self._made()
        return self._whole

    def _made(self) -> NDArray[Any]:
        if self._one is not None:
            all_alike = np.broadcast_to(self._one, (self.size,))
            return all_alike if is_long(self.size) else all_alike.copy()
        if is_long(self.size):
            self._write()
        if self._file is None:
            return np.concatenate([np.zeros(0, self._dtype), *self._parts])
        self._write()
        return _mapped(self._file, self._dtype)

    def _all_are_one(self, values: NDArray[Any]) -> bool:
        if self.size and self._one is None:
            return False
        first = values[:1] if self._one is None else self._one
        bits = f"u{self._dtype.itemsize}"  # NaN is one value, and -0.0 is another than 0.0
        if (values.view(bits) == first.view(bits)).all():
            self._one = first.copy()
            return True
        if self._one is not None:
            for piece in pieces(self.size):
                self._add(np.repeat(first, piece.stop - piece.start))
        self._one = None
        return False

    def _add(self, values: NDArray[Any]) -> None:
        self._parts.append(values)
        self._waiting += values.size
        if is_long(self._waiting) or (self._file is not None and is_long(self._waiting / WRITTEN_AT_ONCE)):
            self._write()

    def _write(self) -> None:
        try:
            if self._file is None:
                self._file = ScratchFile()
            for part in self._parts:
                self._file.add(part.data)
        except OSError as error:
            raise _no_room(error) from error
        self._parts, self._waiting = [], 0

    def _widen(self, dtype: np.dtype[Any]) -> None:
        if dtype == self._dtype:
            return
        if self._one is not None:
            self._one = self._one.astype(dtype)
        narrow, waiting, file = self._dtype, self._parts, self._file
        self._dtype, self._parts, self._waiting, self._file = dtype, [], 0, None
        if file is not None:
            written = _mapped(file, narrow)
            for piece in pieces(written.size):
                self._add(written[piece].astype(dtype))
        for part in waiting:
            self._add(part.astype(dtype))


def grown(dtype: DTypeLike, parts: Iterable[NDArray[Any]]) -> NDArray[Any]:
    """Return the array that these parts make, one behind the other; a single one as it is."""
    begin = list(islice(each := iter(parts), 2))
    if not begin:
        return np.zeros(0, dtype)
    if len(begin) == 1 and not is_long(begin[0].size):
        (one,) = begin
        return np.asarray(one, dtype=np.result_type(one.dtype, dtype) if one.size else dtype)
    array = GrowingArray(dtype)
    for part in one_by_one(begin, each):
        array.append(part)
    return array.finish()


def one_by_one(begin: list[_T], others: Iterator[_T]) -> Iterator[_T]:
    """Yield all parts, and hold none of `begin` that was given away: a piece of calls is 75 MB."""
    begin.reverse()
    while begin:
        yield begin.pop()
    yield from others


def _mapped(file: ScratchFile, dtype: np.dtype[Any]) -> NDArray[Any]:
    try:
        return np.frombuffer(file.mapped(), dtype=dtype)
    except OSError as error:  # a file system that maps nothing, or too many files are open
        raise _no_room(error) from error


def _no_room(error: OSError) -> NoRoomError:
    try:
        folder = str(scratch_folder())
    except OSError:
        folder = "The folder for temporary files"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return NoRoomError(
            f"{folder} is full: calls that do not fit into memory are kept there while they are judged.",
            hint=_ROOM,
        )
    why = (error.strerror or type(error).__name__).lower()
    return NoRoomError(f"{folder} cannot take the calls that do not fit into memory: {why}.", hint=_ROOM)
