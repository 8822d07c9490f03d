"""Rows from many batches to one table in narrow types, of which a long one is on disk
(`analysis.long_arrays`).

Texts become small numbers once, batch by batch; nothing is ever a Python object per row except the
correlation ids a report asks for, of a long table only those it may show.
"""

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.format.sample_schema import COLUMNS, ActionVersion, Outcome
from analysis.long_arrays.growing import GrowingArray, grown
from analysis.long_arrays.pieces import walk
from analysis.samples.cleaning.shown_ids import ALL_OF, ShownIds
from analysis.samples.segment_columns import CodedTexts, Column

_KNOWN_OUTCOMES: Final = frozenset(outcome.value for outcome in Outcome)
_NONE: Final = -1
_TEXTS: Final = ("category", "object")
"""Kinds of columns that hold texts, however often each occurs."""
_YEAR_2000: Final = 946_684_800.0
_YEAR_2100: Final = 4_102_444_800.0
_FEW_TEXTS: Final = 16
"""Of so many the type is kept: a run has few outcomes, workers and actions, and making their types of a table
of a few calls took pandas longer than reading it."""

Batch = pd.DataFrame | Mapping[str, Column]
"""Some rows, column by column: as pandas read them, or as they stand in a segment."""


class TableBuilder:
    """Collects batches of columns; `finish` returns the table, `left_out` counts rows by reason."""

    def __init__(self) -> None:
        self.rows = 0
        self.left_out: Counter[str] = Counter()
        self._columns: dict[str, GrowingArray] = {}
        self._texts: dict[str, dict[str, int]] = {}
        self._ids = ShownIds()
        self.run_unless_said: str | None = None
        """Run id of rows that name none: two files are two runs, each with a warm-up of its own."""

    def add(self, batch: Batch) -> None:
        """Add the usable rows of a batch; it has the required columns, in whatever types were read. One that
        is no frame names the run of each row."""
        if self.rows >= ALL_OF and "correlation_id" in batch:
            batch = _frame(batch)
        started = _floats(batch["started_at"])
        latency = _floats(batch["latency_ms"])
        outcome, outcomes = _codes(batch["outcome"])
        valid = np.array([*(text in _KNOWN_OUTCOMES for text in outcomes), False])
        action, _ = _codes(batch["action_id"])
        keep = np.ones(started.size, dtype=np.bool_)
        with np.errstate(invalid="ignore"):
            checks = (
                ("no action_id", action == _NONE),
                ("latency_ms is missing, negative or not a number", ~(np.isfinite(latency) & (latency >= 0))),
                ("started_at is missing or not a number", ~np.isfinite(started)),
                ("started_at is not in Unix seconds (milliseconds?)", _not_unix_seconds(started)),
                ("outcome is unknown", ~valid[outcome]),
            )
        for why, wrong in checks:
            self.left_out[why] += int((wrong & keep).sum())
            keep &= ~wrong
        rows = slice(None) if keep.all() else keep
        if isinstance(batch, pd.DataFrame):
            if self.run_unless_said is not None:
                batch = batch.assign(run_id=_named(batch, self.run_unless_said))
            if "correlation_id" in batch and self.rows >= ALL_OF:
                batch = batch.assign(correlation_id=self._ids.among(batch[keep]))
        else:
            assert "run_id" in batch  # segments name their run
        # All of them first: a text that cannot be read must not leave columns of different lengths.
        parts = {name: self._part(name, batch[name], rows) for name in map(str, batch)}
        for name, part in parts.items():
            self._column(name).append(part)
        self.rows += int(keep.sum())

    def finish(self) -> pd.DataFrame:
        """Return the table; a column that some batches lacked is missing in their rows."""
        columns: dict[str, Any] = {}
        for name in [column for column in COLUMNS if column in self._columns]:
            columns[name] = self._finished(name, self._column(name).finish())
        return pd.DataFrame(columns, copy=False)

    def _column(self, name: str) -> GrowingArray:
        """The column with the rows of all batches before, of which some may have lacked it."""
        missing = _missing(COLUMNS[name])
        column = self._columns.setdefault(name, GrowingArray(missing.dtype))
        column.fill(missing[0], self.rows - column.size)
        return column

    def _part(
        self, name: str, values: "pd.Series[Any] | Column", rows: slice | NDArray[np.bool_]
    ) -> NDArray[Any]:
        dtype = COLUMNS[name]
        if dtype not in _TEXTS:
            return _narrow(_floats(values)[rows], dtype)
        codes, texts = _codes(values)
        codes = codes[rows]
        known = self._texts.setdefault(name, {})
        lookup = np.full(len(texts) + 1, _NONE)
        # Only texts of usable rows: an unknown outcome must not come back as a category.
        for code in np.flatnonzero(np.bincount(codes[codes >= 0], minlength=len(texts))):
            lookup[code] = known.setdefault(texts[code], len(known))
        return np.asarray(lookup.astype(_smallest(len(known)))[codes])

    def _finished(self, name: str, values: NDArray[Any]) -> object:
        dtype = COLUMNS[name]
        if dtype in _TEXTS:
            texts = tuple(self._texts[name])
            kind = _usual_kind(texts) if len(texts) <= _FEW_TEXTS else _kind(texts)
            return pd.Categorical.from_codes(values, dtype=kind, validate=False)
        if not dtype.startswith("Int"):
            return values
        missing = grown(np.bool_, (part == _NONE for (part,) in walk(values)))
        return pd.arrays.IntegerArray(values, missing)


