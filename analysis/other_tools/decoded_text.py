"""The text of a file as it comes: packed or not, in whatever encoding its byte order mark says, a piece at a
time, and no line without end."""

import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

from analysis.analysis_errors import UnreadableSamplesError
from analysis.format.input_file import open_regular
from analysis.other_tools.unpacked_file import Unpacked

HEAD_CHARACTERS: Final = 65_536
"""A header and a hundred rows; a field of a JTL may hold a whole reply."""
LONGEST_LINE: Final = 4 << 20
STEP: Final = 128 << 10
DAMAGED: Final = "the packed file is damaged; read up to there"
Note = Callable[[int], None]
_GZIP: Final = b"\x1f\x8b"
_MARKS: Final = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))


@contextmanager
def opened_text(path: Path, note: Note = lambda bytes_read: None) -> Iterator["TextLines"]:
    """Open a file as text: unpacked, without its byte order mark, with \\ufffd for bytes that are no text.

    `note` is called with how far the file is read. A packed file ends where it is damaged
    (`TextLines.damaged`). Raises OSError. Reading raises UnreadableSamplesError for a line that does not end
    and for a .gz that holds too much.
    """
    packed = _UpToTheDamage(path) if _is_packed(path) else None
    raw: IO[bytes] = io.BufferedReader(packed, STEP) if packed is not None else open_regular(path)
    with raw, io.TextIOWrapper(raw, _encoding(path), "replace", newline="") as text:
        yield TextLines(text, path, packed, lambda: note(packed.bytes_read if packed else raw.tell()))


def head_of(path: Path) -> str:
    """Return the first HEAD_CHARACTERS of a file as text. Raises as `opened_text`."""
    with opened_text(path) as text:
        return text.read(HEAD_CHARACTERS)


def pieces_of(text: "TextLines", damaged: Callable[[str], None]) -> Iterator[str]:
    """Yield the text piece by piece; `damaged` is called where a packed file ends because it is damaged."""
    while piece := text.read(STEP):
        yield piece
    if text.damaged:
        damaged(DAMAGED)


def lines_of(text: "TextLines", damaged: Callable[[str], None]) -> Iterator[str]:
    """Yield the lines, without what ends them, and none of blanks only. `damaged`: as in `pieces_of`."""
    rest = ""
    for piece in pieces_of(text, damaged):
        *whole, rest = (rest + piece).split("\n")
        yield from (line for each in whole if (line := each.strip()))
    if rest.strip():
        yield rest.strip()


class TextLines(io.TextIOBase):
    """Text that refuses a line longer than any row."""

    def __init__(
        self, text: io.TextIOWrapper, path: Path, packed: "_UpToTheDamage | None", note: Callable[[], None]
    ) -> None:
        super().__init__()
        self._text, self._path, self._packed, self._note, self._line = text, path, packed, note, 0

    @property
    def damaged(self) -> bool:
        """Return whether the text ended because the packed file is damaged."""
        return self._packed is not None and self._packed.damaged

    def readable(self) -> bool:
        """Return True."""
        return True

    def read(self, size: int | None = -1) -> str:
        """Return the next characters. Raises UnreadableSamplesError for a line that does not end."""
        piece = self._text.read(STEP if size is None or size < 0 else size)
        self._note()
        end = piece.rfind("\n")
        self._line = self._line + len(piece) if end < 0 else len(piece) - end
        if self._line > LONGEST_LINE:
            raise UnreadableSamplesError(
                f"{self._path} has a line of more than {LONGEST_LINE >> 20} million characters.",
                hint="A file of calls has one a line. Is it another kind of file?",
            )
        return piece

    def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override]  # as of __iter__
        """Return the next line, or as much of it as a row may hold."""
        return self._text.readline(LONGEST_LINE)

    def __iter__(self) -> Iterator[str]:  # type: ignore[override]  # of text, where the base is of bytes
        """Yield the lines."""
        while line := self.readline():
            yield line


class _UpToTheDamage(Unpacked):
    """What a .gz holds; where it is damaged, it ends."""

    damaged = False

    def readinto(self, buffer: Any) -> int:
        try:
            return super().readinto(buffer)
        except (EOFError, zlib.error):
            self.damaged = True
            return 0


def _is_packed(path: Path) -> bool:
    with open_regular(path) as file:
        return file.read(2) == _GZIP


def _encoding(path: Path) -> str:
    with _UpToTheDamage(path) if _is_packed(path) else open_regular(path) as file:
        begin = file.read(3) or b""
    return next((encoding for mark, encoding in _MARKS if begin.startswith(mark)), "utf-8")
