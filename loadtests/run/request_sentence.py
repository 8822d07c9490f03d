"""How many requests to the org a run comes to, in words: they count against limits, and against fair use."""

from typing import Final

from analysis.number_words import plural
from diag.workload.fair_use import DAY_S, FAIR_USE, share_of_a_day
from loadtests.planning.plan import LoadPlan
from loadtests.planning.prepare_run import PreparedRun
from loadtests.run.size_of_run import RunSize, asked_of_the_org

_MINUTES_OF_A_DAY: Final = 1440


def request_sentence(prepared: PreparedRun, size: RunSize) -> str:
    """Return what the run comes to in requests, a day's share of them, and what else they count against."""
    token = prepared.limits.token_per_minute
    polls = ", and the polls of its jobs" if _polls(prepared.plan) else ""
    asked = asked_of_the_org(size, prepared.plan)
    known = [count for count in asked.calls if count is not None]
    if len(known) == len(asked.calls):
        calls, beside = round(sum(known)), prepared.requests
        text = f"about {calls + beside:,}: {plural(calls, 'call')} and {beside} to begin{polls}"
        share = share_of_a_day(calls + beside, token, size.duration_s or DAY_S)
    else:
        a_minute = asked.peak * 60.0
        text = f"up to {a_minute:,.0f} a minute until it is stopped{polls}"
        share = share_of_a_day(a_minute * _MINUTES_OF_A_DAY, token)
    return f"{text}; {share}. {FAIR_USE}"


def _polls(plan: LoadPlan) -> bool:
    return any(action.poll is not None for action in plan.actions)
