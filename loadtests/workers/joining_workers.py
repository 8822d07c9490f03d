"""How long a worker that joins a running load holds back, and which workers do so now.

The others still have calls in flight that fill its places, and until these must have ended it sends none.
Meanwhile the others send all of the load.
"""

from collections.abc import Set

from analysis.format.timeout_limits import PLATFORM_MAX_TIMEOUT_S
from loadtests.planning.plan import LoadPlan
from loadtests.sending.ways.platform_way import GIVE_UP_AFTER_S


def hold_back_s(plan: LoadPlan) -> float:
    """Return how long a worker that joins a running load waits: no call in flight lasts longer."""
    return max(action.timeout_s or PLATFORM_MAX_TIMEOUT_S for action in plan.actions) + GIVE_UP_AFTER_S


class JoiningWorkers:
    """The workers of one run, by Locust's client id; all times in monotonic seconds."""

    def __init__(self, hold_back_s: float) -> None:
        self._hold_back_s = hold_back_s
        self._at_first: Set[str] = frozenset()
        self._ends_at: dict[str, float] = {}
        """Node -> when it has waited long enough."""

    def take(self, nodes: Set[str], now: float) -> bool:
        """Record which nodes share the load from now on; return whether one of them has to wait."""
        self._at_first = self._at_first or frozenset(nodes)
        joined = nodes - self._at_first - self._ends_at.keys()
        # One that replaces another adds nothing to the calls in flight.
        late = len(nodes) > len(self._at_first)
        for node in joined:
            self._ends_at[node] = now + (self._hold_back_s if late else 0.0)
        return late and bool(joined)

    def waits(self, node: str, now: float) -> bool:
        """Return whether this node sends nothing yet."""
        return self._ends_at.get(node, now) > now
