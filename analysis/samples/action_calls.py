"""One action's calls as plain arrays, each attempt classified (`analysis.samples.outcomes_that_count`)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analysis.format.call_record import OUTCOME_CODES, OUTCOME_OF
from analysis.format.sample_schema import UNSENT_MS, Outcome
from analysis.long_arrays.growing import GrowingArray, one_by_one
from analysis.long_arrays.pieces import is_long, run_lengths, walk
from analysis.machine.scratch_files import let_go
from analysis.samples.outcomes_that_count import ERRORS, KIND_BY_CODE, KIND_OF, REFUSED_CODES, Kind
from analysis.samples.sample_arrays import ORIGIN_CODES

_NETWORK_ERROR: Final = OUTCOME_CODES[Outcome.NETWORK_ERROR]


@dataclass(frozen=True, slots=True)
class Calls:
    """One action's first attempts, in order of start within each run; all arrays have equal length.

    `outcome` holds OUTCOME_CODES (`analysis.format.call_record`); `run` and `worker` are numbers whose
    meaning does not matter here. Unknown floats are NaN. Of more calls than memory should hold the arrays are
    on disk (`analysis.long_arrays`): what asks each call something goes through `pieces`.
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
        kind = KIND_BY_CODE[self.outcome]
        kind[self.unsent] = Kind.REFUSED
        return kind

    @property
    def unsent(self) -> NDArray[np.bool_]:
        """True for a call that found no connection, and so was never sent."""
        network = self.outcome == _NETWORK_ERROR
        return np.asarray(network & (self.latency_ms == UNSENT_MS) if network.any() else network)

    @property
    def event(self) -> NDArray[np.bool_]:
        """True where the call ended by itself, False where it was cut off."""
        return np.asarray(self.kind == Kind.EVENT)

    @property
    def limit_ms(self) -> NDArray[np.float64]:
        """The timeout in force for each call, infinite where unknown."""
        return np.where(np.isnan(self.timeout_s), np.inf, self.timeout_s * 1e3)

    def pieces(self) -> Iterator["Calls"]:
        """Yield the calls piece by piece, in their order; all at once where they are few."""
        if not is_long(len(self)):
            yield self
            return
        for values in walk(*self._arrays()):
            yield Calls(*values)

    def where(self, mask: NDArray[np.bool_] | NDArray[np.int64]) -> "Calls":
        """Return the calls selected by a mask or by positions; one stretch of them is not copied."""
        if mask.dtype == np.bool_:
            return self._masked(lambda: (part for (part,) in walk(mask)))
        positions = np.asarray(mask, dtype=np.int64)
        return together(self._taken(positions)) if is_long(positions.size) else self._at(positions)

    def where_not(self, mask: NDArray[np.bool_]) -> "Calls":
        """Return the calls that a mask leaves out."""
        return self._masked(lambda: (~part for (part,) in walk(mask)))

    def select(self, wanted: Callable[["Calls"], NDArray[np.bool_]]) -> "Calls":
        """Return the calls for which `wanted`, asked piece by piece, is True; one stretch is not copied."""
        return self._masked(lambda: (wanted(piece) for piece in self.pieces()))

    def stretch(self, first: int, end: int) -> "Calls":
        """Return the calls from position `first` to before `end`: a part of the same arrays, not a copy."""
        if (first, end) == (0, len(self)):
            return self
        return Calls(*(array[first:end] for array in self._arrays()))

    def count(self, *outcomes: Outcome) -> int:
        """Number of calls that ended in one of these outcomes."""
        counts = self.outcomes()
        return sum(counts.get(outcome, 0) for outcome in outcomes)

    def outcomes(self) -> dict[Outcome, int]:
        """Number of calls by how they ended, of outcomes that occur."""
        counts = _counts(self.outcome, len(OUTCOME_OF))
        return {outcome: counts[code] for code, outcome in OUTCOME_OF.items() if counts[code]}

    def longest_limit_ms(self) -> float:
        """The longest timeout in force for any call, infinite where one is unknown; 0 without calls."""
        return max(float(piece.limit_ms.max(initial=0.0)) for piece in self.pieces())

    def events(self) -> int:
        """Number of calls that ended by themselves."""
        return sum(count for outcome, count in self.outcomes().items() if KIND_OF[outcome] == Kind.EVENT)

    def ran(self) -> "Calls":
        """Return the calls that were not refused."""
        return self.select(lambda piece: piece.kind != Kind.REFUSED)

    def runs(self, fewest: int = 1) -> list["Calls"]:
        """Return the calls of each run that has so many, in order of the runs."""
        lengths = run_lengths(piece.run for piece in self.pieces())
        ends = np.cumsum(lengths)
        numbers = self.run[ends - lengths]
        if np.all(numbers[1:] > numbers[:-1]):
            stretches = zip((ends - lengths).tolist(), ends.tolist(), strict=True)
            return [self.stretch(first, end) for first, end in stretches if end - first >= fewest]
        runs = (self._of_run(int(number)) for number in np.unique(numbers))
        return [run for run in runs if len(run) >= fewest]

    def origins(self) -> dict[str, int]:
        """Number of calls by the origin of their input, of origins that are known and occur."""
        counts = _counts(self.origin, len(ORIGIN_CODES))
        return {origin: counts[code] for origin, code in ORIGIN_CODES.items() if counts[code]}

    def _taken(self, positions: NDArray[np.int64]) -> Iterator["Calls"]:
        for (part,) in walk(positions):
            yield self._at(part)

    def _of_run(self, run: int) -> "Calls":
        return self.select(lambda piece: piece.run == run)

    def _masked(self, masks: Callable[[], Iterator[NDArray[np.bool_]]]) -> "Calls":
        """`masks` gives those of the pieces each time it is asked."""
        first, end, many, at = len(self), 0, 0, 0
        for mask in masks():
            found = np.flatnonzero(mask)
            if found.size:
                first, end, many = min(first, at + int(found[0])), at + int(found[-1]) + 1, many + found.size
            at += mask.size
        if many in (0, end - first):
            return self.stretch(first, end) if many else self.stretch(0, 0)
        pieces = zip(self.pieces(), masks(), strict=True)
        return together(piece._at(np.flatnonzero(mask)) for piece, mask in pieces)

    def _arrays(self) -> tuple[NDArray[Any], ...]:
        return (
            self.started_at, self.latency_ms, self.lag_s, self.rate, self.timeout_s, self.rtt_ms,
            self.outcome, self.run, self.worker, self.draft, self.origin, self.row,
        )  # fmt: skip

    def _at(self, positions: NDArray[np.int64]) -> "Calls":
        found = Calls(*(array[positions] for array in self._arrays()))
        if is_long(len(self)):
            let_go()
        return found


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


