"""One action's calls broken down: by payload, by load, first calls against the rest.

For readers who search for a cause; no verdict rests on them.
"""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from analysis.estimates.estimate import counts_of
from analysis.format.sample_schema import Outcome
from analysis.long_arrays.by_code import count_codes, positions_by_code
from analysis.long_arrays.growing import grown
from analysis.long_arrays.pieces import extremes, walk
from analysis.samples.action_calls import Calls
from analysis.samples.sample_arrays import codes_of
from analysis.statistics.kaplan_meier import SurvivalTable, kaplan_meier
from analysis.views.summary import MIN_FOR_P99, ColdStart, LoadBin, PayloadGroup

MAX_PAYLOADS: Final = 30
LOAD_BINS: Final = 12
MIN_FOR_P50: Final = 5
MIN_FOR_P95: Final = 20
MIN_FOR_KNEE: Final = 30
KNEE_GROWTH: Final = 1.25
IDLE_S: Final = 60.0
SLOW_PAYLOAD_RISK: Final = 0.01


def survival_of(calls: Calls) -> SurvivalTable:
    """Return the Kaplan-Meier table of the calls that ran."""
    return kaplan_meier(counts_of(calls.ran()))


def load_bins(calls: Calls, table: pd.DataFrame) -> tuple[LoadBin, ...]:
    """Return latency against calls in flight, on a log scale; empty where in_flight was not recorded."""
    if "in_flight" not in table:
        return ()
    ran, column = calls.ran(), table["in_flight"].array
    in_flight = grown(
        np.float64, (column[rows].to_numpy(np.float64, na_value=np.nan) for (rows,) in walk(ran.row))
    )
    most = max(float(part[_known(part)].max(initial=0.0)) for (part,) in walk(in_flight))
    if not most:
        return ()
    edges = np.unique(np.floor(np.geomspace(1, most + 1, LOAD_BINS + 1)).astype(int))
    edges[-1] = int(most) + 1

    def bin_of(at: slice | NDArray[np.int64]) -> NDArray[np.int64]:
        part = in_flight[at]
        return np.where(_known(part), np.searchsorted(edges, part, side="right") - 1, edges.size - 1)

    counts = count_codes(bin_of, in_flight.size, edges.size)
    used = np.flatnonzero(counts[:-1]).tolist()
    return tuple(
        _load_bin(int(edges[code]), int(edges[code + 1]), ran.where(positions))
        for code, positions in positions_by_code(bin_of, counts, used)
    )


def _known(in_flight: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.asarray(np.isfinite(in_flight) & (in_flight >= 1))


def _load_bin(low: int, high: int, calls: Calls) -> LoadBin:
    seen = survival_of(calls)
    return LoadBin(
        low=low,
        high=high - 1,
        calls=len(calls),
        timeouts=calls.count(Outcome.TIMEOUT, Outcome.CLIENT_TIMEOUT),
        p50_ms=seen.quantile_ms(0.5) if len(calls) >= MIN_FOR_P50 else None,
        p99_ms=seen.quantile_ms(0.99) if len(calls) >= MIN_FOR_P99 else None,
    )


def knee(bins: tuple[LoadBin, ...]) -> float | None:
    """Return the calls in flight from which on the median stays clearly above that of the lowest load."""
    telling = [one for one in bins if one.calls >= MIN_FOR_KNEE and one.p50_ms is not None]
    if len(telling) < 2:
        return None
    base = telling[0].p50_ms or 0.0
    above = [(one.p50_ms or 0.0) > KNEE_GROWTH * base for one in telling]
    for index in range(1, len(telling)):
        if all(above[index:]):
            return float(telling[index].low)
    return None


def payload_groups(calls: Calls, table: pd.DataFrame) -> tuple[PayloadGroup, ...]:
    """Return calls by payload label, slowest first; empty where there are fewer than two labels."""
    if "payload" not in table:
        return ()
    ran, column = calls.ran(), codes_of(table, "payload")

    def label_of(at: slice | NDArray[np.int64]) -> NDArray[np.integer[Any]]:
        return column.at(ran.row[at])

    counts = count_codes(label_of, len(ran), len(column.texts))
    labels = [code for code in np.flatnonzero(counts).tolist() if column.texts[code]]
    if len(labels) < 2:
        return ()
    p95 = survival_of(ran).quantile_ms(0.95)
    groups = [
        _payload(column.texts[code], ran.where(positions), p95, len(labels))
        for code, positions in positions_by_code(label_of, counts, labels)
    ]
    groups.sort(key=lambda one: -(one.p95_ms or one.p50_ms or 0.0))
    return tuple(groups[:MAX_PAYLOADS])


def cold_start(calls: Calls) -> ColdStart | None:
    """Return the first call of each worker and run, and calls after a minute's idle, against the rest."""
    ran = calls.ran()
    cold = grown(np.bool_, _cold(ran))
    slow, others = ran.where(cold), ran.where_not(cold)
    if not len(others):
        return None
    return ColdStart(
        calls=len(slow),
        p50_ms=survival_of(slow).quantile_ms(0.5) if len(slow) >= MIN_FOR_P50 else None,
        others_p50_ms=survival_of(others).quantile_ms(0.5) if len(others) >= MIN_FOR_P50 else None,
        max_ms=extremes(slow.latency_ms)[1],
    )


def _cold(calls: Calls) -> Iterator[NDArray[np.bool_]]:
    workers = 1 + max(int(piece.worker.max(initial=0)) for piece in calls.pieces())
    known, last_at, last_run = np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.int64)
    for piece in calls.pieces():
        keys, first = np.unique(piece.run * workers + piece.worker, return_index=True)
        cold = np.zeros(len(piece), dtype=np.bool_)
        cold[first[~np.isin(keys, known)]] = True
        known = np.union1d(known, keys)
        at, run = np.concatenate([last_at, piece.started_at]), np.concatenate([last_run, piece.run])
        idle = (np.diff(at) > IDLE_S) & (run[1:] == run[:-1])
        cold[len(piece) - idle.size :] |= idle
        yield cold
        last_at, last_run = at[-1:], run[-1:]


def _payload(name: str, calls: Calls, p95_ms: int | None, labels: int) -> PayloadGroup:
    seen = survival_of(calls)
    beyond = 0 if p95_ms is None else sum(int((one.latency_ms > p95_ms).sum()) for one in calls.pieces())
    # Chance of so many beyond the action's p95 if this payload were like the others (all labels at once).
    chance = float(special.bdtrc(beyond - 1, len(calls), 0.05)) if beyond else 1.0
    return PayloadGroup(
        payload=name,
        calls=len(calls),
        timeouts=calls.count(Outcome.TIMEOUT, Outcome.CLIENT_TIMEOUT),
        p50_ms=seen.quantile_ms(0.5) if len(calls) >= MIN_FOR_P50 else None,
        p95_ms=seen.quantile_ms(0.95) if len(calls) >= MIN_FOR_P95 else None,
        slow=chance < SLOW_PAYLOAD_RISK / labels,
    )
