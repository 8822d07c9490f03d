"""`--dry-run`: what a run would do, in words, before anything is sent."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from analysis.format.sample_schema import InputOrigin
from analysis.inline_toml import quoted
from analysis.name_lists import reason_lines
from analysis.number_words import duration, plural
from analysis.plain_text import printable
from analysis.wrapped_text import wrapped
from diag.table import Column, Table
from diag.table_layout import lay_out
from diag.target import Target
from diag.workload.payload import Payload
from diag.workload.tables.load_shape import Poll
from loadtests.planning.plan import ActionLoad, LoadPlan
from loadtests.planning.prepare_run import PreparedRun
from loadtests.planning.unlisted_actions import Unlisted
from loadtests.run.direct.dry_run_lines import direct_lines
from loadtests.run.request_sentence import request_sentence
from loadtests.run.size_of_run import size_of_run

_INDENT: Final = "  "
_TO_PASTE: Final = " " * 6
"""Before a line to paste, which is never broken."""
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


def describe(
    prepared: PreparedRun,
    target: Target,
    run_time_s: float | None,
    users: int | None,
    *,
    width: int | None = None,
    compare: bool = False,
) -> str:
    """Return the whole schedule as text: actions, rates, calls, duration, budget, side effects.

    `users`: as they will be once all are there; None where a LoadTestShape says, then of one user. `compare`:
    a test call of each direct action follows.
    Fits into `width` columns, lines to paste excepted; None: as wide as it is. Every line is `printable`.
    """
    plan = prepared.plan
    count = 1 if users is None else users
    lasts_s = prepared.lasts_s(run_time_s)
    size = size_of_run(plan, lasts_s, count)
    lasts = "until stopped" if size.duration_s is None else duration(size.duration_s)
    if lasts_s != run_time_s and size.duration_s == lasts_s:
        lasts += ": then the approved hours end"
    org = f"org {prepared.org_name} ({target.connection.host})"
    where = "SANDBOX" + target.note if target.sandbox else org
    called_ids = {action.action_id for action in plan.actions}
    called = "one test call of each direct action is made" if compare else "nothing is called"
    what = f"Dry run: {called}. Would measure {plural(len(called_ids), 'action')} in {where}."
    lines = [
        what,
        "",
        f"  mode        {plan.mode}, {plan.model} model, {plan.arrivals} arrivals, seed {plan.seed}",
        f"  duration    {lasts}",
        f"  users       {_users(plan, users)}",
        f"  rate        at most {size.peak:.4g} calls/s at once",
        *([f"  limited     {size.capped}"] if size.capped else []),
        f"  in flight   at most {plan.max_in_flight}; arrivals beyond are counted as dropped",
    ]
    if target.counts_as_org and plan.asks_the_platform:
        limits = prepared.limits
        lines.append(
            f"  limits      token {limits.token_per_minute or '?'}/min, "
            f"{limits.concurrent_executions or '?'} concurrent executions (shared with production)"
        )
        lines.append(f"  requests    {request_sentence(prepared, size)}")
        to_learn = target.known.to_learn("diag doctor --learn")
        lines += [f"  platform    {to_learn}"] if to_learn is not None else []
    if prepared.approved is not None:
        ticket, hours = prepared.approved.record.ticket, prepared.approved.words
        lines.append(f"  approval    ticket {ticket}; calls leave in its hours only, next {hours}")
    load = min(count / plan.divided_among, plan.most_load)
    table = _table(plan.actions, [action.rate * load for action in plan.actions], size.calls)
    room = None if width is None else width - len(_INDENT)
    lines += ["", *(_INDENT + line.text for line in lay_out(table, room, gap=2))]
    for action in plan.actions:
        if action.poll:
            lines.append(_poll_line(action, action.poll, plan.total_rate))
    lines += direct_lines(prepared, count)
    changing = [action.action_name for action in plan.actions if action.side_effects]
    if changing and target.counts_as_org:
        lines += ["", f"  Side effects: {', '.join(changing)} may change real data with every call."]
    lines += _real_inputs_missing(prepared)
    if plan.left_out:
        left_out = reason_lines((action.what, action.why) for action in plan.left_out)
        lines += ["", "  Left out:", *(f"    {line}" for line in left_out)]
    if target.counts_as_org:
        lines += _not_in_the_workload(prepared.unlisted)
    return "\n".join(_fitted(printable(line), width) for line in lines) + "\n"


def _fitted(line: str, width: int | None) -> str:
    return line if width is None or line.startswith(_TO_PASTE) else wrapped(line, width)


def _table(actions: Sequence[ActionLoad], rates: Sequence[float], calls: Sequence[float | None]) -> Table:
    """Return one row per action: how often it is called, for how long at most, and with what."""
    columns = (
        Column("action"),
        Column("calls/s", "right"),
        Column("calls", "right", 2),
        Column("timeout", "right"),
        Column("request"),
        Column("inputs", priority=2),
    )
    return Table(
        columns,
        tuple(
            (
                action.shown_name,
                f"{rate:.3g}",
                "-" if count is None else f"{count:.0f}",
                f"{action.timeout_s or '?'} s"
                if action.direct is None
                else f"{action.direct.deadline_s:g} s",
                "CHANGES" if action.side_effects else "reads",
                _inputs(action.payloads),
            )
            for action, rate, count in zip(actions, rates, calls, strict=True)
        ),
    )


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
            f"{_TO_PASTE}[[action]]",
            f"{_TO_PASTE}id = {quoted(changing[0].id)}",
            f"{_TO_PASTE}allow_side_effects = true",
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
    of = {action.action_id: action for action in actions}  # an action may be called both ways
    missing = [action for action in of.values() if action.action_id in lines]
    if not missing:
        return []
    whose = f"{len(missing)} of {len(of)} actions" if len(of) > 1 else missing[0].action_name
    return [
        "",
        f'  Real inputs are missing for {whose}: diag invents some. A backend may answer "not found" to '
        "those, faster than it answers real ones: the number comes out too short, so no timeout is lowered "
        "on it. Below the action's [[action]] in the workload, paste its line and fill it in "
        "(or name a payload_file, .csv or .jsonl, with the same names):",
        *(
            line
            for action in missing
            for line in (f"    {action.action_name}:", f"{_TO_PASTE}{lines[action.action_id]}")
        ),
    ]


def _poll_line(action: ActionLoad, poll: Poll, total_rate: float | None) -> str:
    most = "" if total_rate is None else f", at most {total_rate:g} times/s in all"
    polls = f"each call starts a job, polled every {poll.every_s:g} s by calling {poll.action_name}"
    return f"  {action.action_name}: {polls}{most}"


def _users(plan: LoadPlan, users: int | None) -> str:
    each = "an arrival stream" if plan.model == "open" else "a caller that waits for each reply"
    if users is None:
        return f"as the LoadTestShape says, each {each}; the figures are of one user"
    if plan.divided_among > 1:
        return f"no number was asked for: one planned load, shared by {plan.divided_among} workers"
    return f"1, {each}" if users == 1 else f"{users}, each {each}; the figures are of all together"
