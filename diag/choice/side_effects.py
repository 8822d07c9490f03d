"""Which actions may be called at all: on an org only what reads, where the workload allows no more."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from analysis.format.manifest import LeftOut
from diag.genesys.data_action import Action

_MAY_CHANGE: Final = "it may change data (allow_side_effects = true below its [[action]] calls it)"


@dataclass(frozen=True, slots=True)
class Selection:
    """Actions to call, and those that were wanted but are not called."""

    chosen: tuple[Action, ...]
    left_out: tuple[LeftOut, ...]


def select(actions: Sequence[Action], *, as_org: bool, allow_side_effects: bool) -> Selection:
    """Leave out what must not be called.

    A call runs the real request: on an org an action whose request is not a GET is called only where the
    workload allows side effects. Custom authentication actions are no data actions to flows at all.
    """
    chosen: list[Action] = []
    left_out: list[LeftOut] = []
    for action in actions:
        why = _why_not(action, as_org=as_org, allow_side_effects=allow_side_effects)
        if why is None:
            chosen.append(action)
        else:
            left_out.append(LeftOut(action.name, why))
    return Selection(tuple(chosen), tuple(left_out))


def _why_not(action: Action, *, as_org: bool, allow_side_effects: bool) -> str | None:
    if action.kind == "custom_auth":
        return "a custom authentication action: flows never call it"
    if allow_side_effects or not as_org:
        return None
    method = action.request_type
    if method is None:
        return f"its request type is unknown: {_MAY_CHANGE}"
    if method.upper() != "GET":
        return f"its request is a {method.upper()}: {_MAY_CHANGE}"
    return None
