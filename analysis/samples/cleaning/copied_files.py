"""Files that were given twice: those that hold what another one holds."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from analysis.analysis_errors import UnreadableSamplesError
from analysis.format.input_file import InputFile


def copies_among(paths: Sequence[Path]) -> dict[Path, Path]:
    """Return which files hold what another one before them holds, byte for byte, and which that is."""
    seen: dict[str, Path] = {}
    found: dict[Path, Path] = {}
    files = [path for path in dict.fromkeys(map(Path, paths)) if path.is_file()]
    sizes = Counter(path.stat().st_size for path in files)
    for path in files:
        if sizes[path.stat().st_size] < 2:
            continue
        try:
            digest = InputFile(path, UnreadableSamplesError).sha256()
        except UnreadableSamplesError:  # said where it is read
            continue
        first = seen.setdefault(digest, path)
        if first is not path:
            found[path] = first
    return found
