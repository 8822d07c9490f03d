"""The columns of a sample table as plain arrays, texts as numbers: no Python object per row."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.format.call_record import OUTCOME_CODES
from analysis.format.sample_schema import (
    PLATFORM_MAX_TIMEOUT_S,
    PLATFORM_MIN_TIMEOUT_S,
    ActionVersion,
    InputOrigin,
)

ORIGIN_CODES: Final[dict[str, int]] = {origin.value: code for code, origin in enumerate(InputOrigin, start=1)}
"""Numbering of origins in arrays; 0 is unknown."""


@dataclass(frozen=True, slots=True)
class Codes:
    """A text per row as a number (`codes`), and the text each number stands for."""

    codes: NDArray[np.signedinteger[Any]]
    texts: list[str]


@dataclass(frozen=True, slots=True)
class Columns:
    """The value of every row, None where the table has no such column; `outcome` holds OUTCOME_CODES."""

    started_at: NDArray[np.float64]
    scheduled_at: NDArray[np.float64] | None
    latency_ms: NDArray[np.float64]
    rate: NDArray[np.floating[Any]] | None
    timeout_s: NDArray[np.floating[Any]] | None
    rtt_ms: NDArray[np.floating[Any]] | None
    outcome: NDArray[np.int8]
    run: NDArray[np.signedinteger[Any]]
    worker: NDArray[np.signedinteger[Any]]
    attempt: NDArray[np.signedinteger[Any]]
    draft: NDArray[np.bool_]
    origin: NDArray[np.int8]
    """ORIGIN_CODES of each call's input, 0 where unknown."""


def columns_of(table: pd.DataFrame) -> Columns:
    """Return the columns an estimate needs; `table` has those that analysis.format.sample_schema requires."""
    outcome = codes_of(table, "outcome", required=True)
    code_of = np.array([OUTCOME_CODES[text] for text in outcome.texts], dtype=np.int8)
    target = codes_of(table, "target")
    origin = codes_of(table, "input_origin")
    origin_code_of = np.array([ORIGIN_CODES.get(text, 0) for text in origin.texts], dtype=np.int8)
    is_draft = np.array([text == ActionVersion.DRAFT for text in target.texts], dtype=bool)
    return Columns(
        started_at=_floats(table, "started_at"),
        scheduled_at=_optional(table, "scheduled_at"),
        latency_ms=_floats(table, "latency_ms"),
        rate=_narrow(table, "offered_rate"),
        timeout_s=_possible(_narrow(table, "timeout_s")),
        rtt_ms=_narrow(table, "rtt_ms"),
        outcome=code_of[outcome.codes],
        run=codes_of(table, "run_id").codes,
        worker=codes_of(table, "worker_id").codes,
        attempt=_attempts(table),
        draft=is_draft[target.codes],
        origin=origin_code_of[origin.codes],
    )


def codes_of(table: pd.DataFrame, column: str, *, required: bool = False) -> Codes:
    """Return numbers and their texts; a missing column, and a missing value, is the text ""."""
    if column not in table and not required:
        return Codes(np.zeros(len(table), dtype=np.int8), [""])
    values: pd.Series[Any] = table[column]
    if not isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype("category")
    texts = [str(text) for text in values.cat.categories]
    codes = np.asarray(values.cat.codes)
    if (codes < 0).any():
        codes = np.where(codes < 0, len(texts), codes.astype(np.int32))
        texts.append("")
    return Codes(codes, texts)


def _floats(table: pd.DataFrame, column: str) -> NDArray[np.float64]:
    return table[column].to_numpy(dtype=np.float64, na_value=np.nan)


def _optional(table: pd.DataFrame, column: str) -> NDArray[np.float64] | None:
    return _floats(table, column) if column in table else None


def _narrow(table: pd.DataFrame, column: str) -> NDArray[np.float32] | None:
    if column not in table:
        return None
    with np.errstate(over="ignore"):  # 1e300 calls/s is infinite, and infinite is unknown
        return np.asarray(table[column].to_numpy(dtype=np.float32, na_value=np.nan))


def _attempts(table: pd.DataFrame) -> NDArray[np.signedinteger[Any]]:
    if "attempt" not in table:
        return np.ones(len(table), dtype=np.int8)
    return table["attempt"].to_numpy()


def _possible(timeout_s: NDArray[np.float32] | None) -> NDArray[np.float32] | None:
    """Return the timeouts; values that the platform does not allow count as unknown."""
    if timeout_s is None:
        return None
    with np.errstate(invalid="ignore"):
        possible = (timeout_s >= PLATFORM_MIN_TIMEOUT_S) & (timeout_s <= PLATFORM_MAX_TIMEOUT_S)
    return np.where(possible, timeout_s, np.float32(np.nan))
