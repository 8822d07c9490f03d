"""What a plan comes to: its duration, the calls of each action and the highest rate. Pure; sends nothing."""

from dataclasses import dataclass, replace
from itertools import compress
from typing import Final

from diag.workload.share_of_org_limits import DEFAULT_TOKEN_RATE, OrgLimits
from loadtests.planning.plan import LoadPlan
from loadtests.steering.rate_control import RateControl

_MINUTE_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class RunSize:
    """What a plan comes to.

    `calls`: per action, None where nothing bounds them; `peak`: most calls/s at once, `org_peak` of
    those to the org; `capped`: one sentence where more is asked for than the limits leave.
    """

    duration_s: float | None
    calls: tuple[float | None, ...]
    peak: float
    org_peak: float
    capped: str | None


def size_of_run(plan: LoadPlan, run_time_s: float | None, users: int) -> RunSize:
    """Return what that many users come to, by the same rules as the run itself."""
    duration_s = _duration_s(plan, run_time_s, users)
    rate_control = RateControl(plan)
    calls = [0.0] * len(plan.actions)
    most = [plan.most_calls(action) for action in plan.actions]
    to_the_org = [action.direct is None for action in plan.actions]
    peak, org_peak, capped = 0.0, 0.0, None
    step_s = max(1.0, (duration_s or 0.0) / 10_000)
    at_s = 0.0
    while at_s < (step_s if duration_s is None else duration_s):
        if plan.mode == "ramp":
            rate_control.level = plan.ramp.growth ** int(at_s // plan.ramp.step_s)
        rates = rate_control.rates(at_s, users)
        peak = max(peak, sum(rates))
        org_peak = max(org_peak, sum(compress(rates, to_the_org)))
        capped = capped or rate_control.capped(at_s, users)
        span_s = min(step_s, duration_s - at_s) if duration_s is not None else 0.0
        for index, rate in enumerate(rates):
            calls[index] += rate * span_s
            limit = most[index]
            if limit is not None and calls[index] >= limit:
                calls[index] = limit
                rate_control.finish(index, "calls made")
        at_s += step_s
    if duration_s is None:  # who waits for a turn now has it later
        planned = sum(compress((action.rate for action in plan.actions), to_the_org))
        org_peak = min(peak, planned * rate_control.load(0.0, users))
    found = most if duration_s is None else calls
    counts = tuple(None if count is None else float(count) for count in found)
    return RunSize(duration_s, counts, peak, org_peak, capped)


def asked_of_the_org(size: RunSize, plan: LoadPlan) -> RunSize:
    """Return the same without the calls to backends themselves, which count against no limit of the org."""
    calls = compress(size.calls, [action.direct is None for action in plan.actions])
    return replace(size, calls=tuple(calls), peak=size.org_peak)


def wait_before_calls_s(requests: int, took_s: float, size: RunSize, limits: OrgLimits) -> float:
    """Return the seconds to wait so that no minute holds more requests than the token may send.

    An org with 200 actions is asked 200 times for their inputs, at once. Calls at 80 % of the limit right
    after it would be more than the limit, and an integration of the same client might be refused.

    `requests`: those made to begin, in the last `took_s` seconds; `size`: the calls that follow."""
    left = max(0, (limits.token_per_minute or DEFAULT_TOKEN_RATE) - requests)
    known = [count for count in size.calls if count is not None]
    calls = sum(known) if len(known) == len(size.calls) else float("inf")
    if size.peak <= 0.0 or min(calls, size.peak * _MINUTE_S) <= left:
        return 0.0
    return max(0.0, _MINUTE_S - took_s - left / size.peak)


def _duration_s(plan: LoadPlan, run_time_s: float | None, users: int) -> float | None:
    """How long the run takes at most, or None when only the user ends it."""
    ends = [run_time_s] if run_time_s is not None else []
    if plan.stages:
        ends.append(sum(stage.duration_s for stage in plan.stages))
    if plan.mode == "soak":
        ends.append(plan.soak.total_s)
    if plan.mode == "ramp":
        ends.append(_ramp_steps(plan, users) * plan.ramp.step_s)
    return min(ends) if ends else None


def _ramp_steps(plan: LoadPlan, users: int) -> int:
    """How many steps there are before the limits allow no higher one (Director ends the ramp there)."""
    asked = users / plan.divided_among
    for step in range(1, plan.ramp.steps):
        if asked * plan.ramp.growth ** (step - 1) >= plan.most_load:
            return step
    return plan.ramp.steps
