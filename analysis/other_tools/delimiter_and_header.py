"""A delimited file as batches of texts: its delimiter, its header, its rows; torn ones are counted."""

import csv
import re
import warnings
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import pandas as pd

from analysis.other_tools.decoded_text import DAMAGED
from analysis.other_tools.reading import Reading

BATCH_ROWS: Final = 100_000
_DELIMITERS: Final = (",", ";", "\t", "|")
TORN: Final = "more fields than columns: a torn or unquoted row"
_SKIPPED_LINE: Final = re.compile(r"Skipping line \d+")


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is delimited. `names` are its columns; `has_header`: whether its first row says them."""

    delimiter: str
    names: tuple[str, ...]
    has_header: bool = True


def layout_of(head: str) -> Layout:
    """Return the layout of a file whose first row names its columns: by the sign that parts it most often."""
    first = first_line(head)
    delimiter = max(_DELIMITERS, key=first.count)
    return Layout(delimiter, cells_of(first, delimiter))


def first_line(head: str) -> str:
    """Return the first line that is not blank."""
    return next((line for line in head.splitlines() if line.strip()), "")


def cells_of(line: str, delimiter: str) -> tuple[str, ...]:
    """Return the cells of one row, without blanks around them."""
    try:
        return tuple(cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), []))
    except csv.Error:
        return ()


def texts(rows: pd.DataFrame, name: str, missing: str = "") -> "pd.Series[str]":
    """Return a column as texts, `missing` where there is none; also of a table without that column."""
    if name not in rows:
        return pd.Series(missing, index=rows.index, dtype="str")
    return rows[name].astype("str").fillna(missing)


def text_batches(reading: Reading, layout: Layout, wanted: Collection[str]) -> Iterator[pd.DataFrame]:
    """Yield the wanted columns as text, missing where empty, batch by batch; damage is counted, and read
    around. At least one of them has to be there.

    Raises UnreadableSamplesError where nothing can be read.
    """
    whole = 0
    try:
        for batch in _batches(reading, layout, wanted, csv.QUOTE_MINIMAL, 0):
            whole += len(batch)
            yield batch
    except pd.errors.ParserError:
        reading.damaged(f"quotes do not match after row {whole:,}; read on without them")
    else:
        return
    try:
        yield from _batches(reading, layout, wanted, csv.QUOTE_NONE, whole)
    except pd.errors.ParserError:
        reading.damaged("the file is damaged; read up to there")


def _batches(
    reading: Reading, layout: Layout, wanted: Collection[str], quoting: Literal[0, 3], after: int
) -> Iterator[pd.DataFrame]:
    names = _once_each(layout.names)
    with reading.opened() as text, warnings.catch_warnings(record=True) as torn:
        warnings.simplefilter("always", pd.errors.ParserWarning)
        rows = pd.read_csv(
            text,
            sep=layout.delimiter,
            header=None,
            names=names,
            usecols=[name for name in names if name in wanted],
            index_col=False,
            dtype=str,
            keep_default_na=False,
            na_values=[""],
            quoting=quoting,
            on_bad_lines="warn",
            skiprows=after + (1 if layout.has_header else 0),
            skipinitialspace=True,
            chunksize=BATCH_ROWS,
        )
        with rows:
            for batch in rows:
                reading.left_out[TORN] += sum(len(_SKIPPED_LINE.findall(str(each.message))) for each in torn)
                torn.clear()
                yield batch
        if text.damaged:
            reading.damaged(DAMAGED)


def _once_each(names: Sequence[str]) -> list[str]:
    """Names for every column; of those with one name the first keeps it."""
    found = list[str]()
    for number, name in enumerate(names):
        found.append(name if name and name not in found else f"\0{number}")
    return found
