"""From options, workload and inventory to a plan: all administrative calls, before the run starts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from analysis.format.action_facts import ActionFacts
from analysis.format.run_folder import LeftOut
from analysis.format.sample_schema import PLATFORM_MAX_TIMEOUT_S, ActionVersion
from diag.choice.choose_actions import (
    Candidate,
    changes_allowed,
    choose,
    resolved_poll,
    without_a_draft,
    without_built_in,
    without_missing,
)
from diag.choice.make_inputs import with_inputs
from diag.choice.turns_file import Turn, WindowOrder, read_order
from diag.errors import NotBegunError, UsageError
from diag.genesys.client import GenesysClient
from diag.genesys.models import Action
from diag.inventory.action_facts import facts_of
from diag.target import Target
from diag.workload.org_limits import OrgLimits, read_limits
from diag.workload.read_workload import read_workload
from diag.workload.workload import EVERYTHING, Workload
from loadtests.planning.plan import ActionLoad, LoadPlan
from loadtests.planning.production_hours import (
    OrgToAsk,
    ProductionHours,
    folders_of_runs,
    production_hours,
)
from loadtests.planning.rates import RateBudget, Rates, Wanted, planned_rates
from loadtests.planning.run_options import DEFAULT_MAX_IN_FLIGHT, DEFAULT_SANDBOX_RATE
from loadtests.planning.unlisted_actions import Unlisted, unlisted


@dataclass(frozen=True, slots=True)
class PreparedRun:
    """A plan, and the names a manifest needs."""

    plan: LoadPlan
    limits: OrgLimits
    org_id: str | None
    org_name: str | None
    lines_to_paste: Mapping[str, str] = field(default_factory=dict)
    """Id of each action with invented inputs -> the line of the workload that gives it real ones."""
    unlisted: Unlisted = field(default_factory=Unlisted)
    """Actions that were not asked for because the workload does not name them."""


@dataclass(frozen=True, slots=True)
class _Request:
    """What every step of planning reads, and none changes."""

    options: Any
    """Locust's parsed options, with those of `run_options`."""
    workload: Workload
    inventory: Sequence[Action]
    sandbox: bool
    order: WindowOrder | None = None
    """What a window of a campaign does; None: it is not one."""

    @property
    def seed(self) -> int:
        """Return the seed of schedules and generated inputs."""
        seed: int | None = self.options.seed
        return self.workload.seed if seed is None else seed

    @property
    def turns(self) -> Mapping[str, Turn]:
        """Return the turns by action id, in the order in which they are taken; none outside a campaign."""
        return {} if self.order is None else {turn.action_id: turn for turn in self.order.turns}

    @property
    def shares_a_rate(self) -> bool:
        """Return whether actions share a rate: the workload's, or what the org's limits leave."""
        if self.turns:
            return False
        return self.options.rate is None and (self.workload.rate is not None or not self.sandbox)

    @property
    def wanted(self) -> Sequence[str]:
        """Return the actions asked for, beside the workload; those that no longer exist take no turn."""
        if not self.turns:
            wanted: Sequence[str] = self.options.action
            return wanted
        return [action.id for action in self.inventory if action.id in self.turns]


