"""Everything known of one action before its verdict: the same from a test and from production."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from analysis.coverage.time_coverage import TimeCoverage
from analysis.estimates.calls_missing import Shortfall
from analysis.estimates.enough_at_look import Enough
from analysis.estimates.estimate import Estimate
from analysis.estimates.given_up import GivenUp
from analysis.estimates.judge_action import JudgedAction
from analysis.estimates.stability import Disagreement
from analysis.format.action_facts import ActionFacts
from analysis.runs.broken_contract import BrokenContract
from analysis.runs.failed_direct_calls import FailedCalls
from analysis.runs.invented_inputs import share_invented
from analysis.runs.refusals import RefusedInputs
from analysis.statistics.kaplan_meier import SurvivalTable
from analysis.typed_command import Asked


@dataclass(frozen=True, slots=True)
class TelemetryFindings:
    """How production was read, to read more of it: the days back."""

    days: int
    times_longer: float = 1.0
    """How many times longer the window must be to hold enough hours with executions."""


@dataclass(frozen=True, slots=True)
class Findings:
    """Rates in calls/s; None where something is unknown or does not apply."""

    action_id: str
    action_name: str
    facts: ActionFacts
    estimate: Estimate
    """Of the load level that decides (`analysis.estimates.level_estimates`); of no calls where none does."""
    any_answer: bool
    """True where any call of any level finished or timed out; otherwise there are no data."""
    shortfall: Shortfall
    coverage: TimeCoverage
    current_timeout_s: int
    current_known: bool
    """False where the platform's default had to be assumed."""
    timeouts: int
    """Of the deciding calls, like `given_up`."""
    cost_table: SurvivalTable
    """Calls as the platform's timeout sees them, from dispatch."""
    lower_ms: int | None = None
    """Proven to be below the quantile by any load level."""
    enough: Enough | None = None
    """Why the measurement was stopped with these calls; None where it was not, or for another reason."""
    given_up_by_backend: GivenUp | None = None
    """Set where the backend itself ends the calls that hide the quantile."""
    disagreement: Disagreement | None = None
    fired_s: tuple[int, int] | None = None
    """The shortest and the longest timeout that cut a deciding call off; None where unknown."""
    input_origins: Mapping[str, int] = field(default_factory=dict)
    """Deciding calls by the origin of their input (`InputOrigin`); those of unknown origin are left out."""
    errors: int = 0
    """Deciding calls that an error of the backend, the platform or the network ended."""
    contract_errors: int = 0
    """Deciding calls that came in time with a reply that broke the action's contract."""
    broken_contracts: tuple[BrokenContract, ...] = ()
    """Where they broke it, the commonest first."""
    given_up: int = 0
    """Calls the client stopped waiting for: the run ended, or its own limit did."""
    left_out: Mapping[str, int] = field(default_factory=dict)
    refusal: RefusedInputs | None = None
    """Why most calls of an action without an answer were refused for their input, where it was recorded."""
    failed: FailedCalls | None = None
    """Why most of the calls straight to a backend failed, where any did and it was recorded."""
    not_called_because: str | None = None
    """Why no run called the action, where it was to be called."""
    saturated_because: str | None = None
    """Set where every level tested was saturated; `saturated_rate` is the lowest of them."""
    saturated_rate: float | None = None
    quantile_with_warm_up_ms: int | None = None
    level_rate: float | None = None
    observed_rate: float | None = None
    pace: float | None = None
    """Deciding calls per second of the whole runs they come from (`analysis.runs.pace`)."""
    expected_rate: float | None = None
    """The rate the cost is computed at: production's peak, the level's, or as observed."""
    clock: Literal["service", "response"] = "service"
    source: Literal["test", "production"] = "test"
    to_the_millisecond: bool = False
    """As in `Recommendation`."""
    weak_runs: tuple[str, ...] = ()
    """What weakens the runs behind it, one sentence each (analysis.runs.run_weaknesses)."""
    measured_by: tuple[str, ...] = ()
    """The other tools that made these calls, or some of them."""
    backend_alone: bool = False
    """Whether the calls went straight to the backend: Genesys' own share is not in them."""
    judged: JudgedAction | None = None
    """Every load level of these calls; None from production, and where none are laid beside them."""
    telemetry: TelemetryFindings | None = None
    """None for a test, and where more days would not show more."""
    asked: Asked = field(default_factory=Asked)
    """What the next commands repeat of the question."""
    in_sandbox: bool = False
    name_is_clear: bool = True
    """Whether the name means no other action that was judged with this one."""
    warnings: tuple[str, ...] = ()

    @property
    def precision(self) -> Literal["test", "production"]:
        """Return how exactly times are known: to the millisecond, as from a test, or by whole seconds."""
        return "test" if self.to_the_millisecond else self.source

    @property
    def censored(self) -> int:
        """Deciding calls that were cut off before they ended."""
        return self.estimate.samples - self.estimate.ok

    @property
    def invented_share(self) -> float | None:
        """Share (0..1) of the deciding calls that had an invented input; None where no origin is known."""
        return share_invented(self.input_origins, self.estimate.samples)
