"""Calls that are in the input twice: a file merged with another that holds a part of it, or with itself."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.long_arrays.growing import grown
from analysis.long_arrays.order import is_sorted, order_of
from analysis.long_arrays.pieces import pieces, walk
from analysis.samples.cleaning.select_rows import rows_of
from analysis.samples.sample_arrays import Codes, Rows, codes_of

SAME_CALL: Final = ("action_id", "worker_id", "started_at", "latency_ms", "attempt")
"""Not the run: a copy of a file that names no run is a run of its own by name only."""
COARSE_SHARE: Final = 0.1
"""Up to a tenth as many calls share a start without being the same: a start is then as good as a call."""

Counts = NDArray[np.int64]


def without_repeated(table: pd.DataFrame, spared_runs: Collection[str] = ()) -> tuple[pd.DataFrame, int]:
    """Return the table without exact repeats of a call, and how many there were; rows of `spared_runs` all
    stay."""
    started = table["started_at"].to_numpy()
    runs = codes_of(table, "run_id")
    spared = np.array([text in spared_runs for text in runs.texts])
    if spared.all() or is_sorted(started, strictly=True):
        return table, 0
    order = order_of(started)
    repeated = _Suspects(table, order, runs, spared).repeated()
    if not repeated.size:
        return table, 0
    return rows_of(table, _others(len(table), repeated)), repeated.size


@dataclass(frozen=True, slots=True)
class _Suspects:
    """Calls that share a start with another: only they can be the same call. `order`: all rows by start."""

    table: pd.DataFrame
    order: Rows
    runs: Codes
    spared: NDArray[np.bool_]

    def repeated(self) -> Rows:
        """Return the rows of a call already seen, worker by worker.

        Where starts are coarse (whole seconds in an export), different calls share a start, and those cut off
        at the same timeout a latency, too: dropping them would hide the timeouts. There only a file merged as
        a whole is taken out: every call of the worker is there twice, or three times.
        """
        workers = codes_of(self.table, "worker_id")
        again, others, all_suspect = self._starts(workers)
        if not again.any():
            return np.zeros(0, dtype=np.int64)
        coarse = (others > 0) & (others > COARSE_SHARE * again)
        merged = np.zeros(coarse.size, dtype=np.int64)
        for rows in self._rows() if coarse.any() else ():
            times = self._alike(rows).transform("size").to_numpy(dtype=np.int64)
            np.gcd.at(merged, workers.at(rows), times)
        merged[~all_suspect] = 1
        return grown(np.int64, self._again(workers, np.where(coarse, merged, 0)))

    def _starts(self, workers: Codes) -> tuple[Counts, Counts, NDArray[np.bool_]]:
        """By worker: calls that are there again, others that share a start, whether all calls do."""
        start = [name for name in (*SAME_CALL, "run_id") if name in self.table and name != "latency_ms"]
        again, others, suspects, calls = (np.zeros(len(workers.texts), dtype=np.int64) for _ in range(4))
        for rows in self._rows():
            worker, some = workers.at(rows), rows_of(self.table, rows, [*start, "latency_ms"])
            same = np.array(some.duplicated(self._keys), dtype=np.bool_)
            share = np.array(some.duplicated(start), dtype=np.bool_)
            again += np.bincount(worker[same], minlength=again.size)
            others += np.bincount(worker[share & ~same], minlength=again.size)
            suspects += np.bincount(worker, minlength=again.size)
        for piece in pieces(len(self.table)):
            calls += np.bincount(workers.at(piece), minlength=again.size)
        return again, others, suspects == calls

    def _again(self, workers: Codes, merged: Counts) -> Iterator[Rows]:
        """`merged`: by worker, how many times all of its calls are in the input; 0: each call by itself."""
        for rows in self._rows():
            alike = self._alike(rows)
            times = np.maximum(merged[workers.at(rows)], 1)
            first = np.where(merged[workers.at(rows)] > 0, alike.transform("size").to_numpy() // times, 1)
            yield rows[alike.cumcount().to_numpy() >= first]

    def _alike(self, rows: Rows) -> Any:
        """The rows, those of the same call together."""
        some = rows_of(self.table, rows, self._keys)
        return some.assign(row=0).groupby(self._keys, observed=True, sort=False, dropna=False)["row"]

    @property
    def _keys(self) -> list[str]:
        return [name for name in SAME_CALL if name in self.table]

    def _rows(self) -> Iterator[Rows]:
        """The suspects, some starts at a time; each time it is asked."""
        started = self.table["started_at"].to_numpy()
        held = self.order[:0]
        for (part,) in walk(self.order):
            rows = np.concatenate([held, part])
            at = started[rows]
            end = int(np.searchsorted(at, at[-1], side="left"))  # more may begin when the last one did
            held = rows[end:]
            yield from self._sharing(rows[:end], at[:end])
        yield from self._sharing(held, started[held])

    def _sharing(self, rows: Rows, at: NDArray[np.float64]) -> Iterator[Rows]:
        same = at[1:] == at[:-1]
        if same.any():
            rows = rows[np.concatenate(([False], same)) | np.concatenate((same, [False]))]
            yield rows[~self.spared[self.runs.at(rows)]]


def _others(size: int, left_out: Rows) -> Rows:
    """All rows of a table of this size but those left out, which come in any order."""
    order = order_of(left_out)
    without = grown(np.int64, (left_out[part] for (part,) in walk(order)))

    def kept() -> Iterator[Rows]:
        for piece in pieces(size):
            stays = np.ones(piece.stop - piece.start, dtype=np.bool_)
            first, end = np.searchsorted(without, [piece.start, piece.stop])
            stays[without[first:end] - piece.start] = False
            yield np.flatnonzero(stays) + piece.start

    return grown(np.int64, kept())
