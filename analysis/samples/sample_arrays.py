"""The columns of a sample table as plain arrays, texts as numbers: no Python object per row. Values are taken
for the rows that are asked for, so that of a long table nothing is copied."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray

from analysis.format.call_record import OUTCOME_CODES
from analysis.format.sample_schema import ActionVersion, InputOrigin
from analysis.format.timeout_limits import PLATFORM_MAX_TIMEOUT_S, PLATFORM_MIN_TIMEOUT_S
from analysis.long_arrays.pieces import walk

_NUMBERS: Final = (
    "started_at", "scheduled_at", "latency_ms", "offered_rate", "timeout_s", "rtt_ms", "attempt",
)  # fmt: skip
ORIGIN_CODES: Final[dict[str, int]] = {origin.value: code for code, origin in enumerate(InputOrigin, start=1)}
"""Numbering of origins in arrays; 0 is unknown."""

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Codes:
    """A text per row as a number (`codes`), and the text each number stands for; -1 is the last of them."""

    codes: NDArray[np.signedinteger[Any]]
    texts: list[str]

    def at(self, rows: Rows | slice) -> NDArray[np.signedinteger[Any]]:
        """Return the number of the text of each row."""
        codes = self.codes[rows]
        return (
            np.where(codes < 0, len(self.texts) - 1, codes.astype(np.int32)) if (codes < 0).any() else codes
        )


@dataclass(frozen=True, slots=True)
class Columns:
    """What an estimate needs of a table, by row. Unknown numbers are NaN."""

    numbers: Mapping[str, ExtensionArray]
    """By the column's name, of columns that are there."""
    outcome: Codes
    run: Codes
    worker: Codes
    target: Codes
    origin: Codes

    def number(
        self, column: str, rows: Rows, dtype: type[np.floating[Any]] = np.float64
    ) -> NDArray[np.float64]:
        """Return the values of a column as `dtype` holds them; a missing column is unknown."""
        values = self.numbers.get(column)
        if values is None:
            return np.full(rows.size, np.nan)
        with np.errstate(over="ignore"):  # 1e300 calls/s is infinite, and infinite is unknown
            if isinstance(values, pd.arrays.NumpyExtensionArray) and values.dtype.kind in "iuf":
                found = np.asarray(values)[rows].astype(dtype)  # has no other missing value than NaN
            else:
                found = values[rows].to_numpy(dtype=dtype, na_value=np.nan)
        return np.asarray(found, dtype=np.float64)

    def timeout_s(self, rows: Rows) -> NDArray[np.float64]:
        """Return the timeouts; values that the platform does not allow count as unknown."""
        timeout_s = self.number("timeout_s", rows, np.float32)
        with np.errstate(invalid="ignore"):
            possible = (timeout_s >= PLATFORM_MIN_TIMEOUT_S) & (timeout_s <= PLATFORM_MAX_TIMEOUT_S)
        return np.where(possible, timeout_s, np.nan)

    def outcomes(self, rows: Rows) -> NDArray[np.int8]:
        """Return OUTCOME_CODES."""
        return _meaning(self.outcome, [OUTCOME_CODES[text] for text in self.outcome.texts], rows)

    def origins(self, rows: Rows) -> NDArray[np.int8]:
        """Return ORIGIN_CODES of each call's input, 0 where unknown."""
        return _meaning(self.origin, [ORIGIN_CODES.get(text, 0) for text in self.origin.texts], rows)

    def drafts(self, rows: Rows) -> NDArray[np.bool_]:
        """Return which rows are calls of a draft."""
        drafts = [int(text == ActionVersion.DRAFT) for text in self.target.texts]
        return np.asarray(_meaning(self.target, drafts, rows) == 1)

    def first_attempts(self, rows: Rows) -> NDArray[np.bool_]:
        """Return which rows are no retries; there must be a column that says so."""
        return np.asarray(self.number("attempt", rows) == 1)


def columns_of(table: pd.DataFrame) -> Columns:
    """Return the columns of a table that has those that analysis.format.sample_schema requires."""
    return Columns(
        {column: table[column].array for column in _NUMBERS if column in table},
        outcome=codes_of(table, "outcome", required=True),
        run=codes_of(table, "run_id"),
        worker=codes_of(table, "worker_id"),
        target=codes_of(table, "target"),
        origin=codes_of(table, "input_origin"),
    )


def codes_of(table: pd.DataFrame, column: str, *, required: bool = False) -> Codes:
    """Return numbers and their texts; a missing column, and a missing value, is the text ""."""
    if column not in table and not required:
        return Codes(np.broadcast_to(np.int8(0), (len(table),)), [""])
    values: pd.Series[Any] = table[column]
    if not isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype("category")
    coded = values.array
    assert isinstance(coded, pd.Categorical)
    texts = [str(text) for text in coded.categories.tolist()]
    codes = np.asarray(coded.codes)  # the array itself: `values.cat.codes` is a copy
    if any((part < 0).any() for (part,) in walk(codes)):
        texts.append("")
    return Codes(codes, texts)


def _meaning(column: Codes, each: list[int], rows: Rows) -> NDArray[np.int8]:
    return np.asarray(np.array(each, dtype=np.int8)[column.at(rows)])
