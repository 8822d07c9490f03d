"""How many calls a run may have in flight at once: what was asked for, within what the org can spare."""

from diag.errors import UsageError
from diag.workload.share_of_org_limits import OrgLimits
from loadtests.planning.direct.host_uses import places_for
from loadtests.planning.plan import LoadPlan
from loadtests.planning.plan_request import PlanRequest
from loadtests.planning.run_options import DEFAULT_MAX_IN_FLIGHT


def calls_in_flight(request: PlanRequest, limits: OrgLimits, plan: LoadPlan) -> int:
    """Return the most calls of all processes at once. Raises UsageError above the share of an org's limit."""
    wanted: int | None = request.options.max_in_flight or request.workload.max_in_flight
    if not plan.asks_the_platform:
        return wanted or places_for(plan, request.options.num_users or 1)
    if not request.as_org:
        return wanted or DEFAULT_MAX_IN_FLIGHT
    if request.turns and wanted is not None:  # a campaign's budget took less where the workload wants more
        wanted = min(wanted, limits.in_flight)
    if wanted is not None and wanted > limits.in_flight and not request.workload.exceed_limits:
        raise UsageError(
            f"{wanted} calls in flight is more than 20 % of the org's {limits.concurrent_executions or '?'} "
            f"concurrent executions ({limits.in_flight}): production would be slowed down.",
            hint="Lower max_in_flight, or set exceed_limits = true in the workload.",
        )
    return wanted or limits.in_flight
