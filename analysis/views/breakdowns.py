"""One action's calls broken down: by failure, by payload, by load, first calls against the rest.

For readers who search for a cause; no verdict rests on them.
"""

import itertools
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from analysis.format.sample_schema import Outcome
from analysis.samples.action_calls import Calls, Kind
from analysis.statistics.kaplan_meier import SurvivalTable, kaplan_meier
from analysis.statistics.latency_counts import count_latencies
from analysis.views.summary import MIN_FOR_P99, ColdStart, ErrorGroup, LoadBin, PayloadGroup

MAX_ERROR_GROUPS: Final = 20
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
    ran = calls.where(calls.kind != Kind.REFUSED)
    return kaplan_meier(count_latencies(ran.latency_ms, ran.event))


def error_groups(table: pd.DataFrame) -> dict[str, tuple[ErrorGroup, ...]]:
    """Return failed calls that failed alike, most frequent first, per action id."""
    failed = table[table["outcome"] != Outcome.OK]
    if failed.empty:
        return {}
    columns = ["action_id", "outcome"]
    columns += [name for name in ("http_status", "error_code", "failed_step") if name in failed]
    found: dict[str, list[ErrorGroup]] = {}
    for key, rows in failed.groupby(columns, observed=True, dropna=False, sort=False):
        values: dict[str, Any] = dict(zip(columns, key, strict=True))
        status = values.get("http_status")
        ids = rows["correlation_id"].dropna() if "correlation_id" in rows else None
        found.setdefault(str(values["action_id"]), []).append(
            ErrorGroup(
                outcome=str(values["outcome"]),
                http_status=None if pd.isna(status) else int(status),
                error_code=_text(values.get("error_code")),
                calls=len(rows),
                example_correlation_id=str(ids.iloc[0]) if ids is not None and len(ids) else None,
                failed_step=_text(values.get("failed_step")),
                message=_commonest(rows["error_message"]) if "error_message" in rows else None,
            )
        )
    return {
        action: tuple(sorted(groups, key=lambda group: -group.calls)[:MAX_ERROR_GROUPS])
        for action, groups in found.items()
    }


def load_bins(calls: Calls, table: pd.DataFrame) -> tuple[LoadBin, ...]:
    """Return latency against calls in flight, on a log scale; empty where in_flight was not recorded."""
    if "in_flight" not in table:
        return ()
    ran = calls.where(calls.kind != Kind.REFUSED)
    in_flight = table["in_flight"].to_numpy(dtype=np.float64, na_value=np.nan)[ran.row]
    known = np.isfinite(in_flight) & (in_flight >= 1)
    if not known.any():
        return ()
    edges = np.unique(np.floor(np.geomspace(1, in_flight[known].max() + 1, LOAD_BINS + 1)).astype(int))
    edges[-1] = int(in_flight[known].max()) + 1
    bins = []
    for low, high in itertools.pairwise(edges.tolist()):
        part = ran.where(known & (in_flight >= low) & (in_flight < high))
        if len(part):
            seen = survival_of(part)
            bins.append(
                LoadBin(
                    low=low,
                    high=high - 1,
                    calls=len(part),
                    timeouts=part.count(Outcome.TIMEOUT, Outcome.CLIENT_TIMEOUT),
                    p50_ms=seen.quantile_ms(0.5) if len(part) >= MIN_FOR_P50 else None,
                    p99_ms=seen.quantile_ms(0.99) if len(part) >= MIN_FOR_P99 else None,
                )
            )
    return tuple(bins)


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
    ran = calls.where(calls.kind != Kind.REFUSED)
    labels = table["payload"].iloc[ran.row].astype("category").cat.remove_unused_categories()
    names = list(labels.cat.categories)
    if len(names) < 2:
        return ()
    p95 = survival_of(ran).quantile_ms(0.95)
    codes = np.asarray(labels.cat.codes)
    groups = [
        _payload(str(name), ran.where(codes == index), p95, len(names)) for index, name in enumerate(names)
    ]
    groups.sort(key=lambda one: -(one.p95_ms or one.p50_ms or 0.0))
    return tuple(groups[:MAX_PAYLOADS])


def cold_start(calls: Calls) -> ColdStart | None:
    """Return the first call of each worker and run, and calls after a minute's idle, against the rest."""
    ran = calls.where(calls.kind != Kind.REFUSED)
    if not len(ran):
        return None
    first = _first_of_each(ran.run * (int(ran.worker.max()) + 1) + ran.worker)
    idle = np.r_[False, (np.diff(ran.started_at) > IDLE_S) & (ran.run[1:] == ran.run[:-1])]
    cold = first | idle
    if cold.all():
        return None
    slow, others = ran.where(cold), ran.where(~cold)
    return ColdStart(
        calls=len(slow),
        p50_ms=survival_of(slow).quantile_ms(0.5) if len(slow) >= MIN_FOR_P50 else None,
        others_p50_ms=survival_of(others).quantile_ms(0.5) if len(others) >= MIN_FOR_P50 else None,
        max_ms=float(slow.latency_ms.max()),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _commonest(values: "pd.Series[Any]") -> str | None:
    counts = values.value_counts()
    return _text(counts.index[0]) if len(counts) and counts.iloc[0] > 0 else None


def _first_of_each(key: NDArray[np.int64]) -> NDArray[np.bool_]:
    mask = np.zeros(key.size, dtype=np.bool_)
    mask[np.unique(key, return_index=True)[1]] = True
    return mask


def _payload(name: str, calls: Calls, p95_ms: int | None, labels: int) -> PayloadGroup:
    seen = survival_of(calls)
    beyond = int((calls.latency_ms > p95_ms).sum()) if p95_ms is not None else 0
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
