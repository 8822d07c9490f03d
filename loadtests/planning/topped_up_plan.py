"""A run that gets the calls it lacks: which actions, how many more of each, and as fast as before."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated

from analysis.format.json_to_dataclass import Amount, Between, WrongShapeError, typed
from analysis.format.json_within_limits import UnfitJsonError, parse_object
from diag.errors import UsageError
from loadtests.planning.plan import LoadPlan


@dataclass(frozen=True, slots=True)
class MoreCalls:
    """Of one action: `calls` more, at `rate` calls/s, the load level of those before."""

    calls: Annotated[int, Between(1, 10**6)]
    rate: Annotated[Amount, Between(1e-6, 1e6)]


@dataclass(frozen=True, slots=True)
class TopUp:
    """By action id."""

    actions: Mapping[str, MoreCalls]


def read_top_up(text: str | None) -> TopUp | None:
    """Return what `--top-up` asks for, None where it was not given. Raises UsageError."""
    if text is None:
        return None
    try:
        return typed(TopUp, parse_object(text))
    except (UnfitJsonError, WrongShapeError) as error:
        raise UsageError(f"--top-up: {error}.", hint="diag measure --into writes it.") from None


def topped_up(plan: LoadPlan, more: TopUp) -> LoadPlan:
    """Return the plan of these calls. Raises UsageError where one of the actions cannot be called."""
    known = {action.action_id for action in plan.actions}
    gone = sorted(set(more.actions) - known)
    if gone:
        why = "; ".join(f"{one.what}: {one.why}" for one in plan.left_out[:3])
        raise UsageError(
            f"{len(gone)} of the actions that lack calls cannot be called now{f' ({why})' if why else ''}.",
            hint="Top up the others: --action NAME",
        )
    return replace(
        plan,
        actions=tuple(
            replace(
                action, calls=more.actions[action.action_id].calls, rate=more.actions[action.action_id].rate
            )
            for action in plan.actions
            if action.action_id in more.actions
        ),
        facts=tuple(facts for facts in plan.facts if facts.action_id in more.actions),
        mode="measure",
        duration_s=None,
        calls_per_action=None,
        stages=(),
    )
