"""One Parquet or CSV file, batch by batch, into a table (analysis.format.sample_schema)."""

import csv
import io
import zlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import pandas as pd

from analysis.analysis_errors import UnreadableSamplesError
from analysis.format.input_file import check_regular, open_regular
from analysis.format.sample_schema import COLUMNS, REQUIRED_COLUMNS
from analysis.other_tools.known_tools import FROM_ELSEWHERE
from analysis.other_tools.unpacked_file import Unpacked, UnpackedUpTo
from analysis.samples.read_progress import Note
from analysis.samples.table_builder import TableBuilder
from analysis.skipped_input import SkippedInput

if TYPE_CHECKING:
    import pyarrow as pa

BATCH_ROWS: Final = 100_000
MOST_EXPECTED_ROWS: Final = 50_000_000
"""More rows than that must have at least a byte each: how many a file announces is only what it says."""
UNPACKED_STEP: Final = 128 << 10
DAMAGE_STEP: Final = 1024
"""Bytes at a time; the last where each that can be saved counts."""
_HINT: Final = "Needed columns: action_id, started_at (Unix seconds), latency_ms, outcome (ok, timeout, ...)."


def add_sample_file(
    builder: TableBuilder, path: Path, columns: tuple[str, ...], note: Note
) -> tuple[SkippedInput, ...]:
    """Add the usable rows of a file to `builder`; return what was left out. `note` is called with how far it
    is read.

    Raises UnreadableSamplesError when the file is not a table or lacks a required column.
    """
    try:
        check_regular(path)
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        raise UnreadableSamplesError(f"{path} cannot be read: {why}.", hint=_HINT) from None
    before = builder.left_out.copy()
    builder.run_unless_said = str(path)
    name = path.name.lower()
    if name.endswith((".csv", ".txt", ".csv.gz")):
        skipped = _add_csv(builder, path, columns, note)
    else:
        skipped = _add_parquet(builder, path, columns, note)
    bad = builder.left_out - before
    return (*skipped, *(SkippedInput(path.name, rows, why) for why, rows in bad.items()))


def _add_csv(builder: TableBuilder, path: Path, columns: tuple[str, ...], note: Note) -> list[SkippedInput]:
    whole, end = 0, None
    try:
        for batch in _csv_batches(path, columns, csv.QUOTE_MINIMAL, 0, note):
            builder.add(batch)
            whole += len(batch)
        return []
    except pd.errors.ParserError as error:
        # A file cut off inside a quoted field: without quotes, the lines up to there can be read.
        skipped = SkippedInput(
            path.name, None, f"quotes do not match ({_first_line(error)}); read without them"
        )
    except (EOFError, zlib.error) as error:
        end = _whole_lines(path)
        skipped = SkippedInput(path.name, None, f"damaged ({_first_line(error)}); read up to there")
    except (pd.errors.EmptyDataError, OSError, ValueError) as error:
        raise _unreadable(path, "CSV", error) from error
    try:
        for batch in _csv_batches(path, columns, csv.QUOTE_NONE, whole, note, end):
            builder.add(batch)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, OSError, ValueError) as error:
        raise _unreadable(path, "CSV", error) from error
    return [skipped]


def _whole_lines(path: Path) -> int:
    """How many bytes the whole lines of a damaged .gz have up to the damage. Raises UnreadableSamplesError
    where it holds too much."""
    end = size = 0
    with Unpacked(path) as file, suppress(zlib.error, EOFError):
        while piece := file.read(DAMAGE_STEP):
            end = size + piece.rfind(b"\n") + 1 if b"\n" in piece else end
            size += len(piece)
    return end


def _csv_batches(
    path: Path,
    columns: tuple[str, ...],
    quoting: Literal[0, 3],
    rows_read: int,
    note: Note,
    end: int | None = None,
) -> Iterable[pd.DataFrame]:
    """Batches after the first `rows_read` rows, up to the byte `end` of what a .gz holds where it is known.

    Raises UnreadableSamplesError for a missing column, and for a .gz that holds too much.
    """
    if not path.name.lower().endswith(".gz"):
        with open_regular(path) as file:
            for batch in _batches_in(file, path, columns, quoting, rows_read):
                yield batch
                note(file.tell())
        return
    packed = Unpacked(path) if end is None else UnpackedUpTo(path, end, DAMAGE_STEP)
    with io.BufferedReader(packed, UNPACKED_STEP) as unpacked:
        for batch in _batches_in(unpacked, path, columns, quoting, rows_read):
            yield batch
            note(packed.bytes_read)


