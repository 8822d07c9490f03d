"""What a run will do, decided before the first call: values only, no I/O."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from analysis.facts import ActionFacts
from analysis.run_folder import LeftOut
from analysis.schema import Target
from loadtests.arrivals import Arrivals

Model = Literal["open", "closed"]
Mode = Literal["measure", "ramp", "soak"]


@dataclass(frozen=True, slots=True)
class Payload:
    """One input map, as the bytes that are sent. The label is recorded, the values never are."""

    label: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Poll:
    """How a submitted job is followed. Paths are dotted (`finalResult.job.id`)."""

    action: str
    """Name or id of the action that tells how the job does."""
    job_id: str
    """Where the submit action's reply holds the job id."""
    parameter: str
    """Name of the poll action's input that takes the job id."""
    status: str
    """Where the poll action's reply holds the state."""
    done: tuple[str, ...]
    failed: tuple[str, ...] = ()
    cancelled: tuple[str, ...] = ()
    every_s: float = 2.0
    give_up_s: float = 600.0
    action_name: str = ""
    """Filled in with the plan."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of the run: the planned rates times `factor` for `duration_s`."""

    duration_s: float
    factor: float


@dataclass(frozen=True, slots=True)
class GuardLimits:
    """When the guard steps in. A share of 1.0, or 0 in a row, never does."""

    error_share: float = 0.5
    """Stop calling an action when more than this share of its last `error_calls` calls failed."""
    error_calls: int = 50
    timeouts_in_a_row: int = 40
    """Stop calling an action after so many calls in a row that hit a timeout."""
    latency_factor: float = 4.0
    """Halve an action's rate when the median of its last window is so many times that of its first."""
    latency_window_s: float = 30.0
    rate_limited_stops: int = 3
    """Stop the run at this many pauses because the org's data action limits answered 429."""
    pause_s: float = 60.0
    """How long to pause for a 429 without a Retry-After."""
    no_token_s: float = 15.0
    """So long without a token that Genesys accepts ends the run."""

    def off(self) -> "GuardLimits":
        """Return limits that only a 429 ever meets: that one is always honoured."""
        return replace(self, error_share=1.0, timeouts_in_a_row=0, latency_factor=math.inf)


@dataclass(frozen=True, slots=True)
class Soak:
    """Short windows spread over hours: `window_s` of calls every `every_s`, for `total_s`."""

    every_s: float = 1800.0
    window_s: float = 60.0
    total_s: float = 8 * 3600.0


@dataclass(frozen=True, slots=True)
class Ramp:
    """Steps of rising rate: the planned rates, multiplied by `growth` every `step_s`."""

    step_s: float = 30.0
    growth: float = 1.5
    steps: int = 10
    latency_factor: float = 2.0
    """An action has bent when its median is so many times that of the first step."""
    error_share: float = 0.05


@dataclass(frozen=True, slots=True)
class ActionLoad:
    """One action to call.

    `rate`: calls/s of one arrival stream, for the whole run; `timeout_s`: the timeout in force (1..60), None
    where the org does not tell.
    """

    action_id: str
    action_name: str
    timeout_s: int | None
    rate: float
    payloads: tuple[Payload, ...]
    target: Target = Target.PUBLISHED
    side_effects: bool = False
    poll: Poll | None = None


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """Everything a load process needs to know, apart from where to send and with which token."""

    actions: tuple[ActionLoad, ...]
    model: Model = "open"
    arrivals: Arrivals = "poisson"
    mode: Mode = "measure"
    seed: int = 1
    divided_among: int = 1
    """Locust users that together send the planned rates. 1: every user is an arrival stream of its own at
    these rates; more only where nobody asked for a number of users and each worker got one."""
    max_in_flight: int = 1000
    drain_s: float = 5.0
    total_rate: float | None = None
    """Most calls/s at once; actions beyond it wait until another one is done. None: no limit."""
    duration_s: float | None = None
    calls_per_action: int | None = None
    stages: tuple[Stage, ...] = ()
    guard: GuardLimits = field(default_factory=GuardLimits)
    soak: Soak = field(default_factory=Soak)
    ramp: Ramp = field(default_factory=Ramp)
    facts: tuple[ActionFacts, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    workload: str | None = None
    concurrency_limit: int | None = None
    sla: tuple[str, ...] = ()
    recommend: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """Per action id: settings of the recommendation that hold for it only."""

    @property
    def most_load(self) -> float:
        """Return how many times the planned rates may be sent at most; infinite without a limit.

        At least once: actions that do not fit at their planned rates wait for their turn. The same for
        the whole run, whichever actions are done: an action's rate never rises because another one ended.
        """
        if self.total_rate is None:
            return math.inf
        return max(1.0, self.total_rate / sum(action.rate for action in self.actions))
