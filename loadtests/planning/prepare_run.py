"""From options, workload and inventory to a plan: all administrative calls, before the run starts."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from analysis.format.manifest import LeftOut
from analysis.format.sample_schema import ActionVersion, shown_name
from diag.choice.choose_actions import (
    choose,
    without_a_draft,
    without_built_in,
    without_missing,
)
from diag.choice.direct_calls import DirectOrg, as_direct
from diag.choice.make_inputs import with_inputs
from diag.choice.turns_file import read_order
from diag.direct.credentials.own_environment import own_environment
from diag.errors import NotBegunError, UsageError
from diag.genesys.client import GenesysClient
from diag.production.org_to_ask import OrgToAsk
from diag.production.when_production_calls import most_requests
from diag.target import Target
from diag.workload.share_of_org_limits import OrgLimits, read_limits
from loadtests.planning.approved_hours import ApprovedHours, approved_hours, refuse_outside
from loadtests.planning.calls_in_flight import calls_in_flight
from loadtests.planning.direct.find_hosts import FoundHosts, find_hosts, without_consent
from loadtests.planning.direct.host_uses import DirectPlan, direct_rate
from loadtests.planning.direct.options_over_workload import direct_rules, refuse_what_has_no_meaning
from loadtests.planning.fill_in_plan import as_a_window, fill_in_plan
from loadtests.planning.learnt_platform import learnt_replies, refuse_a_blind_probe, used_facts
from loadtests.planning.plan import LoadPlan
from loadtests.planning.plan_request import PlanRequest, refuse_counts_below_one, workload_of
from loadtests.planning.production_hours import folders_of_runs, production_hours
from loadtests.planning.rate_of_each_action import rates_of_each_action, takes_default_rate
from loadtests.planning.topped_up_plan import read_top_up, topped_up
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
    requests: int = 0
    """Requests to the org with which the run begins, this look at it among them."""
    approved: ApprovedHours | None = None
    """Of a run beyond the limits of an org."""
    direct: DirectPlan = field(default_factory=DirectPlan)
    """Of a run that calls backends itself."""
    tops_up: bool = False
    """It adds the calls that a run lacks to it."""

    def lasts_s(self, run_time_s: float | None) -> float | None:
        """Return how long a run of `run_time_s` lasts at most: no longer than the approved hours."""
        if self.approved is None or (run_time_s is not None and run_time_s <= self.approved.left_s):
            return run_time_s
        return self.approved.left_s


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
    refuse_counts_below_one(options)
    workload = workload_of(options, target)
    order = None if options.turns is None else read_order(options.turns)
    if order is not None:  # a campaign never exceeds them
        workload = replace(workload.of_target("test"), exceed_limits=False)
    now = datetime.now(UTC) + timedelta(seconds=ahead_s)
    approved = approved_hours(workload, target, now.timestamp())
    if approved is not None and not options.dry_run:
        refuse_outside(approved, now.timestamp())
    inventory = client.list_actions(include_auth_actions=True)
    if order is not None:  # what the workload names was found when the campaign began; it may be gone since
        workload = without_missing(workload, inventory)
    own = None if target.counts_as_org else target.connection.api_base
    request = PlanRequest(options, workload, inventory, target.counts_as_org, order, own)
    if request.turns and not request.wanted:
        raise NotBegunError("The org lists none of the actions of this window.")
    found, left_out = _candidates(request, client)
    candidates = found.kept
    limits = read_limits(client)
    rates = rates_of_each_action(request, candidates, limits)
    organization = client.organization()
    folders = folders_of_runs(runs, options.turns)
    org = None if options.dry_run else OrgToAsk(client, organization.id, zone, now, folders)
    hours = production_hours(candidates, order, org)
    plan = fill_in_plan(request, candidates, rates, left_out, hours)
    if order is not None:
        plan = as_a_window(plan, order)
    more = read_top_up(options.top_up)
    if more is not None:
        plan = topped_up(plan, more)
    settings = request.direct
    direct = DirectPlan(
        direct_rules(settings, options, own, direct_rate(plan)),
        found,
        settings.timeout_s,
        takes_default_rate(request, candidates),
    )
    plan = direct.held(plan)
    if workload.guard_enabled is None and direct.calls_real_backends(plan):  # as an org is guarded
        plan = replace(plan, guard=workload.guard)
    in_flight = calls_in_flight(request, limits, plan)
    facts = client.connection.platform
    plan = replace(
        plan,
        max_in_flight=in_flight,
        concurrency_limit=limits.concurrent_executions,
        learnt=learnt_replies(facts),
        platform_facts=used_facts(facts, probe=options.probe),
    )
    if approved is not None:
        plan = replace(plan, may_call_until=approved.end)
    lines = {each.action.id: each.line_to_paste for each in candidates if each.line_to_paste is not None}
    others = unlisted(workload, inventory, request.wanted, options.workload)
    requests = client.requests + (most_requests(len(candidates)) if org is None and order is None else 0)
    named = (organization.id, organization.name)
    return PreparedRun(
        plan, limits, *named, lines, others, requests, approved, direct, tops_up=more is not None
    )


def _candidates(request: PlanRequest, client: GenesysClient) -> tuple[FoundHosts, list[LeftOut]]:
    """Return the actions to call, each with its inputs, and those left out; UsageError when none is left."""
    options = request.options
    kept, left_out = choose(
        request.workload, request.inventory, request.wanted, where=options.workload, as_org=request.as_org
    )
    if options.probe and not (options.direct or options.both):
        left_out += [
            LeftOut(
                shown_name(each.action.name, ActionVersion.DIRECT),
                "a probe calls drafts, and a backend knows none",
            )
            for each in kept
            if each.entry.target == "direct"
        ]
        kept = [each for each in kept if each.entry.target == "test"]
    is_direct = any(each.entry.target == "direct" for each in kept)
    refuse_what_has_no_meaning(options, direct=is_direct)
    if is_direct:
        kept, refused = as_direct(kept, DirectOrg.read(client, request.inventory), request.direct)
        left_out += refused
    if options.probe:
        refuse_a_blind_probe(client.connection.platform)
        kept, refused = without_a_draft(kept, client)
        left_out += refused
    if request.shares_a_rate:
        kept, refused = without_built_in(kept, options.action)
        left_out += refused
    kept, without = with_inputs(client, kept, request.seed)
    left_out += without
    found = find_hosts(kept, request.direct, own_environment(), dry_run=options.dry_run)
    found = without_consent(found, request.workload, request.sandbox_base)
    left_out += found.left_out
    if not found.kept:
        raise UsageError(
            "None of the actions may be called: "
            + "; ".join(f"{action.what}: {action.why}" for action in left_out[:3])
            + (f"; and {len(left_out) - 3} more." if len(left_out) > 3 else "."),
            hint="Choose others with --action, or see: diag scan",
        )
    return found, left_out
