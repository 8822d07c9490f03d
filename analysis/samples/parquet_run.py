"""Segments to `samples.parquet`, in a process of its own: `python -m analysis.samples.parquet_run
RUN_FOLDER`.

pyarrow directly, a worker at a time: neither pandas nor the whole run has to be in memory.
"""

import os
import sys
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.format.atomic_write import whole_file
from analysis.format.run_folder import RunFolder
from analysis.format.sample_schema import COLUMNS
from analysis.format.whole_records import segment_paths
from analysis.samples.manifest_or_why_none import manifest_of
from analysis.samples.segment_columns import CodedTexts, Column, run_columns

ROWS_AT_ONCE: Final = 1_000_000
_ARROW: Final = {"category": pa.dictionary(pa.int32(), pa.string()), "object": pa.string()}
SCHEMA: Final = pa.schema(
    [(name, _ARROW.get(dtype) or pa.from_numpy_dtype(dtype.lower())) for name, dtype in COLUMNS.items()]
)


def convert_run(folder: RunFolder) -> int:
    """Write samples.parquet from the segments; return the number of rows.

    The file is as old as the segments were when they were read: calls added since make it out of date.
    Raises UnreadableSamplesError when the run holds no whole record.
    """
    manifest, _ = manifest_of(folder)
    as_of = max((path.stat().st_mtime_ns for path in segment_paths(folder)), default=None)
    rows = 0
    with (
        whole_file(folder.samples) as temporary,
        pq.ParquetWriter(temporary, SCHEMA, compression="zstd") as file,
    ):
        for part in run_columns(folder, manifest, tuple(COLUMNS)):
            values = [_arrow(field, part.columns[field.name]) for field in SCHEMA]
            file.write_table(pa.Table.from_arrays(values, schema=SCHEMA), ROWS_AT_ONCE)
            rows += part.rows
        file.close()
        if as_of is not None:
            os.utime(temporary, ns=(as_of, as_of))
    return rows


def _arrow(field: pa.Field, column: Column) -> pa.Array:
    """Return the column in the file's type; what is not known is null."""
    if isinstance(column, CodedTexts):
        codes = pa.array(column.codes, mask=column.codes < 0)
        return pa.DictionaryArray.from_arrays(codes, pa.array(column.texts, pa.string()))
    if pa.types.is_integer(field.type):
        unknown = np.isnan(column)
        most = np.iinfo(field.type.to_pandas_dtype()).max
        whole = np.where(unknown, 0, np.minimum(column, most)).astype(field.type.to_pandas_dtype())
        return pa.array(whole, mask=unknown)
    return pa.array(column, field.type, from_pandas=True)


if __name__ == "__main__":
    convert_run(RunFolder(Path(sys.argv[1])))
