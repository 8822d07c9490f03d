"""The result of the analysis, per action: the types that reports, changes and commands read."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, Literal

from analysis.costs.chosen_number import MadeBy
from analysis.costs.rule_and_cost import ComparedRule
from analysis.coverage.hours_seen import Grade, HoursSeen
from analysis.direct_side.direct_side import DirectSide
from analysis.estimates.stability import LevelChange
from analysis.format.action_facts import ActionFacts
from analysis.format.json_to_dataclass import Amount, Share
from analysis.jobs.flow_loop import FlowLoop
from analysis.recommend_settings import RecommendSettings
from analysis.runs.broken_contract import BrokenContract
from analysis.runs.invented_inputs import mostly_invented, share_invented
from analysis.skipped_input import SkippedInput
from analysis.statistics.kaplan_meier import SurvivalTable

FORMAT_VERSION: Final = 1


class Verdict(StrEnum):
    """The verdicts in the order they are tried; the first that holds wins (docs/method.md, "The verdict")."""

    NOT_CONFIGURABLE = "not_configurable"
    """A static or custom authentication action has no timeout of its own."""
    NO_DATA = "no_data"
    """No call got far enough to count."""
    OVER_CAP_USE_ASYNC = "over_cap_use_async"
    """No timeout up to the cap fits: make this call asynchronous."""
    CENSORED_NEEDS_PROBE = "censored_needs_probe"
    """Too many calls are cut off to know the percentile; the sentence says by what, and what shows it."""
    INSUFFICIENT_SAMPLES = "insufficient_samples"
    """Too few calls that ended; the sentence says how many are missing, or what else helps."""
    UNSTABLE = "unstable"
    """Two parts of the run disagree: find out why first."""
    OK = "ok"
    """The present timeout fits."""
    RAISE = "raise"
    """A longer timeout fits better."""
    LOWER = "lower"
    """A shorter timeout fits better."""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One action's verdict with every number its sentence rests on.

    Unknown numbers are None, never NaN. Shares are 0..1. `recommended_timeout_s` is the whole number of
    seconds to set (the current one for `ok`), None when the data allow no number.
    """

    action_id: str
    action_name: str
    verdict: Verdict
    reason: str
    """One sentence for the reader, without the action's name."""
    next_command: str | None = None
    """What to run next; None: nothing."""
    next_takes_s: Amount | None = None
    """About how long that command calls, at the pace of these calls; None: unknown, or it waits for none."""
    recommended_timeout_s: int | None = None
    """What to set; the present one for `ok`; None: no number."""
    uncapped_timeout_s: int | None = None
    """The same before the cap."""
    made_by: MadeBy | None = None
    """The step that made `recommended_timeout_s` what it is; None without a number."""
    made_how: str | None = None
    """The same as a sentence."""
    needed_ms: Amount | None = None
    """What the rule asks for before whole seconds, floor and cap; None where no bound is known."""
    current_timeout_s: int | None = None
    """In force; None: unknown."""
    timeout_is_set: bool | None = None
    """False: unset, which is 60 s."""
    samples: int = 0
    """Attempts that count: ok + timeouts + other censored calls."""
    ok: int = 0
    """Calls that ended by themselves, `contract_errors` among them."""
    timeouts: int = 0
    """Calls cut off by the action's timeout."""
    censored: int = 0
    """All right-censored attempts, the timeouts included."""
    left_out: int = 0
    """Calls that do not count."""
    left_out_by_reason: Mapping[str, int] = field(default_factory=dict)
    """How many of them for which reason: an outcome, or one such as `warm_up` (docs/formats.md)."""
    input_origins: Mapping[str, int] = field(default_factory=dict)
    """`samples` by the origin of their input (`InputOrigin`); those of unknown origin are left out."""
    p50_ms: Amount | None = None
    p95_ms: Amount | None = None
    percentile: Share = 0.99
    """Of the rule this action was judged by: the run's, unless the workload states another one for it."""
    quantile_ms: Amount | None = None
    """The quantile at `percentile`."""
    quantile_upper_ms: Amount | None = None
    """Its one-sided upper bound, at the confidence of the settings."""
    quantile_lower_ms: Amount | None = None
    """Its lower bound."""
    quantile_with_warm_up_ms: Amount | None = None
    """The same quantile without the warm-up cut."""
    quantile_fast_part_ms: Amount | None = None
    quantile_slow_part_ms: Amount | None = None
    """For `unstable`: the quantile in the two parts of the measurement that disagree."""
    change: LevelChange | None = None
    """For `unstable`: where a run became slower or faster; None where whole runs or days disagree."""
    n_eff: float | None = None
    """Effective calls: those that are slow together count as fewer."""
    design_effect: float | None = None
    """By how much calls that are slow together count as fewer."""
    calls_needed: int | None = None
    """Calls missing to an answer."""
    far_seeing_calls: int | None = None
    """Calls whose timeout let them be observed up to the slowest that finished; None when all could."""
    backend_gives_up_ms: Amount | None = None
    """Set where the backend itself ends the calls that hide the quantile: when it does so at the latest."""
    answered_timeout_s: int | None = None
    """Then: the number for the calls that it answers (`--backend-errors exclude`); None with too few."""
    contract_errors: int = 0
    """Calls whose reply came in time and broke the action's contract. Part of `ok`: their time counts."""
    broken_contracts: tuple[BrokenContract, ...] = ()
    """Where they broke it, the commonest first."""
    still_running: int = 0
    """Calls that diag stopped waiting for, at the end of the run or before. Part of `censored`."""
    confidence_max_seen: float | None = None
    """Confidence (0..1) that the slowest call is at least the quantile."""
    cut_off_now: float | None = None
    """Share of calls slower than the current timeout; None where no call was observed that long."""
    cut_off_after: float | None = None
    """Share of calls slower than the recommended timeout."""
    cut_off_after_at_most: float | None = None
    """Upper bound (at the settings' confidence) of the share cut off at the recommended timeout."""
    worst_wait_s: int | None = None
    """How long a caller waits at most once what can be set now is set: where a number has to wait, and where
    no timeout fits, that is the timeout in force."""
    grade: Grade | None = None
    """For how long, and in which hours, it was seen (docs/method.md, "Time coverage")."""
    windows: int | None = None
    """Separate windows."""
    span_s: float | None = None
    """From the first call to the last."""
    measured_s: Amount | None = None
    """Seconds of the span in which calls were made."""
    coverage_reason: str | None = None
    """Which hours the calls cover, and which of production's they do not: a sentence without its full
    stop."""
    hours: HoursSeen | None = None
    """The same in numbers, hour by hour of the week."""
    level_rate: float | None = None
    """Arrival rate of the load level the number comes from, calls/s."""
    observed_rate: float | None = None
    """Calls/s as made."""
    hung_backend_slots: float | None = None
    """rate x timeout: concurrent executions held if the backend stops answering, after the change."""
    concurrency_share: float | None = None
    """`hung_backend_slots` as a share of the org's concurrent executions."""
    safe_rate: float | None = None
    """Highest arrival rate at which a backend that stops answering cannot exhaust the org's executions."""
    rules: tuple[ComparedRule, ...] = ()
    """What other rules would set beside this number, and what each costs; empty without a number."""
    clock: Literal["service", "response"] = "service"
    """Latencies count from dispatch, or from the planned start."""
    source: Literal["test", "production"] = "test"
    """Measured calls, or production telemetry."""
    to_the_millisecond: bool = False
    """Whether production was read execution by execution, so that its times are known as those of a test."""
    measured_by: tuple[str, ...] = ()
    """The other load tools or logs that these calls, or some of them, come from; empty: diag's own."""
    backend_alone: bool = False
    """Whether there were only calls straight to the backend: Genesys' own share is not in these numbers."""
    direct: DirectSide | None = None
    """What calls straight to the backend show, beside the verdict; None where they would show nothing."""
    warnings: tuple[str, ...] = ()
    """What limits the number or looked wrong while measuring, one sentence each."""
    weak_runs: tuple[str, ...] = ()
    """`Analysis.weak` of the analysis it is part of; not in its JSON, which says it once."""

    @property
    def invented_share(self) -> float | None:
        """Share (0..1) of `samples` that had an invented input; None where no origin is known."""
        return share_invented(self.input_origins, self.samples)

    @property
    def contract_error_share(self) -> float | None:
        """Share (0..1) of `samples` whose reply broke the action's contract; None without a call."""
        return self.contract_errors / self.samples if self.samples else None

    @property
    def beside(self) -> DirectSide | None:
        """Return what direct calls show beside the action's own; None where only one of the two was called,
        or its backend answered no call."""
        side = self.direct
        if side is None or self.backend_alone or side.failed is not None or not side.samples:
            return None
        return side

    @property
    def precision(self) -> Literal["test", "production"]:
        """Return how exactly times are known: to the millisecond, as from a test, or by whole seconds."""
        return "test" if self.to_the_millisecond else self.source

    @property
    def promised_share(self) -> float:
        """The most that the recommended timeout is to cut off (0..1).

        That is what the percentile leaves, or more where the number is known to cut off more: a cap made it
        shorter.
        """
        left = round(1.0 - self.percentile, 12)
        if self.cut_off_after is None or self.cut_off_after <= left:
            return left
        return max(self.cut_off_after_at_most or 0.0, self.cut_off_after)

    @property
    def mostly_invented(self) -> bool:
        """Whether so many inputs were invented that the number may be far too short for real ones."""
        return mostly_invented(self.invented_share)


