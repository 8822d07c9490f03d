"""From options, workload and inventory to a plan: all administrative calls, before the run starts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from analysis.format.run_folder import LeftOut
from analysis.format.schema import PLATFORM_MAX_TIMEOUT_S, ActionVersion
from diag.errors import UsageError
from diag.genesys.client import GenesysClient
from diag.genesys.models import Action
from diag.inventory.action_facts import facts_of
from diag.target import Target
from diag.workload.load_shape import Poll
from diag.workload.org_limits import OrgLimits, read_limits
from diag.workload.read_workload import read_workload
from diag.workload.selection import actions_to_call, select
from diag.workload.workload import Workload, WorkloadEntry
from loadtests.planning.inputs import inputs_of
from loadtests.planning.plan import ActionLoad, LoadPlan
from loadtests.planning.rates import Wanted, planned_rates
from loadtests.planning.run_options import DEFAULT_MAX_IN_FLIGHT, DEFAULT_SANDBOX_RATE

EVERYTHING: Final = Workload(entries=(WorkloadEntry(name="*"),))
"""What the sandbox is called with when nobody wrote a workload."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A plan, and the names a manifest needs."""

    plan: LoadPlan
    limits: OrgLimits
    org_id: str | None
    org_name: str | None


@dataclass(frozen=True, slots=True)
class Chosen:
    """An action and the entry of the workload that asks for it."""

    action: Action
    entry: WorkloadEntry


def prepare(options: Any, target: Target, client: GenesysClient) -> Prepared:
    """Return what to call. `options` are Locust's parsed options with those of `run_options`.

    Raises UsageError (nothing to call, unknown action, an org without a workload, a bad one) and ApiError.
    """
    for flag, given in (
        ("--max-in-flight", options.max_in_flight),
        ("--calls-per-action", options.calls_per_action),
    ):
        if given is not None and given < 1:
            raise UsageError(f"{flag} is {given}.", hint="Use a whole number from 1.")
    workload = _workload(options, target)
    inventory = client.list_actions(include_auth_actions=True)
    chosen, left_out = _choose(workload, inventory, options, sandbox=target.sandbox)
    if options.probe:
        chosen, refused = _probe_candidates(chosen, client)
        left_out += refused
    seed = options.seed if options.seed is not None else workload.seed
    inputs, without = inputs_of(client, [(one.action, one.entry) for one in chosen], seed)
    chosen = [one for one in chosen if one.action.id in inputs]
    left_out += without
    if not chosen:
        raise UsageError(
            "None of the actions may be called: "
            + "; ".join(f"{one.what}: {one.why}" for one in left_out[:3])
            + (f"; and {len(left_out) - 3} more." if len(left_out) > 3 else "."),
            hint="Choose others with --action, or see: diag scan",
        )
    limits = read_limits(client)
    polled = any(one.entry.poll is not None for one in chosen)
    rates = planned_rates(
        [Wanted(one.action.name, one.entry.rate, one.entry.weight) for one in chosen],
        total=workload.rate,
        override=options.rate,
        default=DEFAULT_SANDBOX_RATE if target.sandbox else None,
        limits=None if target.sandbox else limits,
        exceed_limits=workload.exceed_limits,
        polled=polled,
    )
    guarded = not target.sandbox if workload.guard_enabled is None else workload.guard_enabled
    organization = client.organization()
    version = ActionVersion.DRAFT if options.probe else ActionVersion.PUBLISHED
    plan = LoadPlan(
        actions=tuple(
            ActionLoad(
                action_id=one.action.id,
                action_name=one.action.name,
                timeout_s=PLATFORM_MAX_TIMEOUT_S if options.probe else one.action.timeout_s,
                rate=rate,
                payloads=inputs[one.action.id],
                target=version,
                side_effects=(one.action.request_type or "").upper() != "GET",
                poll=_resolved(
                    one.entry.poll, inventory, allowed=target.sandbox or _allowed(workload, one.entry)
                ),
            )
            for one, rate in zip(chosen, rates.each, strict=True)
        ),
        model=options.model or workload.model,
        arrivals=options.arrivals or workload.arrivals,
        mode=options.mode or workload.mode,
        seed=seed,
        max_in_flight=_in_flight(options, workload, target, limits),
        drain_s=max(0.0, options.drain_s),
        total_rate=rates.total,
        duration_s=workload.duration_s,
        calls_per_action=options.calls_per_action or workload.calls_per_action,
        stages=workload.stages,
        guard=workload.guard if guarded else workload.guard.off(),
        soak=workload.soak,
        ramp=workload.ramp,
        facts=tuple(
            replace(facts_of(one.action), production_peak_rate=one.entry.production_peak_rate)
            for one in chosen
        ),
        recommend={one.action.id: one.entry.recommend for one in chosen if one.entry.recommend},
        left_out=tuple(left_out),
        workload=str(options.workload) if options.workload else None,
        concurrency_limit=limits.concurrent_executions,
        sla=(*workload.sla, *options.sla),
    )
    return Prepared(plan, limits, organization.id, organization.name)


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