def prepare(
    options: Any,
    target: Target,
    client: GenesysClient,
    *,
    zone: str | None = None,
    ahead_s: float = 0.0,
    runs: Path | None = None,
) -> PreparedRun:
    """Return what to call. `options` are Locust's parsed options with those of `run_options`.

    `zone` (an IANA name) is the clock on which production's hours are counted; `ahead_s` how far the org's
    time is ahead of this machine's; `runs`: where earlier runs lie, whose calls production may not be.
    Raises UsageError (nothing to call, unknown action, an org without a workload, a bad one) and ApiError.
    """
    _refuse_counts_below_one(options)
    workload = _workload(options, target)
    inventory = client.list_actions(include_auth_actions=True)
    order = None if options.turns is None else read_order(options.turns)
    if order is not None:  # what the workload names was found when the campaign began; it may be gone since
        workload = without_missing(workload, inventory)
    request = _Request(options, workload, inventory, target.sandbox, order)
    if request.turns and not request.wanted:
        raise NotBegunError("The org lists none of the actions of this window.")
    candidates, left_out = _candidates(request, client)
    limits = read_limits(client)
    rates = _rates(request, candidates, limits)
    in_flight = _in_flight(request, limits)
    organization = client.organization()
    now = datetime.now(UTC) + timedelta(seconds=ahead_s)
    folders = folders_of_runs(runs, options.turns)
    org = None if options.dry_run else OrgToAsk(client, organization.id, zone, now, folders)
    hours = production_hours(candidates, order, org)
    plan = _plan(request, candidates, rates, left_out, hours)
    if order is not None:
        plan = as_a_window(plan, order)
    plan = replace(plan, max_in_flight=in_flight, concurrency_limit=limits.concurrent_executions)
    lines = {each.action.id: each.line_to_paste for each in candidates if each.line_to_paste is not None}
    others = unlisted(workload, inventory, request.wanted, options.workload)
    return PreparedRun(plan, limits, organization.id, organization.name, lines, others)


def _refuse_counts_below_one(options: Any) -> None:
    for flag, given in (
        ("--max-in-flight", options.max_in_flight),
        ("--calls-per-action", options.calls_per_action),
    ):
        if given is not None and given < 1:
            raise UsageError(f"{flag} is {given}.", hint="Use a whole number from 1.")


def _workload(options: Any, target: Target) -> Workload:
    if options.workload is not None:
        return read_workload(Path(options.workload))
    if not target.sandbox:
        raise UsageError(
            f"No workload file, and {target.connection.host} is not the sandbox: "
            "calls run real requests, so what to call must be written down.",
            hint="diag init writes a workload file from your org; then: "
            "locust -f loadtests/actions.py --workload workload.toml",
        )
    return EVERYTHING


def _candidates(request: _Request, client: GenesysClient) -> tuple[list[Candidate], list[LeftOut]]:
    """Return the actions to call, each with its inputs, and those left out; UsageError when none is left."""
    options = request.options
    kept, left_out = choose(
        request.workload, request.inventory, request.wanted, where=options.workload, sandbox=request.sandbox
    )
    if options.probe:
        kept, refused = without_a_draft(kept, client)
        left_out += refused
    if request.shares_a_rate:
        kept, refused = without_built_in(kept, options.action)
        left_out += refused
    kept, without = with_inputs(client, kept, request.seed)
    left_out += without
    if not kept:
        raise UsageError(
            "None of the actions may be called: "
            + "; ".join(f"{action.what}: {action.why}" for action in left_out[:3])
            + (f"; and {len(left_out) - 3} more." if len(left_out) > 3 else "."),
            hint="Choose others with --action, or see: diag scan",
        )
    return kept, left_out


def _rates(request: _Request, candidates: Sequence[Candidate], limits: OrgLimits) -> Rates:
    workload, entries = request.workload, [candidate.entry for candidate in candidates]
    budget = RateBudget(
        None if request.sandbox else limits,
        exceed_limits=workload.exceed_limits,
        polled=any(entry.poll is not None for entry in entries),
    )
    return planned_rates(
        [Wanted(each.action.name, _own_rate(request, each), each.entry.weight) for each in candidates],
        budget,
        total=workload.rate,
        override=request.options.rate,
        default=DEFAULT_SANDBOX_RATE if request.sandbox else None,
    )


def _own_rate(request: _Request, candidate: Candidate) -> float | None:
    turn = request.turns.get(candidate.action.id)
    return candidate.entry.rate if turn is None else turn.rate


