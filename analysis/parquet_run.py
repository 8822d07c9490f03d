"""Segments to `samples.parquet`, in a process of its own: `python -m analysis.parquet_run RUN_FOLDER`."""

import os
import sys
from pathlib import Path

from analysis.run_folder import RunFolder, read_manifest
from analysis.samples_in_run import read_segments


def convert_run(folder: RunFolder) -> int:
    """Write samples.parquet from the segments (temporary file, then rename); return the number of rows.

    Raises UnreadableSamplesError when the run holds no whole record.
    """
    manifest = read_manifest(folder)
    table, _ = read_segments(folder, manifest.run_id if manifest else folder.path.name)
    temporary = folder.samples.with_suffix(f".{os.getpid()}.tmp")
    table.to_parquet(temporary, index=False, compression="zstd")
    temporary.replace(folder.samples)
    return len(table)


if __name__ == "__main__":
    convert_run(RunFolder(Path(sys.argv[1])))
