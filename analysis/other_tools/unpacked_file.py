"""A packed sample file (.gz), unpacked piece by piece and never without end."""

import io
import zlib
from pathlib import Path
from typing import Any, Final

from analysis.analysis_errors import UnreadableSamplesError
from analysis.format.input_file import open_regular

MOST_UNPACKED_BYTES: Final = 64 << 20
MOST_TIMES_LARGER: Final = 200
"""A .gz that unpacks to more than MOST_UNPACKED_BYTES, and to so many times its size, holds no samples: those
pack to a tenth, and gzip at its best makes 1,032 times as much."""
PACKED_STEP: Final = 16 << 10


class Unpacked(io.RawIOBase):
    """What a .gz file holds, read only as far as it may hold samples; zeros behind it are passed at once.

    Raises UnreadableSamplesError beyond that, zlib.error where it is damaged, EOFError where it was cut off.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._left = max(MOST_UNPACKED_BYTES, MOST_TIMES_LARGER * path.stat().st_size)
        self._file = open_regular(path)
        self._packed = b""
        self._unpacker: Any = None
        """None before the first byte, and between two files packed one behind the other."""

    @property
    def bytes_read(self) -> int:
        """Return how far the packed file is read."""
        return self._file.tell()

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Put the next bytes into `buffer`; return how many."""
        data = self._next(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise self._too_much()
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()

    def _next(self, most: int) -> bytes:
        while True:
            self._packed = self._packed or self._file.read(PACKED_STEP)
            if self._unpacker is None:
                self._packed = self._packed.lstrip(b"\0")
                if self._packed:
                    self._unpacker = zlib.decompressobj(wbits=31)
                elif not (again := self._file.read(PACKED_STEP)):
                    return b""
                else:
                    self._packed = again
                continue
            if not self._packed:
                raise EOFError("it was cut off")
            data: bytes = self._unpacker.decompress(self._packed, most)
            self._packed = self._unpacker.unconsumed_tail
            if self._unpacker.eof:
                self._packed, self._unpacker = self._unpacker.unused_data, None
            if data:
                return data

    def _too_much(self) -> UnreadableSamplesError:
        return UnreadableSamplesError(
            f"{self._path} unpacks to more than {MOST_TIMES_LARGER} times its size: those are no samples.",
            hint="Unpack it, and look at what it holds.",
        )


class UnpackedUpTo(Unpacked):
    """The first `end` bytes of what a damaged .gz holds, at most `step` at a time: what is asked for at once
    is lost with the damage in it."""

    def __init__(self, path: Path, end: int, step: int) -> None:
        super().__init__(path)
        self._to_come, self._step = end, step

    def readinto(self, buffer: Any) -> int:
        """Put the next bytes into `buffer`; return how many."""
        piece = memoryview(buffer)[: min(self._to_come, self._step)]
        read = super().readinto(piece) if len(piece) else 0
        self._to_come -= read
        return read
