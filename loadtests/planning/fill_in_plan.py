"""From what was chosen and decided to the plan that a load process follows."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from analysis.format.action_facts import ActionFacts
from analysis.format.manifest import LeftOut
from analysis.format.sample_schema import ActionVersion
from analysis.format.timeout_limits import PLATFORM_MAX_TIMEOUT_S
from diag.choice.choose_actions import Candidate, changes_allowed, resolved_poll
from diag.choice.turns_file import WindowOrder
from diag.inventory.action_facts import facts_of
from loadtests.planning.plan import ActionLoad, LoadPlan
from loadtests.planning.plan_request import PlanRequest
from loadtests.planning.production_hours import ProductionHours
from loadtests.planning.rate_of_each_action import Rates


def fill_in_plan(
    request: PlanRequest,
    candidates: Sequence[Candidate],
    rates: Rates,
    left_out: Sequence[LeftOut],
    hours: ProductionHours,
) -> LoadPlan:
    """Return the plan; options count before the workload."""
    options, workload = request.options, request.workload
    # An action may be there twice, through Genesys Cloud and to its backend: its first entry counts.
    first = {each.action.id: each for each in reversed(candidates)}
    guarded = request.as_org if workload.guard_enabled is None else workload.guard_enabled
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
        facts=tuple(_facts(each, hours) for each in reversed(first.values())),
        recommend={each.action.id: stated for each in candidates[::-1] if (stated := _stated(request, each))},
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


def _stated(request: PlanRequest, candidate: Candidate) -> Mapping[str, object]:
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


def _action_load(request: PlanRequest, candidate: Candidate, rate: float) -> ActionLoad:
    action, entry, probe = candidate.action, candidate.entry, request.options.probe
    direct = candidate.direct
    timeout_s = action.timeout_s
    if direct is not None and direct.deadline_s != timeout_s:  # rows hold whole seconds only
        timeout_s = int(direct.deadline_s) if direct.deadline_s.is_integer() else None
    allowed = not request.as_org or changes_allowed(request.workload, entry)
    return ActionLoad(
        action_id=action.id,
        action_name=action.name,
        timeout_s=PLATFORM_MAX_TIMEOUT_S if probe else timeout_s,
        rate=rate,
        payloads=candidate.inputs,
        target=_version(candidate, probe=probe),
        side_effects=(action.request_type or "").upper() != "GET",
        poll=resolved_poll(entry.poll, request.inventory, changes_allowed=allowed),
        direct=direct,
    )


def _version(candidate: Candidate, *, probe: bool) -> ActionVersion:
    if candidate.direct is not None:
        return ActionVersion.DIRECT
    return ActionVersion.DRAFT if probe else ActionVersion.PUBLISHED
