"""The workload file as people write it: its tables with their keys, kinds, ranges and a line of why.

`read_workload` reads by it, and the schema that editors complete and check by is drawn from it
(diag/schemas). A dataclass of what is read stands for its table where both are alike (`load_shape`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final

from analysis.format.json_to_dataclass import Between
from analysis.recommend_settings import RecommendSettings
from diag.direct.direct_load import DirectAuth
from diag.hours.allowed_hours import HoursTable
from diag.hours.genesys_approval import ApprovalTable
from diag.toml_forms.kinds import (
    Above,
    Duration,
    ExactlyOne,
    FormatVersion,
    Inner,
    Inners,
    InTable,
    Name,
    Needed,
    NotEmpty,
    Texts,
)
from diag.workload.tables.direct_settings import CallTarget, DirectTable
from diag.workload.tables.guard_limits import GuardLimits
from diag.workload.tables.load_shape import Arrivals, Mode, Model, Poll, Ramp, Rate, Soak, Stage

WORKLOAD_VERSION: Final = 1
MOST_GENERATED: Final = 1000
POLL_LEFT_OUT: Final = frozenset({"action_name"})
"""Fields of `Poll` that no file states."""
WHEN_EXAMPLE: Final = 'For example: when = ["mon-fri 08:00-18:00"]'


@dataclass(frozen=True, slots=True)
class RunTable:
    """The run: how calls leave, how many, and when it ends."""

    mode: Mode = "measure"
    """measure: hold the rate; ramp: raise it until latency bends; soak: windows over hours."""
    model: Model = "open"
    """open: calls leave on schedule whatever is in flight; closed: they wait."""
    arrivals: Arrivals = "poisson"
    """poisson: as independent callers; constant: evenly spaced."""
    seed: int = 1
    """Of schedules and generated inputs: same seed, same run."""
    duration_s: Duration | None = None
    """End after this time, settled or not."""
    calls_per_action: Annotated[int, Between(1, 10**9)] | None = None
    """End an action after so many calls, settled or not."""
    rate: Rate | None = None
    """Calls/s in all, shared by weight among actions without a rate of their own (of one arrival stream)."""
    max_in_flight: Annotated[int, Between(1, 10**6)] | None = None
    """Most calls in flight at once."""
    exceed_limits: bool = False
    """Beyond 80 % of the token's rate and 20 % of concurrent executions; on an org only with [approval]."""
    allow_side_effects: bool = False
    """Also call actions whose request is not a GET: every call may change data."""
    sla: Texts = ()
    """Exit code 3 when a condition is broken: "p99<5s", "Name: p95<800ms", "errors<1%"."""


@dataclass(frozen=True, slots=True)
class GuardTable(GuardLimits):
    """When the guard steps in. In a sandbox it is on only where this table is written."""

    enabled: bool = True
    """false: only 429s are honoured, whatever else happens."""


@dataclass(frozen=True, slots=True)
class PayloadTable:
    """One input. Its values never reach the run folder, only its label."""

    label: Name | None = None
    """What it is called in the report; its number where it is left out."""
    values: Mapping[str, object] = field(default_factory=dict)
    """Input of the action by its name, as the contract wants it."""


@dataclass(frozen=True, slots=True)
class ProductionHoursTable:
    """When production calls the action; it wins over telemetry."""

    when: Annotated[Texts, Needed(WHEN_EXAMPLE), NotEmpty()]
    """Days and hours: "mon-fri 08:00-18:00", "sat,sun 22:00-03:00" (past midnight), "01:00-05:00" (daily)."""
    zone: Annotated[str, Needed('Say which clock is meant: zone = "Europe/Berlin"')]
    """Whose clock that is: an IANA name such as "Europe/Berlin"."""


@dataclass(frozen=True, slots=True)
class ActionTable:
    """One or several actions: which, how fast, with what. The first entry that means an action counts."""

    id: Annotated[Name | None, ExactlyOne(("id", "name", "category"))] = None
    """The action's id."""
    name: Name | None = None
    """Its name, or a pattern: "Get *"."""
    category: Name | None = None
    """All actions of this category."""
    rate: Rate | None = None
    """Calls/s of its own."""
    weight: Annotated[float, Above(0, 1e6)] = 1.0
    """Its part of the run's rate beside other actions without a rate of their own."""
    allow_side_effects: bool = False
    """Call it although its request is not a GET: every call may change data."""
    payload: Annotated[Inners, InTable(PayloadTable)] = ()
    """Its inputs, taken in turn."""
    payload_file: Name | None = None
    """Inputs from a file beside this one: .jsonl (an object a line) or .csv."""
    generate: Annotated[int, Between(1, MOST_GENERATED)] | None = None
    """How many inputs are made up from the contract, instead of real ones; no timeout is lowered on those."""
    recommend: Annotated[Mapping[str, object], InTable(RecommendSettings)] = field(default_factory=dict)
    """Settings of diag recommend for this action only."""
    production_peak_rate: Rate | None = None
    """Calls/s at its busiest in production, if you know it."""
    production_hours: Annotated[Inner, InTable(ProductionHoursTable)] = None
    """When production calls it, where telemetry cannot tell."""
    poll: Annotated[Inner, InTable(Poll, POLL_LEFT_OUT)] = None
    """Work too long for any timeout: which action tells how the job does that this one starts."""
    target: CallTarget = "test"
    """test: through Genesys Cloud; direct: its backend itself. An action may have an entry of each."""
    credentials: Name | None = None
    """Of a direct call: whose credentials come first (DIAG_CREDENTIAL_CRM_..., the table [crm] for "crm")."""
    auth: DirectAuth | None = None
    """Of a direct call: adds an Authorization header; it wins over [direct]."""


@dataclass(frozen=True, slots=True)
class WorkloadTable:
    """What diag measures: which actions may be called, how fast, with which input, and when to stop."""

    format_version: Annotated[int, FormatVersion(WORKLOAD_VERSION)] = WORKLOAD_VERSION
    """Of this file."""
    run: Annotated[Inner, InTable(RunTable)] = None
    guard: Annotated[Inner, InTable(GuardTable)] = None
    ramp: Annotated[Inner, InTable(Ramp)] = None
    soak: Annotated[Inner, InTable(Soak)] = None
    hours: Annotated[Inner, InTable(HoursTable)] = None
    approval: Annotated[Inner, InTable(ApprovalTable)] = None
    direct: Annotated[Inner, InTable(DirectTable)] = None
    labels: Mapping[str, str] = field(default_factory=dict)
    """For files of other load tools: the action of each label ("GET /customers" = "Get customer")."""
    stage: Annotated[Inners, InTable(Stage)] = ()
    action: Annotated[Inners, InTable(ActionTable)] = ()
