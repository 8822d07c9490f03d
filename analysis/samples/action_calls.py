"""From the sample table to plain arrays per action, each attempt classified
(docs/method.md, "Calls that count").

`ok` ended; so did a direct call whose reply broke the contract: it came whole.
A timeout, the client's or the action's, was slower than its own elapsed time: right-censored. So
is a call ended by an error of the backend, the platform or the network: dropping slow errors loses 23-48 % of
p99, counting them as "slower than this" costs 1-2 % (docs/method.md, "Calls that count"). A call refused
before it ran (429, credentials, bad input) does not show a latency: left out and counted.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.format.call_record import OUTCOME_CODES, OUTCOME_OF
from analysis.format.sample_schema import Outcome
from analysis.samples.sample_arrays import ORIGIN_CODES, Codes, Columns, codes_of, columns_of


class Kind(IntEnum):
    """What one attempt shows about latency."""

    EVENT = 0
    CENSORED = 1
    REFUSED = 2
    """Never ran: no evidence about latency."""


KIND_OF: Final[Mapping[str, Kind]] = {
    Outcome.OK: Kind.EVENT,
    Outcome.TIMEOUT: Kind.CENSORED,
    Outcome.CLIENT_TIMEOUT: Kind.CENSORED,
    Outcome.BACKEND_ERROR: Kind.CENSORED,
    Outcome.PLATFORM_ERROR: Kind.CENSORED,
    Outcome.NETWORK_ERROR: Kind.CENSORED,
    Outcome.RATE_LIMITED: Kind.REFUSED,
    Outcome.AUTH_ERROR: Kind.REFUSED,
    Outcome.INVALID_INPUT: Kind.REFUSED,
    Outcome.CONTRACT_ERROR: Kind.EVENT,
}

_KIND_BY_CODE: Final = np.array(
    [Kind.REFUSED, *(KIND_OF[OUTCOME_OF[code]] for code in OUTCOME_OF)], dtype=np.int8
)
A_DAY_S: Final = 86_400.0
ERRORS: Final = (Outcome.BACKEND_ERROR, Outcome.PLATFORM_ERROR, Outcome.NETWORK_ERROR)


@dataclass(frozen=True, slots=True)
class Calls:
    """One action's first attempts, in order of start within each run; all arrays have equal length.

    `outcome` holds OUTCOME_CODES (`analysis.format.call_record`); `run` and `worker` are numbers whose
    meaning does not matter here. Unknown floats are NaN.
    """

    started_at: NDArray[np.float64]
    latency_ms: NDArray[np.float64]
    lag_s: NDArray[np.float64]
    rate: NDArray[np.float64]
    timeout_s: NDArray[np.float64]
    rtt_ms: NDArray[np.float64]
    outcome: NDArray[np.int8]
    run: NDArray[np.int64]
    worker: NDArray[np.int64]
    draft: NDArray[np.bool_]
    origin: NDArray[np.int8]
    """Of its input: ORIGIN_CODES (`analysis.samples.sample_arrays`), 0 where unknown."""
    row: NDArray[np.int64]
    """Position of each call in the table it came from."""

    def __len__(self) -> int:
        """Number of calls."""
        return int(self.started_at.size)

    @property
    def kind(self) -> NDArray[np.int8]:
        """`Kind` of each call."""
        return np.asarray(_KIND_BY_CODE[self.outcome])

    @property
    def event(self) -> NDArray[np.bool_]:
        """True where the call ended by itself, False where it was cut off."""
        return np.asarray(self.kind == Kind.EVENT)

    @property
    def limit_ms(self) -> NDArray[np.float64]:
        """The timeout in force for each call, infinite where unknown."""
        return np.where(np.isnan(self.timeout_s), np.inf, self.timeout_s * 1e3)

    def where(self, mask: NDArray[np.bool_] | NDArray[np.int64]) -> "Calls":
        """Return the calls selected by a mask or by positions; one stretch of them is not copied."""
        chosen = _stretch(mask) if mask.dtype == np.bool_ else mask
        if isinstance(chosen, slice) and chosen.stop - chosen.start == len(self):
            return self
        return Calls(*(getattr(self, field.name)[chosen] for field in fields(self)))

    def count(self, *outcomes: Outcome) -> int:
        """Number of calls that ended in one of these outcomes."""
        return int(np.isin(self.outcome, [OUTCOME_CODES[outcome] for outcome in outcomes]).sum())

    def origins(self) -> dict[str, int]:
        """Number of calls by the origin of their input, of origins that are known and occur."""
        counts = np.bincount(self.origin, minlength=1 + len(ORIGIN_CODES))
        return {origin: int(counts[code]) for origin, code in ORIGIN_CODES.items() if counts[code]}


NO_CALLS: Final = Calls(
    started_at=np.zeros(0),
    latency_ms=np.zeros(0),
    lag_s=np.zeros(0),
    rate=np.zeros(0),
    timeout_s=np.zeros(0),
    rtt_ms=np.zeros(0),
    outcome=np.zeros(0, np.int8),
    run=np.zeros(0, np.int64),
    worker=np.zeros(0, np.int64),
    draft=np.zeros(0, np.bool_),
    origin=np.zeros(0, np.int8),
    row=np.zeros(0, np.int64),
)


@dataclass(frozen=True, slots=True)
class ActionCalls:
    """All rows of one action: the first attempts, and how many rows were retries."""

    action_id: str
    action_name: str
    calls: Calls
    retries: int


def by_action(table: pd.DataFrame) -> Iterator[ActionCalls]:
    """Yield each action's first attempts, in order of action id.

    Retries are left out (they are not independent and often cached); the load generator never makes
    any. `table` is in the sample schema as `analysis.samples.read_samples` returns it.
    """
    if table.empty:
        return
    action = codes_of(table, "action_id", required=True)
    order = np.argsort(action.codes, kind="stable")
    bounds = np.searchsorted(action.codes[order], np.arange(len(action.texts) + 1))
    columns = columns_of(table)
    names = codes_of(table, "action_name")
    for code in sorted(range(len(action.texts)), key=lambda index: action.texts[index]):
        rows = order[bounds[code] : bounds[code + 1]]
        if not rows.size:
            continue
        first = columns.attempt[rows] == 1
        kept = rows[first]
        kept = _in_order(kept, columns)
        yield ActionCalls(
            action.texts[code],
            _name(names, rows) or action.texts[code],
            _calls(columns, kept),
            int(rows.size - kept.size),
        )


def classify(calls: Calls, backend_errors: str) -> tuple[Calls, dict[str, int]]:
    """Return the calls that show a latency, and the number left out by outcome.

    `backend_errors` is "censor" or "exclude" (the setting of that name).
    """
    keep = calls.kind != Kind.REFUSED
    if backend_errors == "exclude":
        keep &= ~np.isin(calls.outcome, [OUTCOME_CODES[outcome] for outcome in ERRORS])
    dropped = Counter(calls.outcome[~keep].tolist())
    return calls.where(keep), {OUTCOME_OF[code].value: count for code, count in sorted(dropped.items())}


def _stretch(mask: NDArray[Any]) -> NDArray[Any] | slice:
    """The mask as a slice where it leaves out nothing between its first and its last call, as that of a run
    or of its warm-up: a slice of an array takes no memory of its own."""
    if not mask.any():
        return slice(0, 0)
    first, end = int(mask.argmax()), mask.size - int(mask[::-1].argmax())
    return slice(first, end) if mask[first:end].all() else mask


def _in_order(rows: NDArray[np.int64], columns: Columns) -> NDArray[np.int64]:
    """Rows by run, then by start; a single worker's file already is in that order.

    Calls that start at the same moment are put in an order that neither the rows of the input nor how slow
    they are can change: ordered by latency, a second's slow calls would look like a burst.
    """
    started, run = columns.started_at[rows], columns.run[rows]
    same_run = run[1:] == run[:-1]
    if (run[1:] >= run[:-1]).all() and (started[1:][same_run] > started[:-1][same_run]).all():
        return rows
    return rows[np.lexsort((columns.outcome[rows], _scattered(columns.latency_ms[rows]), started, run))]


def _scattered(values: NDArray[np.float64]) -> NDArray[np.uint64]:
    """The bits of each value, mixed (Fibonacci hashing): alike for equal values, else in no order."""
    mixed = np.ascontiguousarray(values, dtype=np.float64).view(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    return np.asarray((mixed ^ (mixed >> np.uint64(32))) * np.uint64(0xD6E8FEB86659FD93))


def _calls(columns: Columns, rows: NDArray[np.int64]) -> Calls:
    started = columns.started_at[rows]
    unknown = np.full(rows.size, np.nan)
    return Calls(
        started_at=started,
        latency_ms=columns.latency_ms[rows],
        lag_s=unknown if columns.scheduled_at is None else _lag(started, columns.scheduled_at[rows]),
        rate=unknown if columns.rate is None else columns.rate[rows].astype(np.float64),
        timeout_s=unknown if columns.timeout_s is None else columns.timeout_s[rows].astype(np.float64),
        rtt_ms=unknown if columns.rtt_ms is None else columns.rtt_ms[rows].astype(np.float64),
        outcome=columns.outcome[rows],
        run=columns.run[rows].astype(np.int64),
        worker=columns.worker[rows].astype(np.int64),
        draft=columns.draft[rows],
        origin=columns.origin[rows],
        row=rows,
    )


def _lag(started: NDArray[np.float64], scheduled: NDArray[np.float64]) -> NDArray[np.float64]:
    """How late each call was sent; unknown where the plan is over a day away, so no plan of this call."""
    with np.errstate(over="ignore", invalid="ignore"):
        lag = started - scheduled
        return np.where(np.abs(lag) <= A_DAY_S, lag, np.nan)


def _name(names: Codes, rows: NDArray[np.int64]) -> str:
    """The name of the action's latest row: names may change between runs."""
    return names.texts[int(names.codes[rows[-1]])] if rows.size else ""
