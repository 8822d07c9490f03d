"""`--dry-run`: what a run would do, in words, before anything is sent."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from analysis.format.sample_schema import InputOrigin
from analysis.number_words import plural, reason_lines
from diag.table import clean
from diag.target import Target
from diag.workload.load_shape import Poll
from diag.workload.payload import Payload
from loadtests.planning.make_plan import PreparedRun
from loadtests.planning.plan import ActionLoad, LoadPlan
from loadtests.planning.unlisted import Unlisted
from loadtests.steering.rate_control import RateControl

MOST_NAMED: Final = 20
"""Actions that the workload does not name; beyond that they are counted."""


def in_short(plan: LoadPlan) -> str:
    """Return the plan in one line: what one user, or where no number was asked for, all of them send."""
    rate = sum(action.rate for action in plan.actions)
    count = sum(one.payloads[0].origin is InputOrigin.INVENTED for one in plan.actions)
    invented = f", {count} with invented inputs" if count else ""
    whose = "each user" if plan.divided_among == 1 else f"{plan.divided_among} workers together"
    limit = "" if plan.total_rate is None else f" (all users together at most {plan.total_rate:.4g})"
    return (
        f"{plural(len(plan.actions), 'action')}, {rate:.4g} calls/s for {whose}{limit}, "
        f"{plan.arrivals} arrivals, {plan.model} model{invented}"
    )


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a plan comes to.

    `calls`: per action, None where nothing bounds them; `peak`: most calls/s at once; `capped`: one sentence
    where more is asked for than the limits leave.
    """

    duration_s: float | None
    calls: tuple[float | None, ...]
    peak: float
    capped: str | None


def describe(prepared: PreparedRun, target: Target, run_time_s: float | None, users: int | None) -> str:
    """Return the whole schedule as text: actions, rates, calls, duration, budget, side effects.

    `users`: as they will be once all are there; None where a LoadTestShape says, then of one user.
    """
    plan = prepared.plan
    count = 1 if users is None else users
    coming = forecast(plan, run_time_s, count)
    where = "SANDBOX" if target.sandbox else f"org {prepared.org_name} ({target.connection.host})"
    lines = [
        f"Dry run: nothing is called. Would measure {plural(len(plan.actions), 'action')} in {where}.",
        "",
        f"  mode        {plan.mode}, {plan.model} model, {plan.arrivals} arrivals, seed {plan.seed}",
        f"  duration    {_time(coming.duration_s)}",
        f"  users       {_users(plan, users)}",
        f"  rate        at most {coming.peak:.4g} calls/s at once",
        f"  in flight   at most {plan.max_in_flight}; arrivals beyond are counted as dropped",
    ]
    if coming.capped:
        lines.insert(-1, f"  limited     {coming.capped}")
    if not target.sandbox:
        limits = prepared.limits
        lines.append(
            f"  limits      token {limits.token_per_minute or '?'}/min, "
            f"{limits.concurrent_executions or '?'} concurrent executions (shared with production)"
        )
    lines += ["", "  calls/s   calls  timeout  request  inputs      action"]
    load = min(count / plan.divided_among, plan.most_load)
    for action, calls in zip(plan.actions, coming.calls, strict=True):
        kind = "CHANGES" if action.side_effects else "reads"
        count_text = "-" if calls is None else f"{calls:.0f}"
        lines.append(
            f"  {action.rate * load:7.3g} {count_text:>7}  {action.timeout_s or '?':>5} s  {kind:<7}  "
            f"{_inputs(action.payloads):<10}  {action.action_name}"
            + (" (draft)" if action.target == "draft" else "")
        )
    lines += [_poll_line(action, action.poll, plan.total_rate) for action in plan.actions if action.poll]
    changing = [action.action_name for action in plan.actions if action.side_effects]
    if changing and not target.sandbox:
        lines += ["", f"  Side effects: {', '.join(changing)} may change real data with every call."]
    lines += _real_inputs_missing(prepared)
    if plan.left_out:
        lines += ["", "  Left out:", *(f"    {line}" for line in _left_out(plan))]
    if not target.sandbox:
        lines += _not_in_the_workload(prepared.unlisted)
    return "\n".join(map(clean, lines)) + "\n"


def _left_out(plan: LoadPlan) -> list[str]:
    return reason_lines((action.what, action.why) for action in plan.left_out)


