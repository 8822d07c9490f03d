"""p50 and p99 of a running load, straight from its segments: only what was appended is read again.

Standard library only, and in small steps: Locust's web tab reads inside the load process, where nothing
may hold up the calls. Latencies are counted in buckets half a percent wide, so reading costs as much after
a million calls as after a thousand. For display only: what is recommended comes from every single call.
"""

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from analysis.format.call_record import OUTCOME_CODES, RECORD_VERSION, TARGET_CODES, unpack
from analysis.format.sample_schema import ActionVersion, Outcome
from analysis.format.whole_records import SegmentTail

ROWS_AT_ONCE: Final = 1000
"""About 2 ms."""
_BUCKETS_PER_E: Final = 200.0
_ENDED: Final = frozenset({OUTCOME_CODES[Outcome.OK], OUTCOME_CODES[Outcome.CONTRACT_ERROR]})
_BROKEN: Final = OUTCOME_CODES[Outcome.CONTRACT_ERROR]
_DIRECT: Final = TARGET_CODES[ActionVersion.DIRECT]
_SLOWER: Final = frozenset({OUTCOME_CODES[Outcome.TIMEOUT], OUTCOME_CODES[Outcome.CLIENT_TIMEOUT]})


@dataclass(slots=True)
class Latencies:
    """Counts of one action's calls; a timed-out call is slower than any other."""

    total: int = 0
    contract_errors: int = 0
    """Of them: replies that broke the action's contract, which took their time, too."""
    counts: dict[int, int] = field(default_factory=dict)
    by_payload: dict[int, int] = field(default_factory=dict)
    """Calls by the code of their payload in this worker's file; empty where workers are merged."""

    def quantile_ms(self, p: float) -> float | None:
        """Return the time that a share `p` of the calls did not exceed; None: beyond the timeout, no call."""
        rank = math.ceil(p * self.total)
        seen = 0
        for bucket in sorted(self.counts):
            seen += self.counts[bucket]
            if seen >= rank:
                return math.exp((bucket + 1) / _BUCKETS_PER_E)
        return None


@dataclass(slots=True)
class LiveQuantiles:
    """Reads the segments of a run as they grow.

    An action is identified by file and its code there; its backend, called directly, is another one.
    """

    _tails: dict[Path, SegmentTail] = field(default_factory=dict)
    _found: dict[tuple[str, int, bool], Latencies] = field(default_factory=dict)

    def read_on(self, path: Path, between: Callable[[], object]) -> None:
        """Count the whole records appended to a segment; `between` is called after every thousand."""
        tail = self._tails.setdefault(path, SegmentTail(path))
        while records := tail.read(ROWS_AT_ONCE):
            self._count(path.stem, records)
            between()

    def of(self, codes: Mapping[str, int], *, direct: bool = False) -> Latencies:
        """Return one action's latencies, or its backend's, given its code in each worker's file."""
        merged = Latencies()
        for worker, code in codes.items():
            found = self._found.get((worker, code, direct))
            if found is not None:
                merged.total += found.total
                merged.contract_errors += found.contract_errors
                for bucket, count in found.counts.items():
                    merged.counts[bucket] = merged.counts.get(bucket, 0) + count
        return merged

    def calls_with(
        self, codes: Mapping[str, int], payloads: Mapping[str, Collection[int]], *, direct: bool = False
    ) -> int:
        """Return how many of the calls in `of` had one of these payloads, whose codes are per worker."""
        return sum(
            found.by_payload.get(payload, 0)
            for worker, code in codes.items()
            if (found := self._found.get((worker, code, direct))) is not None
            for payload in payloads.get(worker, ())
        )

    def _count(self, worker: str, records: bytes) -> None:
        for call in unpack(records):
            slower = call.outcome in _SLOWER
            if call.version != RECORD_VERSION or not (slower or call.outcome in _ENDED):
                continue
            key = worker, call.action, call.target == _DIRECT
            latencies = self._found.get(key)
            if latencies is None:
                latencies = self._found[key] = Latencies()
            latencies.total += 1
            latencies.contract_errors += call.outcome == _BROKEN
            latencies.by_payload[call.payload] = latencies.by_payload.get(call.payload, 0) + 1
            if not slower:
                bucket = int(math.log(max(call.latency_ms, 0.01)) * _BUCKETS_PER_E)
                latencies.counts[bucket] = latencies.counts.get(bucket, 0) + 1
