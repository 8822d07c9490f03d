"""Segments to `samples.parquet`, in a process of its own: `python -m analysis.samples.parquet_run
RUN_FOLDER`."""

import sys
from pathlib import Path

from analysis.format.atomic_write import whole_file
from analysis.format.run_folder import RunFolder
from analysis.format.sample_schema import COLUMNS
from analysis.samples.run_samples import add_segments, manifest_of
from analysis.samples.table_builder import TableBuilder


def convert_run(folder: RunFolder) -> int:
    """Write samples.parquet from the segments; return the number of rows.

    Raises UnreadableSamplesError when the run holds no whole record.
    """
    manifest, _ = manifest_of(folder)
    builder = TableBuilder()
    add_segments(builder, folder, manifest.run_id if manifest else folder.path.name, tuple(COLUMNS))
    table = builder.finish()
    with whole_file(folder.samples) as temporary:
        table.to_parquet(temporary, index=False, compression="zstd")
    return len(table)


if __name__ == "__main__":
    convert_run(RunFolder(Path(sys.argv[1])))
