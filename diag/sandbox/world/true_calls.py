"""What really happened: every execution with the time the sandbox itself spent, and counts by outcome."""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from diag.sandbox.reply_bodies import JsonObject, JsonValue

_KEPT: Final = 200_000
DIRECT: Final = "direct"
"""Target and way of a call that went to the backend without the platform."""


@dataclass(slots=True)
class Execution:
    """One call of /test, /execute or /draft/test, or of a backend without the platform."""

    correlation_id: str
    action_id: str
    target: str
    """`published`, `draft` or `direct`."""
    via: str
    """`test`, `execute` or `direct`."""
    timeout_s: int
    """In force on the platform; 0 for a direct call, which only its caller ends."""
    started_at: float
    """Unix seconds."""
    drawn_ms: float | None = None
    """What the backend's latency model drew; None for one that hangs."""
    platform_share_ms: float = 0.0
    """What the platform added to it."""
    served_ms: float = 0.0
    """From the request's arrival in the sandbox to its last byte handed to the network."""
    outcome: str = "abandoned"
    """ok, timeout, backend_error, contract_error (of the output), invalid_input, rate_limited, auth_error (of
    a direct call), fault or abandoned."""

    def to_json(self) -> JsonObject:
        """As GET /sandbox/truth/calls shows it."""
        return {
            "correlation_id": self.correlation_id,
            "action_id": self.action_id,
            "target": self.target,
            "via": self.via,
            "timeout_s": self.timeout_s,
            "started_at": self.started_at,
            "drawn_ms": self.drawn_ms,
            "platform_share_ms": self.platform_share_ms,
            "served_ms": self.served_ms,
            "outcome": self.outcome,
        }


class TrueCalls:
    """A ring of the last `kept` executions, numbered from 1, and counts of all.

    Direct calls are among them, and counted apart.
    """

    def __init__(self, kept: int = _KEPT) -> None:
        self._kept = kept
        self._ring: deque[Execution] = deque(maxlen=kept)
        self._platform: deque[Execution] = deque(maxlen=kept)
        self._by_id: dict[str, Execution] = {}
        self.total = 0
        self.counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.direct: defaultdict[str, Counter[str]] = defaultdict(Counter)
        """The same of direct calls."""
        self.in_flight: Counter[str] = Counter()

    def begin(self, execution: Execution) -> None:
        """A call is on its way to the backend."""
        self.in_flight[execution.action_id] += 1

    def end(self, execution: Execution) -> None:
        """It left the backend."""
        self.in_flight[execution.action_id] -= 1

    def record(self, execution: Execution) -> None:
        """Keeps a finished call, and forgets the oldest when the ring is full."""
        if len(self._ring) == self._kept:
            self._by_id.pop(self._ring[0].correlation_id, None)
        self._ring.append(execution)
        self._by_id[execution.correlation_id] = execution
        self.total += 1
        direct = execution.via == DIRECT
        if not direct:
            self._platform.append(execution)
        counts = self.direct if direct else self.counts
        counts[execution.action_id][execution.outcome] += 1

    def by_ids(self, ids: Iterable[str]) -> list[JsonObject]:
        """The calls with these correlation ids, as far as they are still kept."""
        return [found.to_json() for id_ in ids if (found := self._by_id.get(id_)) is not None]

    def seen_by_the_platform(self) -> Iterator[Execution]:
        """The last `kept` calls that were not direct, oldest first: direct ones push none of them out."""
        return iter(tuple(self._platform))

    def page(self, after: int, limit: int) -> JsonObject:
        """Up to `limit` calls numbered above `after`; `next` is the `after` of the following page."""
        oldest = self.total - len(self._ring)
        start = max(after, oldest)
        stop = min(start + limit, self.total)
        shown = islice(self._ring, start - oldest, max(stop - oldest, 0))
        calls: list[JsonValue] = [call.to_json() for call in shown]
        return {"calls": calls, "next": stop, "total": self.total, "forgotten": oldest}
