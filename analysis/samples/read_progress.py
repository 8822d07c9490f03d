"""How far files are read, for whoever waits for it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.format.run_folder import RunFolder
from analysis.samples.parquet_or_segments import finished_parquet
from analysis.samples.table_builder import BothSides

Note = Callable[[int], None]
"""Takes in how many bytes of a file are read."""


@dataclass(frozen=True, slots=True)
class Reached:
    """Bytes of all files that are read, packed where the file is; `calls`: those found so far that count."""

    bytes_read: int
    bytes_in_all: int
    calls: int


class ReadProgress:
    """Adds up what is read of each file, and hands it on."""

    def __init__(self, paths: Sequence[Path], builder: BothSides, watch: Callable[[Reached], None]) -> None:
        self._sizes = {path: size_of(path) for path in paths}
        self._builder, self._watch = builder, watch
        self._before = 0

    def of(self, path: Path) -> Note:
        """Return what takes in how far the next file is read; the one before is read to its end."""
        start = self._before
        self._before += self._sizes.get(path, 0)

        def note(bytes_read: int) -> None:
            calls = self._builder.rows + self._builder.direct.rows
            self._watch(Reached(start + bytes_read, sum(self._sizes.values()), calls))

        return note


def size_of(path: Path) -> int:
    """Return how large a file is, bytes; of a run folder its finished table, 0 of segments, which are read
    without a note, and where nobody can tell."""
    try:
        file = finished_parquet(RunFolder(path)) if path.is_dir() else path
        return file.stat().st_size if file is not None and file.is_file() else 0
    except OSError:
        return 0
