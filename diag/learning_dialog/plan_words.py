"""The plan of a session in words: what will be done, on what, how many requests, what it changes."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from analysis.format.sample_schema import InputOrigin
from analysis.number_words import plural
from diag.genesys.data_action import Action
from diag.learning.experiments.edge_ceiling import PATIENCE_S
from diag.learning.lab.lab import MOST_S, LearnOptions
from diag.learning.lab.request_budget import MOST_REQUESTS
from diag.learning.session.plan import LearnPlan

_INPUTS: Final = {
    InputOrigin.NONE: "without inputs",
    InputOrigin.INVENTED: "with invented inputs",
    InputOrigin.CONTRACT: "with inputs that its contract lists",
}


@dataclass(frozen=True, slots=True)
class PlannedSession:
    """What a plan is shown of. `unknown_permissions`: the client may not read its own."""

    action: Action
    plan: LearnPlan
    options: LearnOptions
    origin: InputOrigin
    platform_file: str
    unknown_permissions: bool


def plan_lines(session: PlannedSession) -> Iterator[str]:
    """Yield the plan, a line each."""
    action, plan = session.action, session.plan
    on_draft = [one for one in plan.experiments if one.on_draft]
    reading = [one for one in plan.experiments if not one.on_draft]
    if on_draft:
        yield f"On a private copy (draft) of {action.name}, a GET with a timeout of {action.timeout_s} s:"
        for one in on_draft:
            yield f"  {one.name}: {one.does}"
    if reading:
        yield "Questions that only read:"
        for one in reading:
            yield f"  {one.name}: {one.does}"
    for skipped in plan.skipped:
        yield f"Left out: {skipped.name} ({skipped.why})"
    most = min(plan.requests, MOST_REQUESTS)
    most_s = MOST_S + (PATIENCE_S if session.options.long else 0.0)
    yield f"At most {most} requests, and {math.ceil(most_s / 60)} minutes. {_calls(session)}"
    if on_draft:
        yield (
            "Nothing that is published is changed. The draft is deleted at the end, after Ctrl-C too. "
            "After a crash diag doctor finds it."
        )
        if session.unknown_permissions:
            yield (
                "Whether this client may delete drafts is not known, as it may not read its own permissions. "
                "If not, the draft stays for you to delete."
            )
    yield f"What is found goes to {session.platform_file}, which names nothing of the org."


def _calls(session: PlannedSession) -> str:
    calling = [one for one in session.plan.experiments if one.calls]
    if not calling:
        return "No backend is called."
    if session.options.slow_url is not None:
        return (
            f"The draft calls {session.options.slow_url} in place of its own backend, without its headers, "
            "but with the login of its integration, if that has one: name only an address of your own."
        )
    how = _INPUTS.get(session.origin, "with the workload's inputs")
    return f"Its backend is called for real, {how}, at most {plural(_most_calls(session), 'time')}."


def _most_calls(session: PlannedSession) -> int:
    from diag.learning.experiments.timed_out_test import MOST_CALLS

    return MOST_CALLS + (1 if session.options.long else 0)
