"""`--dry-run`: what a run would do, in words, before anything is sent."""

from diag.target import Target
from loadtests.conductor import Conductor
from loadtests.plan import LoadPlan
from loadtests.preparing import Prepared


def describe(prepared: Prepared, target: Target, run_time_s: float | None) -> str:
    """Return the whole schedule as text: actions, rates, calls, duration, budget, side effects."""
    plan = prepared.plan
    where = "SANDBOX" if target.sandbox else f"org {prepared.org_name} ({target.connection.host})"
    duration_s = planned_duration_s(plan, run_time_s)
    lines = [
        f"Dry run: nothing is called. Would measure {len(plan.actions)} actions in {where}.",
        "",
        f"  mode        {plan.mode}, {plan.model} model, {plan.arrivals} arrivals, seed {plan.seed}",
        f"  duration    {_time(duration_s)}",
        f"  rate        at most {plan.calls_per_s:g} calls/s at once",
        f"  in flight   at most {plan.max_in_flight}; arrivals beyond are counted as dropped",
    ]
    if not target.sandbox:
        limits = prepared.limits
        lines.append(
            f"  limits      token {limits.token_per_minute or '?'}/min, "
            f"{limits.concurrent_executions or '?'} concurrent executions (shared with production)"
        )
    lines += ["", "  calls/s   calls  timeout  request  payloads  action"]
    for action, calls in zip(plan.actions, planned_calls(plan, duration_s), strict=True):
        kind = "CHANGES" if action.side_effects else "reads"
        said = "-" if calls is None else f"{calls:.0f}"
        lines.append(
            f"  {action.rate:7.3g} {said:>7}  {action.timeout_s:>5} s  {kind:<7}  {len(action.payloads):>8}  "
            f"{action.action_name}" + (" (draft)" if action.target == "draft" else "")
        )
    changing = [action.action_name for action in plan.actions if action.side_effects]
    if changing and not target.sandbox:
        lines += ["", f"  Side effects: {', '.join(changing)} may change real data with every call."]
    if plan.left_out:
        lines += ["", "  Left out:", *(f"    {one.what}: {one.why}" for one in plan.left_out)]
    return "\n".join(lines) + "\n"


def planned_duration_s(plan: LoadPlan, run_time_s: float | None) -> float | None:
    """Return how long the run takes at most, or None when only a person ends it."""
    ends = [run_time_s] if run_time_s is not None else []
    if plan.stages:
        ends.append(sum(stage.duration_s for stage in plan.stages))
    if plan.mode == "soak":
        ends.append(plan.soak.total_s)
    if plan.mode == "ramp":
        ends.append(plan.ramp.steps * plan.ramp.step_s)
    return min(ends) if ends else None


def planned_calls(plan: LoadPlan, duration_s: float | None) -> list[float | None]:
    """Return the expected calls per action; None when nothing bounds them."""
    if duration_s is None:
        most = plan.calls_per_action
        return [None if most is None else float(most)] * len(plan.actions)
    conductor = Conductor(plan)
    calls = [0.0] * len(plan.actions)
    step_s = max(1.0, duration_s / 10_000)
    at_s = 0.0
    while at_s < duration_s:
        if plan.mode == "ramp":
            conductor.level = plan.ramp.growth ** int(at_s // plan.ramp.step_s)
        span_s = min(step_s, duration_s - at_s)
        for index, rate in enumerate(conductor.rates(at_s)):
            calls[index] += rate * span_s
            if plan.calls_per_action is not None and calls[index] >= plan.calls_per_action:
                calls[index] = plan.calls_per_action
                conductor.finish(index, "calls made")
        at_s += step_s
    return [float(count) for count in calls]


def _time(duration_s: float | None) -> str:
    if duration_s is None:
        return "until stopped"
    hours, rest = divmod(int(duration_s), 3600)
    minutes, seconds = divmod(rest, 60)
    parts = [
        f"{hours} h" if hours else "",
        f"{minutes} min" if minutes else "",
        f"{seconds} s" if seconds else "",
    ]
    return " ".join(filter(None, parts)) or "0 s"
