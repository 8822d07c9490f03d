"""One run folder to rows: the finished Parquet file, or the segments of a run that never finished."""

import pandas as pd

from analysis.errors import UnreadableSamplesError
from analysis.recommendation import Skipped
from analysis.run_folder import Manifest, RunFolder, read_manifest
from analysis.segments import read_segment, segment_paths, segment_table


def read_run(folder: RunFolder) -> tuple[pd.DataFrame | None, tuple[Skipped, ...], Manifest | None]:
    """Return the rows from segments (None when samples.parquet is to be read), skipped, manifest.

    A manifest that cannot be read is skipped, not fatal: the samples speak for themselves. Raises
    UnreadableSamplesError when there is nothing to read.
    """
    skipped: list[Skipped] = []
    manifest = None
    try:
        manifest = read_manifest(folder)
    except UnreadableSamplesError as error:
        skipped.append(Skipped(str(folder.manifest), None, error.message))
    if _parquet_is_whole(folder):
        return None, tuple(skipped), manifest
    table, more = read_segments(folder, manifest.run_id if manifest else folder.path.name)
    return table, (*skipped, *more), manifest


def read_segments(folder: RunFolder, run_id: str) -> tuple[pd.DataFrame, tuple[Skipped, ...]]:
    """Return all whole records of a run. Raises UnreadableSamplesError when there is none."""
    tables: list[pd.DataFrame] = []
    skipped: list[Skipped] = []
    for path in segment_paths(folder):
        table, left_out = segment_table(read_segment(path), run_id)
        skipped.extend(left_out)
        if len(table):
            tables.append(table)
    if not tables:
        raise UnreadableSamplesError(
            f"{folder.path} holds no call.",
            hint="The run ended before its first call was over. Run diag measure again.",
            details=tuple(f"{one.what}: {one.why}" for one in skipped),
        )
    return concat(tables), tuple(skipped)


def concat(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of all tables; categoricals stay categoricals (their categories are united)."""
    if len(tables) == 1:
        return tables[0]
    for column in dict.fromkeys(name for table in tables for name in table.columns):
        holders = [table for table in tables if column in table]
        if all(isinstance(table[column].dtype, pd.CategoricalDtype) for table in holders):
            united = pd.api.types.union_categoricals([table[column] for table in holders]).categories
            for table in tables:
                if column in table:
                    table[column] = table[column].cat.set_categories(united)
                else:
                    table[column] = pd.Categorical([None] * len(table), categories=united)
    return pd.concat(tables, ignore_index=True)


def _parquet_is_whole(folder: RunFolder) -> bool:
    """Is samples.parquet there and newer than every segment? (A run may go on after a conversion.)"""
    try:
        written = folder.samples.stat().st_mtime
    except FileNotFoundError:
        return False
    return all(path.stat().st_mtime <= written for path in segment_paths(folder))
