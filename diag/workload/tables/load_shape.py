"""How a load is shaped: model, arrivals, stages, soak, ramp, polls.

Each class is a table of the workload file, too: its fields are the keys, with their ranges and defaults
(diag/toml_forms/kinds.py).
"""

from dataclasses import dataclass
from typing import Annotated, Final, Literal, get_args

from analysis.format.json_to_dataclass import Between, Share
from diag.toml_forms.kinds import Above, Duration, Name, Needed, NotEmpty, Texts

Model = Literal["open", "closed"]
Mode = Literal["measure", "ramp", "soak"]
Arrivals = Literal["constant", "poisson"]
ARRIVALS: Final[tuple[Arrivals, ...]] = get_args(Arrivals)
MOST_RATE: Final = 1e6
"""Calls/s, far above what any machine makes; times the largest factor of a stage, a manifest can hold it."""
Rate = Annotated[float, Above(0, MOST_RATE)]
_POLL_NEEDS: Final = "It needs action, job_id, parameter, status and done."


@dataclass(frozen=True, slots=True)
class Poll:
    """How a submitted job is followed. Paths are dotted (`finalResult.job.id`)."""

    action: Annotated[Name, Needed(_POLL_NEEDS)]
    """Name or id of the action that tells how the job does; its calls are real requests, too."""
    job_id: Annotated[Name, Needed(_POLL_NEEDS)]
    """Where the submit action's reply holds the job id."""
    parameter: Annotated[Name, Needed(_POLL_NEEDS)]
    """Name of the poll action's input that takes the job id."""
    status: Annotated[Name, Needed(_POLL_NEEDS)]
    """Where the poll action's reply holds the state."""
    done: Annotated[Texts, Needed(_POLL_NEEDS), NotEmpty()]
    """States that mean that the job is done."""
    failed: Texts = ()
    """States that mean that it failed."""
    cancelled: Texts = ()
    """States that mean that it was cancelled."""
    every_s: Duration = 2.0
    """How long to wait between two looks."""
    give_up_s: Duration = 600.0
    """After how long a job is not looked at any more."""
    action_name: str = ""
    """Filled in with the plan."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of the run: the planned rates times `factor` for `duration`; one after the other."""

    duration_s: Annotated[Duration, Needed('For example: duration = "2m".')]
    """How long it lasts."""
    factor: Annotated[float, Between(0, 1e6)] = 1.0
    """What the rates are multiplied by."""


@dataclass(frozen=True, slots=True)
class Soak:
    """Short windows spread over hours: `window` of calls `every` so often, for `total`."""

    every_s: Duration = 1800.0
    """From the begin of one window to that of the next."""
    window_s: Duration = 60.0
    """How long calls are made each time; it must fit into `every`."""
    total_s: Duration = 8 * 3600.0
    """How long all of it takes."""


@dataclass(frozen=True, slots=True)
class Ramp:
    """Steps of rising rate: the planned rates, multiplied by `growth` every `step`."""

    step_s: Duration = 30.0
    """How long a step lasts."""
    growth: Annotated[float, Above(1, 100)] = 1.5
    """What the rate is multiplied by from one step to the next."""
    steps: Annotated[int, Between(1, 100)] = 10
    """How many steps at most."""
    latency_factor: Annotated[float, Above(1)] = 2.0
    """An action has bent when its median is so many times that of the first step."""
    error_share: Share = 0.05
    """It has bent, too, when more than this share of a step's calls failed."""
