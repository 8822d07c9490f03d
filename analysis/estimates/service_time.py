"""Which clock a latency is read from (docs/method.md, "Which clock").

The platform starts its timeout at dispatch, so sent-to-answered is the right quantity as long as the plan
was kept. A generator that fell behind hides stalls (coordinated omission, Gil Tene): then the
intended start counts. Only the lag decides what "behind" is. A tenth of the median could be allowed, too,
but then slower calls could turn the clock back and lower the number; counting a lag that small costs at
most the lag, less than the buffer. Network overhead is subtracted only down to the smallest ever measured
by that worker: never the mean, which lost the bound in the simulation (docs/method.md, "Which clock").
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from analysis.format.sample_schema import UNSENT_MS
from analysis.long_arrays.growing import grown
from analysis.long_arrays.quantile import quantile
from analysis.samples.action_calls import Calls
from analysis.samples.cleaning.clock_steps import on_one_clock
from analysis.samples.outcomes_that_count import Kind
from analysis.statistics.kaplan_meier import SurvivalTable, kaplan_meier
from analysis.statistics.latency_counts import added, count_latencies

LAG_LIMIT_S: Final = 0.1
LAG_QUANTILE: Final = 0.99
MIN_RTT_READINGS: Final = 20


@dataclass(frozen=True, slots=True)
class Timed:
    """Calls on the chosen clock; `lag_p99_s` is None where no schedule was recorded."""

    calls: Calls
    clock: Literal["service", "response"]
    lag_p99_s: float | None
    clocks_apart_s: float = 0.0
    """How far the clock of the plan and that of the sender were apart at most."""


def on_the_right_clock(calls: Calls) -> Timed:
    """Return the calls timed from dispatch, or from the intended start where the schedule was not kept."""
    calls, apart_s = on_one_clock(calls)
    lag_p99 = None
    if any(late.size for late in _late_s(calls)):
        lag_p99 = quantile(lambda: _late_s(calls), LAG_QUANTILE)
    behind = lag_p99 is not None and lag_p99 > LAG_LIMIT_S
    overheads = _overheads(calls)
    if behind or overheads.key.size:
        latency = (_on_the_clock_ms(piece, overheads, behind=behind) for piece in calls.pieces())
        calls = replace(calls, latency_ms=grown(np.float64, latency))
    return Timed(calls, "response" if behind else "service", lag_p99, apart_s)


def from_dispatch(calls: Calls) -> SurvivalTable:
    """Return the survival of calls timed from the intended start as the platform's timeout sees them.

    It starts at dispatch: a call that waited in the generator was not cut off for that.
    """
    return kaplan_meier(
        added(
            count_latencies(np.maximum(piece.latency_ms - _late_ms(piece), 0.0), piece.event)
            for piece in calls.pieces()
        )
    )


def _late_s(calls: Calls) -> Iterator[NDArray[np.float64]]:
    """How late the calls were sent that ran and had a plan."""
    for piece in calls.pieces():
        yield np.maximum(piece.lag_s[~np.isnan(piece.lag_s) & (piece.kind != Kind.REFUSED)], 0.0)


def _late_ms(calls: Calls) -> NDArray[np.float64]:
    """How late each call was sent; 0 where it had no plan."""
    return np.where(np.isnan(calls.lag_s), 0.0, np.maximum(calls.lag_s, 0.0) * 1e3)


def _on_the_clock_ms(calls: Calls, overheads: "_Overheads", *, behind: bool) -> NDArray[np.float64]:
    latency = calls.latency_ms + _late_ms(calls) if behind else calls.latency_ms
    shown = np.maximum(latency - overheads.of(calls), np.minimum(latency, 1.0))
    return np.where(calls.unsent, UNSENT_MS, shown)  # late or not, it was never sent


@dataclass(frozen=True, slots=True)
class _Overheads:
    """The smallest overhead that each worker ever measured in a run, ms, and how often it did. `key`: run and
    worker as one number, in order; workers are numbered below `workers`."""

    workers: int
    key: NDArray[np.int64]
    smallest: NDArray[np.float64]
    readings: NDArray[np.int64]

    def of(self, calls: Calls) -> NDArray[np.float64]:
        """Return what counts for each call; 0 where its worker has none."""
        if not self.key.size:
            return np.zeros(len(calls))
        key = calls.run * self.workers + calls.worker
        at = np.minimum(np.searchsorted(self.key, key), self.key.size - 1)
        return np.where(self.key[at] == key, self.smallest[at], 0.0)


def _overheads(calls: Calls) -> _Overheads:
    """Return the overheads of workers with enough readings."""
    workers = 1 + max(int(piece.worker.max(initial=0)) for piece in calls.pieces())
    found = _Overheads(workers, np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.int64))
    for piece in calls.pieces():
        measured = (piece.rtt_ms >= 0.0) & np.isfinite(piece.rtt_ms) & (piece.kind != Kind.REFUSED)
        if measured.any():
            keys = piece.run[measured] * workers + piece.worker[measured]
            found = _with_readings(found, keys, piece.rtt_ms[measured])
    enough = found.readings >= MIN_RTT_READINGS
    return replace(
        found, key=found.key[enough], smallest=found.smallest[enough], readings=found.readings[enough]
    )


def _with_readings(before: _Overheads, keys: NDArray[np.int64], rtt_ms: NDArray[np.float64]) -> _Overheads:
    key, which = np.unique(np.concatenate([before.key, keys]), return_inverse=True)
    smallest, readings = np.full(key.size, np.inf), np.zeros(key.size, np.int64)
    np.minimum.at(smallest, which, np.concatenate([before.smallest, rtt_ms]))
    np.add.at(readings, which, np.concatenate([before.readings, np.ones(keys.size, np.int64)]))
    return _Overheads(before.workers, key, smallest, readings)