def _not_in_the_workload(unlisted: Unlisted) -> list[str]:
    """Return which actions the workload does not name, and what to write to have one called."""
    lines = []
    changing = unlisted.changing
    if changing:
        lines += [
            "",
            "  Not in the workload, because each call may change data:",
            *(
                f"    {each.name} ({each.request_type or 'unknown request'})"
                for each in changing[:MOST_NAMED]
            ),
        ]
        if len(changing) > MOST_NAMED:
            lines.append(f"    and {len(changing) - MOST_NAMED} more: diag scan")
        lines += [
            f"  To call {changing[0].name}, write into the workload file:",
            "    [[action]]",
            f"    id = {json.dumps(changing[0].id)}",
            "    allow_side_effects = true",
        ]
    if unlisted.reading:
        more = plural(unlisted.reading, "action that only reads", "actions that only read")
        lines += ["", f"  Not in the workload either: {more}."]
    return lines


def _inputs(payloads: Sequence[Payload]) -> str:
    """Return how many inputs there are of each origin: `5 invented`, `1 inline, 40 file`, `none`."""
    counts = Counter(payload.origin for payload in payloads)
    named = [origin for origin in InputOrigin if counts[origin] and origin is not InputOrigin.NONE]
    return ", ".join(f"{counts[origin]} {origin}" for origin in named) or "none"


def _real_inputs_missing(prepared: PreparedRun) -> list[str]:
    """Return for which actions inputs are invented, and for each the line that gives it real ones."""
    actions, lines = prepared.plan.actions, prepared.lines_to_paste
    missing = [action for action in actions if action.action_id in lines]
    if not missing:
        return []
    whose = f"{len(missing)} of {len(actions)} actions" if len(actions) > 1 else missing[0].action_name
    return [
        "",
        f"  Real inputs are missing for {whose}: diag invents some. A backend",
        '  may answer "not found" to those, faster than it answers real ones: the number',
        "  comes out too short, so no timeout is lowered on it without --force. Below",
        "  the action's [[action]] in the workload, paste its line and fill it in (or",
        "  name a payload_file, .csv or .jsonl, with the same names):",
        *(
            line
            for action in missing
            for line in (f"    {action.action_name}:", f"      {lines[action.action_id]}")
        ),
    ]


def _poll_line(action: ActionLoad, poll: Poll, total_rate: float | None) -> str:
    most = "" if total_rate is None else f", at most {total_rate:g} times/s in all"
    polls = f"each call starts a job, polled every {poll.every_s:g} s by calling {poll.action_name}"
    return f"  {action.action_name}: {polls}{most}"


def forecast(plan: LoadPlan, run_time_s: float | None, users: int) -> Forecast:
    """Return what that many users come to, by the same rules as the run itself."""
    duration_s = _duration_s(plan, run_time_s, users)
    rate_control = RateControl(plan)
    calls = [0.0] * len(plan.actions)
    peak, capped = 0.0, None
    step_s = max(1.0, (duration_s or 0.0) / 10_000)
    at_s = 0.0
    while at_s < (step_s if duration_s is None else duration_s):
        if plan.mode == "ramp":
            rate_control.level = plan.ramp.growth ** int(at_s // plan.ramp.step_s)
        rates = rate_control.rates(at_s, users)
        peak = max(peak, sum(rates))
        capped = capped or rate_control.capped(at_s, users)
        span_s = min(step_s, duration_s - at_s) if duration_s is not None else 0.0
        for index, rate in enumerate(rates):
            calls[index] += rate * span_s
            if plan.calls_per_action is not None and calls[index] >= plan.calls_per_action:
                calls[index] = plan.calls_per_action
                rate_control.finish(index, "calls made")
        at_s += step_s
    if duration_s is None:
        most = plan.calls_per_action
        return Forecast(None, (None if most is None else float(most),) * len(plan.actions), peak, capped)
    return Forecast(duration_s, tuple(float(count) for count in calls), peak, capped)


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


def _users(plan: LoadPlan, users: int | None) -> str:
    each = "an arrival stream" if plan.model == "open" else "a caller that waits for each reply"
    if users is None:
        return f"as the LoadTestShape says, each {each}; the figures are of one user"
    if plan.divided_among > 1:
        return f"no number was asked for: one planned load, shared by {plan.divided_among} workers"
    return f"1, {each}" if users == 1 else f"{users}, each {each}; the figures are of all together"


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
