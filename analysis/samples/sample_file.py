"""One Parquet or CSV file, batch by batch, into a table (analysis.format.sample_schema)."""

import csv
import gzip
import zlib
from collections.abc import Iterable
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Final, Literal

import pandas as pd

from analysis.errors import UnreadableSamplesError
from analysis.format.sample_schema import COLUMNS, REQUIRED_COLUMNS
from analysis.format.skipped_input import SkippedInput
from analysis.samples.table_builder import TableBuilder

BATCH_ROWS: Final = 100_000
GZIP_STEP: Final = 1024
_HINT: Final = "Needed columns: action_id, started_at (Unix seconds), latency_ms, outcome (ok, timeout, ...)."


def add_sample_file(builder: TableBuilder, path: Path, columns: tuple[str, ...]) -> tuple[SkippedInput, ...]:
    """Add the usable rows of a file to `builder`; return what was left out.

    Raises UnreadableSamplesError when the file is not a table or lacks a required column.
    """
    before = builder.left_out.copy()
    builder.run_unless_said = str(path)
    name = path.name.lower()
    if name.endswith((".csv", ".txt", ".csv.gz")):
        skipped = _add_csv(builder, path, columns)
    else:
        skipped = _add_parquet(builder, path, columns)
    bad = builder.left_out - before
    return (*skipped, *(SkippedInput(path.name, rows, why) for why, rows in bad.items()))


def _add_csv(builder: TableBuilder, path: Path, columns: tuple[str, ...]) -> list[SkippedInput]:
    whole, source = 0, None
    try:
        for batch in _csv_batches(path, columns, csv.QUOTE_MINIMAL, 0):
            builder.add(batch)
            whole += len(batch)
        return []
    except pd.errors.ParserError as error:
        # A file cut off inside a quoted field: without quotes, the lines up to there can be read.
        skipped = SkippedInput(
            path.name, None, f"quotes do not match ({_first_line(error)}); read without them"
        )
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        source = BytesIO(_decompressed(path))
        skipped = SkippedInput(path.name, None, f"damaged ({_first_line(error)}); read up to there")
    except (pd.errors.EmptyDataError, OSError, ValueError) as error:
        raise _unreadable(path, "CSV", error) from error
    try:
        for batch in _csv_batches(path, columns, csv.QUOTE_NONE, whole, source):
            builder.add(batch)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, OSError, ValueError) as error:
        raise _unreadable(path, "CSV", error) from error
    return [skipped]


def _decompressed(path: Path) -> bytes:
    """The whole lines of a damaged .gz up to the damage."""
    decompressor, found = zlib.decompressobj(wbits=31), bytearray()
    raw = path.read_bytes()
    with suppress(zlib.error):
        for start in range(0, len(raw), GZIP_STEP):
            found += decompressor.decompress(raw[start : start + GZIP_STEP])
    return bytes(found[: found.rfind(b"\n") + 1])


def _csv_batches(
    path: Path,
    columns: tuple[str, ...],
    quoting: Literal[0, 3],
    rows_read: int,
    source: BytesIO | None = None,
) -> Iterable[pd.DataFrame]:
    """Batches after the first `rows_read` rows, from `source` where it stands for the file.

    Raises UnreadableSamplesError for a missing column.
    """
    texts = ("category", "object")
    reader = pd.read_csv(
        path if source is None else source,
        usecols=lambda name: name in columns,
        dtype={name: "category" for name in columns if COLUMNS[name] in texts},
        encoding_errors="replace",
        on_bad_lines="skip" if quoting == csv.QUOTE_NONE else "error",
        quoting=quoting,
        low_memory=False,
        skiprows=range(1, rows_read + 1),
        chunksize=BATCH_ROWS,
    )
    with reader:
        for batch in reader:
            _check_columns(path, list(batch.columns))
            yield batch


def _add_parquet(builder: TableBuilder, path: Path, columns: tuple[str, ...]) -> list[SkippedInput]:
    # pyarrow directly: it reads row group by row group, so a damaged one costs only itself.
    import pyarrow as pa
    import pyarrow.parquet as pq

    broken = (pa.ArrowException, OSError)
    try:
        with pq.ParquetFile(path) as file:
            names = [name for name in columns if name in file.schema_arrow.names]
            nested = [name for name in names if pa.types.is_nested(file.schema_arrow.field(name).type)]
    except broken as error:
        if path.suffix.lower() in (".parquet", ".pq"):
            raise _unreadable(path, "Parquet", error) from error
        raise UnreadableSamplesError(f"{path} is neither a CSV nor a Parquet file.", hint=_HINT) from error
    _check_columns(path, names)
    if nested:
        raise UnreadableSamplesError(
            f"{path} holds lists or structures in column {', '.join(nested)}.", hint=_HINT
        )
    skipped = []
    texts = [name for name in names if COLUMNS[name] == "category"]
    with pq.ParquetFile(path, read_dictionary=texts) as file:
        builder.expect(file.metadata.num_rows)
        for group in range(file.num_row_groups):
            rows = file.metadata.row_group(group).num_rows
            done = 0
            try:
                for batch in file.iter_batches(BATCH_ROWS, row_groups=[group], columns=names):
                    builder.add(batch.to_pandas(split_blocks=True, self_destruct=True))
                    done += batch.num_rows
            except broken as error:
                why = f"damaged part of the file ({_first_line(error)})"
                skipped.append(SkippedInput(path.name, rows - done, why))
    return skipped


def _check_columns(path: Path, names: list[str]) -> None:
    missing = [name for name in REQUIRED_COLUMNS if name not in names]
    if missing:
        raise UnreadableSamplesError(f"{path} has no column {', '.join(missing)}.", hint=_HINT)


def _unreadable(path: Path, what: str, error: BaseException) -> UnreadableSamplesError:
    return UnreadableSamplesError(f"{path} cannot be read as {what} ({_first_line(error)}).", hint=_HINT)


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
