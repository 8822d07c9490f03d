"""What a run will do, decided before the first call: values only, no I/O."""

from dataclasses import dataclass, field
from typing import Literal

from analysis.facts import ActionFacts
from analysis.run_folder import LeftOut
from analysis.schema import Target
from loadtests.arrivals import Arrivals

Model = Literal["open", "closed"]


@dataclass(frozen=True, slots=True)
class Payload:
    """One input map, as the bytes that are sent. The label is recorded, the values never are."""

    label: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ActionLoad:
    """One action to call. `rate`: calls/s for the whole run; `timeout_s`: the timeout in force (1..60)."""

    action_id: str
    action_name: str
    timeout_s: int
    rate: float
    payloads: tuple[Payload, ...]
    target: Target = Target.PUBLISHED


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """Everything a load process needs to know, apart from where to send and with which token."""

    model: Model
    arrivals: Arrivals
    seed: int
    streams: int
    """Locust users over which the rates are divided; more users than this mean more load."""
    max_in_flight: int
    drain_s: float
    actions: tuple[ActionLoad, ...]
    facts: tuple[ActionFacts, ...]
    left_out: tuple[LeftOut, ...] = ()
    workload: str | None = None
    concurrency_limit: int | None = None

    @property
    def calls_per_s(self) -> float:
        """Arrival rate of the whole plan."""
        return sum(action.rate for action in self.actions)
