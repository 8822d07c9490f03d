"""How a load is shaped: model, arrivals, stages, soak, ramp, polls, and when the guard steps in."""

import math
from dataclasses import dataclass, replace
from typing import Final, Literal

Model = Literal["open", "closed"]
Mode = Literal["measure", "ramp", "soak"]
Arrivals = Literal["constant", "poisson"]
ARRIVALS: Final[tuple[Arrivals, ...]] = ("constant", "poisson")


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
