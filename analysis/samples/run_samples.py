"""One run folder to rows: the finished Parquet file, or the segments of a run that never finished."""

from pathlib import Path

from analysis.errors import UnreadableSamplesError
from analysis.format.run_folder import Manifest, RunFolder, read_manifest
from analysis.format.segment_reader import segment_paths
from analysis.format.skipped_input import SkippedInput
from analysis.samples.segments import read_segment, segment_table
from analysis.samples.table_builder import TableBuilder


def manifest_of(folder: RunFolder) -> tuple[Manifest | None, tuple[SkippedInput, ...]]:
    """Return the manifest, if there is a readable one; samples can be judged without it."""
    try:
        manifest = read_manifest(folder)
    except UnreadableSamplesError as error:
        return None, (SkippedInput(str(folder.manifest), None, error.message),)
    if manifest is not None:
        return manifest, ()
    why = "missing: what was measured, where, and which actions can be configured is not known"
    return None, (SkippedInput(str(folder.manifest), None, why),)


def add_segments(
    builder: TableBuilder, folder: RunFolder, run_id: str, columns: tuple[str, ...]
) -> tuple[SkippedInput, ...]:
    """Add all whole records of a run to `builder`. Raises UnreadableSamplesError when there is none."""
    skipped: list[SkippedInput] = []
    found = 0
    for path in segment_paths(folder):
        table, left_out = segment_table(read_segment(path), run_id, columns)
        skipped.extend(left_out)
        if len(table):
            builder.add(table)
            found += len(table)
    if not found:
        raise UnreadableSamplesError(
            f"{folder.path} holds no call.",
            hint="The run ended before its first call was over (diag measure starts another), "
            "or this is not the folder of a run.",
            details=tuple(f"{one.what}: {one.why}" for one in skipped),
        )
    return tuple(skipped)


def finished_parquet(folder: RunFolder) -> Path | None:
    """Return samples.parquet where it is newer than every segment (a run may go on after a conversion)."""
    try:
        written = folder.samples.stat().st_mtime
    except FileNotFoundError:
        return None
    newest = max((path.stat().st_mtime for path in segment_paths(folder)), default=written)
    return folder.samples if newest <= written else None
