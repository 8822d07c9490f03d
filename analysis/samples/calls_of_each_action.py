"""From the sample table to plain arrays per action: its first attempts, in order of run and start."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.long_arrays.by_code import count_codes, positions_by_code
from analysis.long_arrays.growing import grown
from analysis.long_arrays.order import in_order, is_in_order
from analysis.long_arrays.pieces import walk
from analysis.machine.scratch_files import let_go
from analysis.samples.action_calls import ActionCalls, Calls, together
from analysis.samples.sample_arrays import Codes, Columns, codes_of, columns_of

A_DAY_S: Final = 86_400.0


def by_action(table: pd.DataFrame) -> Iterator[ActionCalls]:
    """Yield each action's first attempts, in order of action id.

    Retries are left out (they are not independent and often cached); the load generator never makes
    any. `table` is in the sample schema as `analysis.samples.read_samples` returns it.
    """
    if table.empty:
        return
    action = codes_of(table, "action_id", required=True)
    columns = columns_of(table)
    names = codes_of(table, "action_name")
    counts = count_codes(action.at, len(table), len(action.texts))
    by_id = sorted(np.flatnonzero(counts).tolist(), key=lambda code: action.texts[code])
    for code, rows in positions_by_code(action.at, counts, by_id):
        kept = _in_order(_first_attempts(rows, columns), columns)
        calls, name = _calls(columns, kept), _name(names, rows)
        let_go()
        yield ActionCalls(action.texts[code], name or action.texts[code], calls, int(rows.size - kept.size))


def _first_attempts(rows: NDArray[np.int64], columns: Columns) -> NDArray[np.int64]:
    if "attempt" not in columns.numbers:
        return rows
    return grown(np.int64, (part[columns.first_attempts(part)] for (part,) in walk(rows)))


def _in_order(rows: NDArray[np.int64], columns: Columns) -> NDArray[np.int64]:
    """Rows by run, then by start; a single worker's file already is in that order.

    Calls that start at the same moment are put in an order that neither the rows of the input nor how slow
    they are can change: ordered by latency, a second's slow calls would look like a burst.
    """
    run = grown(np.int8, (columns.run.at(part) for (part,) in walk(rows)))
    started = grown(np.float64, (columns.number("started_at", part) for (part,) in walk(rows)))
    if is_in_order(run, started, strictly=True):
        return rows

    def ties(at: NDArray[np.int64]) -> tuple[NDArray[Any], ...]:
        return columns.outcomes(rows[at]), _scattered(columns.number("latency_ms", rows[at]))

    order = in_order(run, started, ties)
    return grown(np.int64, (rows[at] for (at,) in walk(order)))


def _scattered(values: NDArray[np.float64]) -> NDArray[np.uint64]:
    """The bits of each value, mixed (Fibonacci hashing): alike for equal values, else in no order."""
    mixed = np.ascontiguousarray(values, dtype=np.float64).view(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    return np.asarray((mixed ^ (mixed >> np.uint64(32))) * np.uint64(0xD6E8FEB86659FD93))


def _calls(columns: Columns, rows: NDArray[np.int64]) -> Calls:
    return replace(together(_calls_at(columns, part) for (part,) in walk(rows)), row=rows)


def _calls_at(columns: Columns, rows: NDArray[np.int64]) -> Calls:
    started = columns.number("started_at", rows)
    return Calls(
        started_at=started,
        latency_ms=columns.number("latency_ms", rows),
        lag_s=_lag(started, columns.number("scheduled_at", rows)),
        rate=columns.number("offered_rate", rows, np.float32),
        timeout_s=columns.timeout_s(rows),
        rtt_ms=columns.number("rtt_ms", rows, np.float32),
        outcome=columns.outcomes(rows),
        run=columns.run.at(rows).astype(np.int64),
        worker=columns.worker.at(rows).astype(np.int64),
        draft=columns.drafts(rows),
        origin=columns.origins(rows),
        row=np.zeros(rows.size, np.int64),  # those of all pieces are known
    )


def _lag(started: NDArray[np.float64], scheduled: NDArray[np.float64]) -> NDArray[np.float64]:
    """How late each call was sent; unknown where the plan is over a day away, so no plan of this call."""
    with np.errstate(over="ignore", invalid="ignore"):
        lag = started - scheduled
        return np.where(np.abs(lag) <= A_DAY_S, lag, np.nan)


def _name(names: Codes, rows: NDArray[np.int64]) -> str:
    """The name of the action's latest row: names may change between runs."""
    return names.texts[int(names.codes[rows[-1]])] if rows.size else ""