def _choose(
    workload: Workload, inventory: Sequence[Action], options: Any, *, sandbox: bool
) -> tuple[list[Chosen], list[LeftOut]]:
    """Return what the workload and `--action` agree on; the first entry that means an action counts."""
    asked = {action.id for action in actions_to_call(inventory, options.action)}
    entry_of: dict[str, WorkloadEntry] = {}
    for entry in workload.entries:
        for action in _meant(entry, inventory, options.workload):
            entry_of.setdefault(action.id, entry)
    chosen: list[Chosen] = []
    left_out: list[LeftOut] = []
    for action in inventory:
        if action.id not in asked or action.id not in entry_of:
            continue
        entry = entry_of[action.id]
        selection = select([action], sandbox=sandbox, allow_side_effects=_allowed(workload, entry))
        chosen += [Chosen(action, entry) for action in selection.chosen]
        left_out += selection.left_out
    if not chosen and not left_out:
        raise UsageError(
            f"{options.workload} names none of the actions asked for.",
            hint="Name them in the workload too, or leave --action out.",
        )
    return chosen, left_out


def _meant(entry: WorkloadEntry, inventory: Sequence[Action], where: str | None) -> Sequence[Action]:
    if entry.category is not None:
        category = entry.category.casefold()
        found = [one for one in inventory if (one.category or "").casefold() == category]
        if not found:
            raise UsageError(
                f"{where}: no action has the category {entry.category!r}.", hint="See: diag scan"
            )
        return found
    if entry.id is not None:
        found = [one for one in inventory if one.id == entry.id]
        if not found:
            raise UsageError(f"{where}: there is no action with the id {entry.id!r}.", hint="See: diag scan")
        return found
    try:
        return actions_to_call(inventory, [entry.name or ""])
    except UsageError as error:
        raise UsageError(f"{where}: {error.message}" if where else error.message, hint=error.hint) from None


def _allowed(workload: Workload, entry: WorkloadEntry) -> bool:
    return workload.allow_side_effects or entry.allow_side_effects


def _resolved(poll: Poll | None, inventory: Sequence[Action], *, allowed: bool) -> Poll | None:
    """Return the poll with its action's id; the action must be one, and one that may be called."""
    if poll is None:
        return None
    meant = actions_to_call(inventory, [poll.action])
    if len(meant) != 1:
        raise UsageError(f"poll: {poll.action!r} means {len(meant)} actions.", hint="Give its id.")
    selection = select(meant, sandbox=False, allow_side_effects=allowed)
    if not selection.chosen:
        raise UsageError(f"poll: {meant[0].name} may not be called: {selection.left_out[0].why}.")
    return replace(poll, action=meant[0].id, action_name=meant[0].name)


def _in_flight(options: Any, workload: Workload, target: Target, limits: OrgLimits) -> int:
    wanted: int | None = options.max_in_flight or workload.max_in_flight
    if target.sandbox:
        return wanted or DEFAULT_MAX_IN_FLIGHT
    if wanted is not None and wanted > limits.in_flight and not workload.exceed_limits:
        raise UsageError(
            f"{wanted} calls in flight is more than 20 % of the org's {limits.concurrent_executions or '?'} "
            f"concurrent executions ({limits.in_flight}): production would starve.",
            hint="Lower max_in_flight, or say so in the workload: exceed_limits = true",
        )
    return wanted or limits.in_flight


def _probe_candidates(chosen: Sequence[Chosen], client: GenesysClient) -> tuple[list[Chosen], list[LeftOut]]:
    """Leave out what cannot have a draft of ours; an existing draft is somebody's work, never touched."""
    usable: list[Chosen] = []
    refused: list[LeftOut] = []
    for one in chosen:
        action = one.action
        if not action.configurable:
            refused.append(LeftOut(action.name, f"no draft possible: {action.not_configurable_reason}"))
        elif client.get_draft(action.id) is not None:
            refused.append(LeftOut(action.name, "it already has a draft, which is somebody's work"))
        else:
            usable.append(one)
    return usable, refused
