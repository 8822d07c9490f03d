"""Which clock a latency is read from (docs/method.md, "Which clock").

The platform starts its timeout at dispatch, so sent-to-answered is the right quantity as long as the plan
was kept. A generator that fell behind hides stalls (coordinated omission, Gil Tene): then the
intended start counts. Only the lag decides what "behind" is. A tenth of the median could be allowed, too,
but then slower calls could turn the clock back and lower the number; counting a lag that small costs at
most the lag, less than the buffer. Network overhead is subtracted only down to the smallest ever measured
by that worker: never the mean, which lost the bound in the simulation (docs/method.md, "Which clock").
"""

from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from analysis.samples.action_calls import Calls, Kind
from analysis.samples.clock_steps import on_one_clock
from analysis.statistics.kaplan_meier import SurvivalTable, kaplan_meier
from analysis.statistics.latency_counts import count_latencies

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
    latency = calls.latency_ms
    ran = calls.kind != Kind.REFUSED
    planned = ~np.isnan(calls.lag_s)
    clock: Literal["service", "response"] = "service"
    lag_p99 = None
    if (planned & ran).any():
        lag_p99 = float(np.quantile(np.maximum(calls.lag_s[planned & ran], 0.0), LAG_QUANTILE))
        if lag_p99 > LAG_LIMIT_S:
            clock = "response"
            latency = latency + np.where(planned, np.maximum(calls.lag_s, 0.0) * 1e3, 0.0)
    overhead = _smallest_overhead_ms(calls)
    latency = np.maximum(latency - overhead, np.minimum(latency, 1.0))
    return Timed(replace(calls, latency_ms=latency), clock, lag_p99, apart_s)


def from_dispatch(calls: Calls) -> SurvivalTable:
    """Return the survival of calls timed from the intended start as the platform's timeout sees them.

    It starts at dispatch: a call that waited in the generator was not cut off for that.
    """
    late_ms = np.where(np.isnan(calls.lag_s), 0.0, np.maximum(calls.lag_s, 0.0) * 1e3)
    return kaplan_meier(count_latencies(np.maximum(calls.latency_ms - late_ms, 0.0), calls.event))


def _smallest_overhead_ms(calls: Calls) -> NDArray[np.float64]:
    """Per call: the smallest overhead its worker ever measured; 0 where there are too few readings."""
    measured = (calls.rtt_ms >= 0.0) & np.isfinite(calls.rtt_ms) & (calls.kind != Kind.REFUSED)
    overhead = np.zeros(len(calls))
    if not measured.any():
        return overhead
    key = calls.run * (int(calls.worker.max()) + 1) + calls.worker
    worker = np.unique(key, return_inverse=True)[1]
    smallest = np.full(int(worker.max()) + 1, np.inf)
    np.minimum.at(smallest, worker[measured], calls.rtt_ms[measured])
    readings = np.bincount(worker[measured], minlength=smallest.size)
    return np.asarray(np.where(readings >= MIN_RTT_READINGS, smallest, 0.0)[worker])