def _in_flight(request: _Request, limits: OrgLimits) -> int:
    wanted: int | None = request.options.max_in_flight or request.workload.max_in_flight
    if request.sandbox:
        return wanted or DEFAULT_MAX_IN_FLIGHT
    if wanted is not None and wanted > limits.in_flight and not request.workload.exceed_limits:
        raise UsageError(
            f"{wanted} calls in flight is more than 20 % of the org's {limits.concurrent_executions or '?'} "
            f"concurrent executions ({limits.in_flight}): production would be slowed down.",
            hint="Lower max_in_flight, or set exceed_limits = true in the workload.",
        )
    return wanted or limits.in_flight


def _plan(
    request: _Request,
    candidates: Sequence[Candidate],
    rates: Rates,
    left_out: Sequence[LeftOut],
    hours: ProductionHours,
) -> LoadPlan:
    """Return the plan; options count before the workload."""
    options, workload = request.options, request.workload
    guarded = not request.sandbox if workload.guard_enabled is None else workload.guard_enabled
    return LoadPlan(
        actions=tuple(
            _action_load(request, candidate, rate)
            for candidate, rate in zip(candidates, rates.each, strict=True)
        ),
        model=options.model or workload.model,
        arrivals=options.arrivals or workload.arrivals,
        mode=options.mode or workload.mode,
        seed=request.seed,
        drain_s=max(0.0, options.drain_s),
        total_rate=rates.total,
        duration_s=workload.duration_s,
        calls_per_action=options.calls_per_action or workload.calls_per_action,
        stages=workload.stages,
        guard=workload.guard if guarded else workload.guard.off(),
        soak=workload.soak,
        ramp=workload.ramp,
        facts=tuple(_facts(each, hours) for each in candidates),
        recommend={each.action.id: stated for each in candidates if (stated := _stated(request, each))},
        left_out=tuple(left_out),
        workload=str(options.workload) if options.workload else None,
        sla=(*workload.sla, *options.sla),
    )


def _facts(candidate: Candidate, hours: ProductionHours) -> ActionFacts:
    action_id, entry = candidate.action.id, candidate.entry
    return replace(
        facts_of(candidate.action),
        production_peak_rate=entry.production_peak_rate,
        production_week=hours.known.get(action_id),
        production_read=hours.read if entry.production_week is None else None,
    )


def _stated(request: _Request, candidate: Candidate) -> Mapping[str, object]:
    """Return the settings of the recommendation that hold for this action only; the workload's win."""
    turn = request.turns.get(candidate.action.id)
    whole = {"warmup_s": 0} if turn is not None and turn.every_call_counts else {}
    return {**whole, **candidate.entry.recommend}


def as_a_window(plan: LoadPlan, order: WindowOrder) -> LoadPlan:
    """Return the plan of one window of a campaign: so many calls to each action, evenly spaced, then it ends.

    Evenly, because a call that follows another by chance at once finds a backend warmer than it is.
    """
    places = {turn.action_id: (place, turn.calls) for place, turn in enumerate(order.turns)}
    actions = sorted(plan.actions, key=lambda action: places[action.action_id])
    return replace(
        plan,
        actions=tuple(replace(action, calls=places[action.action_id][1]) for action in actions),
        may_call_until=order.may_call_until,
        model="open",
        arrivals="constant",
        mode="measure",
        duration_s=None,
        calls_per_action=None,
        stages=(),
    )


def _action_load(request: _Request, candidate: Candidate, rate: float) -> ActionLoad:
    action, entry, probe = candidate.action, candidate.entry, request.options.probe
    allowed = request.sandbox or changes_allowed(request.workload, entry)
    return ActionLoad(
        action_id=action.id,
        action_name=action.name,
        timeout_s=PLATFORM_MAX_TIMEOUT_S if probe else action.timeout_s,
        rate=rate,
        payloads=candidate.inputs,
        target=ActionVersion.DRAFT if probe else ActionVersion.PUBLISHED,
        side_effects=(action.request_type or "").upper() != "GET",
        poll=resolved_poll(entry.poll, request.inventory, changes_allowed=allowed),
    )
