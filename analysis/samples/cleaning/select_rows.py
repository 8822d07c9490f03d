"""Some rows of a table as a table: of a long one nothing is in memory but a piece."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.long_arrays.growing import grown
from analysis.long_arrays.pieces import is_long, walk
from analysis.samples.sample_arrays import Rows


def rows_of(table: pd.DataFrame, rows: Rows, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Return these rows of a table in the sample schema, numbered anew; all columns unless some are named."""
    names = list(table) if columns is None else list(columns)
    if not is_long(len(table)):
        return table[names].iloc[rows].reset_index(drop=True)
    return pd.DataFrame({name: _taken(table[name].array, rows) for name in names}, copy=False)


def _taken(column: Any, rows: Rows) -> object:
    if isinstance(column, pd.Categorical):
        codes = np.asarray(column.codes)
        some = grown(codes.dtype, (codes[part] for (part,) in walk(rows)))
        return pd.Categorical.from_codes(some, dtype=column.dtype, validate=False)
    if isinstance(column, pd.arrays.IntegerArray):
        kind = np.dtype(str(column.dtype).lower())  # Int16 holds int16
        values = grown(kind, (part.to_numpy(kind, na_value=0) for part in _parts(column, rows)))
        return pd.arrays.IntegerArray(values, grown(np.bool_, (part.isna() for part in _parts(column, rows))))
    values = np.asarray(column)
    return grown(values.dtype, (values[part] for (part,) in walk(rows)))


def _parts(column: Any, rows: Rows) -> Iterator[Any]:
    for (part,) in walk(rows):
        yield column[part]
