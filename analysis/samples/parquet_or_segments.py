"""One run folder to rows: the finished Parquet file, or the segments of a run that never finished."""

from pathlib import Path

from analysis.format.manifest import Manifest
from analysis.format.run_folder import RunFolder
from analysis.format.whole_records import segment_paths
from analysis.samples.segment_columns import run_columns
from analysis.samples.table_builder import TableBuilder
from analysis.skipped_input import SkippedInput


def add_segments(
    builder: TableBuilder, folder: RunFolder, manifest: Manifest | None, columns: tuple[str, ...]
) -> tuple[SkippedInput, ...]:
    """Add all whole records of a run to `builder`. Raises UnreadableSamplesError when there is none."""
    skipped: list[SkippedInput] = []
    for part in run_columns(folder, manifest, columns):
        skipped.extend(part.skipped)
        if part.rows:
            builder.add(part.columns)
    return tuple(skipped)


def finished_parquet(folder: RunFolder) -> Path | None:
    """Return samples.parquet where it is newer than every segment (a run may go on after a conversion)."""
    try:
        written = folder.samples.stat().st_mtime
    except FileNotFoundError:
        return None
    newest = max((path.stat().st_mtime for path in segment_paths(folder)), default=written)
    return folder.samples if newest <= written else None