def together(parts: Iterable[Calls]) -> Calls:
    """Return the calls of these parts, one behind the other."""
    begin = list(islice(each := iter(parts), 2))
    if len(begin) == 1 and not is_long(len(begin[0])):
        return begin[0]
    arrays = [GrowingArray(array.dtype) for array in NO_CALLS._arrays()]
    for part in one_by_one(begin, each):
        for array, values in zip(arrays, part._arrays(), strict=True):
            array.append(values)
    return Calls(*(array.finish() for array in arrays))


@dataclass(frozen=True, slots=True)
class ActionCalls:
    """All rows of one action: the first attempts, and how many rows were retries."""

    action_id: str
    action_name: str
    calls: Calls
    retries: int


def classify(calls: Calls, backend_errors: str) -> tuple[Calls, dict[str, int]]:
    """Return the calls that show a latency, and the number left out by outcome.

    `backend_errors` is "censor" or "exclude" (the setting of that name).
    """
    dropped = set(REFUSED_CODES)
    if backend_errors == "exclude":
        dropped |= {OUTCOME_CODES[outcome] for outcome in ERRORS}
    counts = _counts(calls.outcome, len(OUTCOME_OF))
    if _NETWORK_ERROR not in dropped:
        counts[_NETWORK_ERROR] = sum(int(piece.unsent.sum()) for piece in calls.pieces())
    shown = np.ones(KIND_BY_CODE.size, dtype=np.bool_)
    shown[list(dropped)] = False
    kept = calls.select(lambda piece: shown[piece.outcome] & ~piece.unsent)
    left_out = sorted({*dropped, _NETWORK_ERROR})
    return kept, {OUTCOME_OF[code].value: counts[code] for code in left_out if counts[code]}


def _counts(codes: NDArray[np.int8], most: int) -> list[int]:
    """How often each code from 0 to `most` occurs."""
    counts = np.zeros(1 + most, dtype=np.int64)
    for (part,) in walk(codes):
        counts += np.bincount(part, minlength=counts.size)
    return [int(count) for count in counts]