def _batches_in(
    file: "io.BufferedReader[Any]",
    path: Path,
    columns: tuple[str, ...],
    quoting: Literal[0, 3],
    rows_read: int,
) -> Iterable[pd.DataFrame]:
    texts = ("category", "object")
    reader = pd.read_csv(
        file,
        usecols=lambda name: name in columns,
        dtype={name: "category" for name in columns if COLUMNS[name] in texts},
        encoding_errors="replace",
        on_bad_lines="skip" if quoting == csv.QUOTE_NONE else "error",
        quoting=quoting,
        low_memory=False,
        skiprows=(lambda row: 0 < row <= rows_read) if rows_read else None,
        chunksize=BATCH_ROWS,
    )
    with reader:
        for batch in reader:
            _check_columns(path, list(batch.columns))
            yield batch


def _add_parquet(
    builder: TableBuilder, path: Path, columns: tuple[str, ...], note: Note
) -> list[SkippedInput]:
    # pyarrow directly: it reads row group by row group, so a damaged one costs only itself.
    import pyarrow as pa
    import pyarrow.parquet as pq

    broken = (pa.ArrowException, OSError, UnicodeDecodeError)
    try:
        with pq.ParquetFile(path) as file:
            _check_names(path, file.schema_arrow.names)
            _check_announced(path, file.metadata.num_rows)
            names = [name for name in columns if name in file.schema_arrow.names]
            unfit = {name: _unfit(name, file.schema_arrow.field(name).type) for name in names}
    except broken as error:
        if path.suffix.lower() in (".parquet", ".pq"):
            raise _unreadable(path, "Parquet", error) from error
        what = "is neither a CSV nor a Parquet file" if path.stat().st_size else "is empty"
        raise UnreadableSamplesError(f"{path} {what}.", hint=f"{_HINT} {FROM_ELSEWHERE}") from error
    _check_columns(path, names)
    skipped = []
    for name, why in unfit.items():
        if why is None:
            continue
        if name in REQUIRED_COLUMNS:
            raise UnreadableSamplesError(f"{path}: column {name} holds {why}.", hint=_HINT)
        skipped.append(SkippedInput(path.name, None, f"column {name} holds {why}; read without it"))
        names.remove(name)
    texts = [name for name in names if COLUMNS[name] == "category"]
    with pq.ParquetFile(path, read_dictionary=texts) as file:
        before, bytes_a_row = 0, path.stat().st_size / max(file.metadata.num_rows, 1)
        for group in range(file.num_row_groups):
            rows = file.metadata.row_group(group).num_rows
            done = 0
            try:
                for batch in file.iter_batches(BATCH_ROWS, row_groups=[group], columns=names):
                    builder.add(batch.to_pandas(split_blocks=True, self_destruct=True))
                    done += batch.num_rows
                    note(int((before + done) * bytes_a_row))
            except broken as error:
                why = f"damaged part of the file ({_first_line(error)})"
                skipped.append(SkippedInput(path.name, rows - done, why))
            before += rows
    return skipped


def _unfit(name: str, kind: "pa.DataType") -> str | None:
    """Return what a column holds instead of what it should; None where it can be read.

    Numbers may come as text, as in a CSV, and ids as whole numbers.
    """
    import pyarrow as pa

    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind)
    if is_text or pa.types.is_integer(kind):
        return None
    is_number = pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    if is_number and COLUMNS[name] not in ("category", "object"):
        return None
    wanted = "text" if COLUMNS[name] in ("category", "object") else "numbers"
    return f"{kind}, not {wanted}"


def _check_names(path: Path, names: Sequence[str]) -> None:
    double = next((name for name in COLUMNS if names.count(name) > 1), None)
    if double is not None:
        raise UnreadableSamplesError(f"{path} has two columns named {double}.", hint=_HINT)


def _check_announced(path: Path, rows: int) -> None:
    """A column of one value takes no room: a few bytes can announce more rows than any memory holds."""
    size = path.stat().st_size
    if rows > MOST_EXPECTED_ROWS and rows > size:
        raise UnreadableSamplesError(
            f"{path} says that it holds {rows:,} calls, in {size:,} bytes: those are no samples.", hint=_HINT
        )


def _check_columns(path: Path, names: list[str]) -> None:
    missing = [name for name in REQUIRED_COLUMNS if name not in names]
    if missing:
        raise UnreadableSamplesError(
            f"{path} has no column {', '.join(missing)}.", hint=f"{_HINT} {FROM_ELSEWHERE}"
        )


def _unreadable(path: Path, what: str, error: BaseException) -> UnreadableSamplesError:
    return UnreadableSamplesError(f"{path} cannot be read as {what} ({_first_line(error)}).", hint=_HINT)


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
