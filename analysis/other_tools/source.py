"""The text of a file as it comes: packed or not, in whatever encoding its byte order mark says, a piece at a
time, and no line without end."""

import io
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from analysis.analysis_errors import UnreadableSamplesError
from analysis.format.input_file import open_regular
from analysis.other_tools.unpacked_file import Unpacked

HEAD_CHARACTERS: Final = 65_536
"""A header and a hundred rows; a field of a JTL may hold a whole reply."""
LONGEST_LINE: Final = 4 << 20
STEP: Final = 128 << 10
DAMAGED: Final = "the packed file is damaged; read up to there"
_GZIP: Final = b"\x1f\x8b"
_MARKS: Final = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))


@contextmanager
def opened_text(path: Path) -> Iterator[io.TextIOBase]:
    """Open a file as text: unpacked, without its byte order mark, with \\ufffd for bytes that are no text.

    Raises OSError. Reading raises UnreadableSamplesError for a line that does not end and for a .gz that
    holds too much, zlib.error and EOFError for one that is damaged.
    """
    with _opened_bytes(path) as raw, io.TextIOWrapper(raw, _encoding(path), "replace", newline="") as text:
        yield _Lines(text, path)


def head_of(path: Path) -> str:
    """Return the first HEAD_CHARACTERS of a file as text. Raises as `opened_text`."""
    with opened_text(path) as text:
        return text.read(HEAD_CHARACTERS)


def pieces_of(text: io.TextIOBase, left_out: Counter[str]) -> Iterator[str]:
    """Yield the text piece by piece; a packed file ends where it is damaged, which is counted."""
    try:
        while piece := text.read(STEP):
            yield piece
    except (EOFError, zlib.error):
        left_out[DAMAGED] += 1


def lines_of(text: io.TextIOBase, left_out: Counter[str]) -> Iterator[str]:
    """Yield the lines, without what ends them, and none of blanks only. Damage: as in `pieces_of`."""
    rest = ""
    for piece in pieces_of(text, left_out):
        *whole, rest = (rest + piece).split("\n")
        yield from (line for each in whole if (line := each.strip()))
    if rest.strip():
        yield rest.strip()


class _Lines(io.TextIOBase):
    """Text that refuses a line longer than any row."""

    def __init__(self, text: io.TextIOWrapper, path: Path) -> None:
        super().__init__()
        self._text, self._path, self._line = text, path, 0

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> str:
        piece = self._text.read(STEP if size is None or size < 0 else size)
        end = piece.rfind("\n")
        self._line = self._line + len(piece) if end < 0 else len(piece) - end
        if self._line > LONGEST_LINE:
            raise UnreadableSamplesError(
                f"{self._path} has a line of more than {LONGEST_LINE >> 20} million characters.",
                hint="A file of calls has one a line. Is it another kind of file?",
            )
        return piece

    def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override]  # as of __iter__
        return self._text.readline(LONGEST_LINE)

    def __iter__(self) -> Iterator[str]:  # type: ignore[override]  # of text, where the base is of bytes
        while line := self.readline():
            yield line


def _opened_bytes(path: Path) -> IO[bytes] | io.BufferedReader:
    with open_regular(path) as file:
        packed = file.read(2) == _GZIP
    return io.BufferedReader(Unpacked(path), STEP) if packed else open_regular(path)


def _encoding(path: Path) -> str:
    with _opened_bytes(path) as file:
        begin = file.read(3)
    return next((encoding for mark, encoding in _MARKS if begin.startswith(mark)), "utf-8")
