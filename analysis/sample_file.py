"""One Parquet or CSV file to rows in the sample schema (analysis.schema)."""

import csv
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import pandas as pd

from analysis.errors import UnreadableSamplesError
from analysis.recommendation import Skipped
from analysis.schema import COLUMNS, REQUIRED_COLUMNS, Outcome

_HINT: Final = "Needed columns: action_id, started_at (Unix seconds), latency_ms, outcome (ok, timeout, ...)."


def read_sample_file(path: Path, columns: tuple[str, ...]) -> tuple[pd.DataFrame, tuple[Skipped, ...]]:
    """Return the usable rows of a file and what was left out.

    Raises UnreadableSamplesError when the file is not a table or lacks a required column.
    """
    is_csv = path.suffix.lower() in (".csv", ".txt") or path.name.lower().endswith(".csv.gz")
    raw, skipped = _read_csv(path, columns) if is_csv else _read_parquet(path, columns)
    missing = [name for name in REQUIRED_COLUMNS if name not in raw]
    if missing:
        raise UnreadableSamplesError(f"{path} has no column {', '.join(missing)}.", hint=_HINT)
    table, bad = clean(raw)
    return table, (*skipped, *(Skipped(path.name, rows, why) for why, rows in bad.items()))


def clean(raw: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return the rows that can be used, in the schema's types, and the number left out by reason."""
    table = pd.DataFrame(index=raw.index)
    for name in raw.columns:
        table[name] = _typed(raw[name], COLUMNS[name])
    known = {outcome.value for outcome in Outcome}
    latency = table["latency_ms"].to_numpy()
    started = table["started_at"].to_numpy()
    bad: dict[str, int] = {}
    keep = np.ones(len(table), dtype=bool)
    with np.errstate(invalid="ignore"):
        checks = (
            ("no action_id", table["action_id"].isna().to_numpy()),
            ("latency_ms is missing, negative or not a number", ~(np.isfinite(latency) & (latency >= 0))),
            ("started_at is missing or not a number", ~np.isfinite(started)),
            ("outcome is unknown", ~table["outcome"].isin(list(known)).to_numpy()),
        )
    for why, wrong in checks:
        rows = int((wrong & keep).sum())
        if rows:
            bad[why] = rows
        keep &= ~wrong
    if keep.all():
        return table, bad
    table = table[keep].reset_index(drop=True)
    table["outcome"] = table["outcome"].cat.remove_unused_categories()
    return table, bad


def _read_csv(path: Path, columns: tuple[str, ...]) -> tuple[pd.DataFrame, list[Skipped]]:
    try:
        return _parse_csv(path, columns, csv.QUOTE_MINIMAL), []
    except pd.errors.ParserError as error:
        # A file cut off inside a quoted field: without quotes, every line up to there can be read.
        skipped = Skipped(path.name, None, f"quotes do not match ({_first_line(error)}); read without them")
    except (pd.errors.EmptyDataError, OSError, ValueError) as error:
        raise _not_csv(path, error) from error
    try:
        return _parse_csv(path, columns, csv.QUOTE_NONE), [skipped]
    except (pd.errors.ParserError, OSError, ValueError) as error:
        raise _not_csv(path, error) from error


def _parse_csv(path: Path, columns: tuple[str, ...], quoting: Literal[0, 3]) -> pd.DataFrame:
    return pd.read_csv(
        path,
        usecols=lambda name: name in columns,
        dtype={name: "category" for name in columns if COLUMNS[name] in ("category", "object")},
        encoding_errors="replace",
        on_bad_lines="skip" if quoting == csv.QUOTE_NONE else "error",
        quoting=quoting,
        low_memory=False,
    )


def _not_csv(path: Path, error: BaseException) -> UnreadableSamplesError:
    return UnreadableSamplesError(f"{path} cannot be read as CSV ({_first_line(error)}).", hint=_HINT)


def _read_parquet(path: Path, columns: tuple[str, ...]) -> tuple[pd.DataFrame, list[Skipped]]:
    # pyarrow directly: it reads row group by row group, so a damaged one costs only itself.
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise UnreadableSamplesError(
            f"{path} cannot be read as Parquet ({_first_line(error)}).",
            hint="A run folder is read from its segments instead: give the folder. " + _HINT,
        ) from error
    names = [name for name in columns if name in file.schema_arrow.names]
    texts = [name for name in names if COLUMNS[name] == "category"]
    parts, skipped = [], []
    with file:
        file = pq.ParquetFile(path, read_dictionary=texts)
        for group in range(file.num_row_groups):
            try:
                parts.append(file.read_row_group(group, columns=names))
            except (pa.ArrowException, OSError) as error:
                rows = file.metadata.row_group(group).num_rows
                skipped.append(Skipped(path.name, rows, f"damaged part of the file ({_first_line(error)})"))
    if not parts:
        raise UnreadableSamplesError(f"{path} holds no readable row.", hint=_HINT)
    table = pa.concat_tables(parts).unify_dictionaries().to_pandas(split_blocks=True, self_destruct=True)
    return table, skipped


def _typed(values: "pd.Series[Any]", dtype: str) -> "pd.Series[Any]":
    if dtype == "category":
        if not isinstance(values.dtype, pd.CategoricalDtype):
            return values.astype("str").where(values.notna()).astype("category")
        texts = values.cat.categories
        return values if texts.dtype == "str" else values.cat.rename_categories([str(text) for text in texts])
    if dtype == "object":
        return values.astype("object")
    numbers = pd.to_numeric(values, errors="coerce").astype("float64")
    if dtype == "float64":
        return numbers
    whole = numbers.round()
    return whole.fillna(1).astype("int64") if dtype == "int64" else whole.astype("Int64")


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