class BothSides(TableBuilder):
    """Builds the table of calls through Genesys Cloud; `direct` builds that of calls straight to a backend.

    The backend alone is faster than the action, so one direct call among the others would lower a number.
    They are parted row by row before anything is counted: either is read as if the other were not there.
    """

    def __init__(self) -> None:
        super().__init__()
        self.direct = TableBuilder()
        self.direct.left_out = self.left_out

    def add(self, batch: Batch) -> None:
        """Add the usable rows of a batch, each to its side."""
        apart = _is_direct(batch)
        if apart is None:
            super().add(batch)
            return
        batch = _frame(batch)
        if not apart.all():
            super().add(batch[~apart])
        self.direct.run_unless_said = self.run_unless_said
        self.direct.add(batch[apart])

    def finish(self) -> pd.DataFrame:
        """Return the table of calls through Genesys Cloud; without any, one with columns and no row."""
        return super().finish() if self.rows else self.direct.finish().iloc[:0]


def _frame(batch: Batch) -> pd.DataFrame:
    if isinstance(batch, pd.DataFrame):
        return batch
    return pd.DataFrame({name: _of_pandas(column) for name, column in batch.items()}, copy=False)


def _of_pandas(column: Column) -> object:
    if isinstance(column, CodedTexts):
        return pd.Categorical.from_codes(column.codes, dtype=_kind(column.texts))
    return column


def _kind(texts: tuple[str, ...]) -> pd.CategoricalDtype:
    return pd.CategoricalDtype(pd.Index(list(texts), dtype="str"))


_usual_kind = lru_cache(maxsize=256)(_kind)


def _is_direct(batch: Batch) -> NDArray[np.bool_] | None:
    """Which rows are direct calls; None where none is."""
    if "target" not in batch:
        return None
    target = batch["target"]
    if not isinstance(target, pd.Series):
        coded, texts = _codes(target)
        apart = np.isin(coded, [code for code, text in enumerate(texts) if text == ActionVersion.DIRECT])
        return apart if apart.any() else None
    if isinstance(target.dtype, pd.CategoricalDtype) and ActionVersion.DIRECT not in target.cat.categories:
        return None
    apart = np.asarray((target == str(ActionVersion.DIRECT)).fillna(False), dtype=np.bool_)
    return apart if apart.any() else None


def _narrow(values: NDArray[np.float64], dtype: str) -> NDArray[Any]:
    """Floats to the column's own type; a missing whole number is -1 until `finish`."""
    if dtype.startswith("float"):
        with np.errstate(over="ignore"):
            return values.astype(dtype)
    whole = dtype.lower()
    limits = np.iinfo(whole)
    absent = 1.0 if dtype == "int8" else float(_NONE)
    rounded = np.where(np.isfinite(values), np.clip(np.round(values), 0, limits.max), absent)
    return rounded.astype(whole)


def _missing(dtype: str) -> NDArray[Any]:
    """The value of a row that has none, in an array of one."""
    return np.array([_NONE], np.int8) if dtype in _TEXTS else _narrow(np.array([np.nan]), dtype)


def _codes(values: "pd.Series[Any] | Column") -> tuple[NDArray[np.int64], list[str]]:
    """Numbers (-1: missing) and the texts they stand for."""
    if isinstance(values, CodedTexts):
        return _without_empty(values.codes.astype(np.int64), list(values.texts))
    if isinstance(values, np.ndarray):
        values = pd.Series(values, copy=False)
    if not isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype("category")
    coded = values.array  # not `values.cat`, whose codes are a column of their own
    assert isinstance(coded, pd.Categorical)
    codes = np.asarray(coded.codes, dtype=np.int64)
    return _without_empty(codes, [str(text) for text in coded.categories.tolist()])


def _without_empty(codes: NDArray[np.int64], texts: list[str]) -> tuple[NDArray[np.int64], list[str]]:
    if "" in texts:
        codes = np.where(codes == texts.index(""), _NONE, codes)
    return codes, texts


def _floats(values: "pd.Series[Any] | Column") -> NDArray[np.float64]:
    assert not isinstance(values, CodedTexts)
    if isinstance(values, np.ndarray):
        return values.astype(np.float64)
    if isinstance(values.dtype, np.dtype) and values.dtype.kind in "biuf":
        return values.to_numpy(dtype=np.float64)
    return pd.to_numeric(values, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)


def _named(batch: pd.DataFrame, run_id: str) -> "pd.Series[Any]":
    if "run_id" not in batch:
        one = pd.Categorical.from_codes(
            np.zeros(len(batch), dtype=np.int8), dtype=pd.CategoricalDtype([run_id])
        )
        return pd.Series(one, index=batch.index)
    stated = batch["run_id"].astype("category")
    if not stated.isna().any():
        return stated
    known = stated if run_id in stated.cat.categories else stated.cat.add_categories([run_id])
    return known.fillna(run_id)


def _not_unix_seconds(started: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Milliseconds, or a stray 1 among real times; a file that counts from 0 throughout is as good."""
    with np.errstate(invalid="ignore"):
        late, early = started > _YEAR_2100, started < _YEAR_2000
    mostly_early = bool(early.mean() > 0.5) if started.size else False
    return late if mostly_early else late | early


def _smallest(count: int) -> type[np.signedinteger[Any]]:
    return np.int8 if count < 127 else np.int16 if count < 32_767 else np.int32
