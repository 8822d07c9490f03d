"""What a policy wants done, as values. Policies only decide; `loadtests.steering.obey_decisions` does it.

`step` is the name under which a decision is written to the events file.
"""

from dataclasses import dataclass
from typing import ClassVar

from diag.exit_codes import ExitCode


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence for the log, the live table and the manifest; nothing changes by it."""

    step: str
    why: str


@dataclass(frozen=True, slots=True)
class StopAction:
    """Stop calling an action that must not be called any more; the manifest lists it as left out."""

    step: ClassVar[str] = "stop_action"
    index: int
    why: str


@dataclass(frozen=True, slots=True)
class SlowAction:
    """Halve the rate of one action."""

    step: ClassVar[str] = "slow_action"
    index: int
    why: str


@dataclass(frozen=True, slots=True)
class Pause:
    """Send nothing before `until_s` (seconds since the start), and then at half the rate.

    `for_all`: it concerns the org, so every load process must pause.
    """

    step: ClassVar[str] = "pause"
    until_s: float
    why: str
    for_all: bool = False


@dataclass(frozen=True, slots=True)
class StopRun:
    """End the whole run at once, as failed; the reason of the end says why."""

    step: ClassVar[str] = "stop_run"
    why: str
    exit_code: int = ExitCode.INCOMPLETE


@dataclass(frozen=True, slots=True)
class FinishAction:
    """Stop calling an action from which nothing more is wanted: `settled`, or all its calls were made."""

    index: int
    why: str


@dataclass(frozen=True, slots=True)
class Knee:
    """An action bent on the ramp and is done.

    `rate`: the highest calls/s at which it was still straight, `in_flight`: its mean concurrency there;
    None where it was not straight even at the first step.
    """

    index: int
    why: str
    rate: float | None
    in_flight: float | None


@dataclass(frozen=True, slots=True)
class RampStep:
    """Send `level` times the planned rates from now on."""

    level: float


Decision = Notice | StopAction | SlowAction | Pause | StopRun | FinishAction | Knee | RampStep