@dataclass(frozen=True, slots=True)
class Analysis:
    """The result of one `diag recommend`: settings, facts and verdicts, most severe first."""

    settings: RecommendSettings
    actions: tuple[Recommendation, ...]
    facts: Mapping[str, ActionFacts]
    skipped: tuple[SkippedInput, ...] = ()
    run_ids: tuple[str, ...] = ()
    sandbox: bool | None = None
    concurrency_limit: int | None = None
    weak: tuple[str, ...] = ()
    """What weakens the runs as evidence, one sentence each (analysis.runs.run_weaknesses)."""
    org_id: str | None = None
    host: str | None = None
    """Where the runs were measured; None when unknown or not the same for all."""
    loops: tuple[FlowLoop, ...] = ()
    """How flows should wait for work that is submitted and polled; empty where the runs paired none."""
    waiting: Mapping[str, SurvivalTable] = field(default_factory=dict, compare=False, repr=False)
    """By action id: the share of calls still waiting at each time, from which every share cut off is read. It
    is not in the JSON."""
    backends: Mapping[str, Recommendation] = field(default_factory=dict, compare=False, repr=False)
    """By action id: what direct calls alone come to, where there were any. It is not in the JSON either."""

    def __post_init__(self) -> None:
        """Give every action what weakens its runs, so that whoever reads one judges it as `apply` does.

        What production says rests on no run, also where it stands beside what was measured (`diag tune`).
        """
        actions = tuple(
            action
            if action.source == "production" or action.weak_runs == self.weak
            else replace(action, weak_runs=self.weak)
            for action in self.actions
        )
        object.__setattr__(self, "actions", actions)
