"""Which actions a run calls, and why the others are left out."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from analysis.format.run_folder import LeftOut
from diag.errors import UsageError
from diag.genesys.models import Action

_MAY_CHANGE: Final = "it may change data (allow_side_effects in the workload calls it)"


@dataclass(frozen=True, slots=True)
class Selection:
    """Actions to call, and those that were wanted but are not called."""

    chosen: tuple[Action, ...]
    left_out: tuple[LeftOut, ...]


def matching(actions: Sequence[Action], wanted: str) -> tuple[Action, ...]:
    """Return the actions meant by an id, a name (any case) or a pattern such as `Get*`; an id goes first."""
    by_id = tuple(action for action in actions if action.id == wanted)
    if by_id:
        return by_id
    folded = wanted.casefold()
    by_name = tuple(action for action in actions if action.name.casefold() == folded)
    return by_name or tuple(action for action in actions if fnmatchcase(action.name.casefold(), folded))


def wanted_actions(actions: Sequence[Action], wanted: Sequence[str]) -> tuple[Action, ...]:
    """Return the actions meant by any of `wanted`, in the org's order; all of them when nothing is wanted.

    Raises UsageError for a name that means no action, with the nearest names there are.
    """
    if not actions:
        raise UsageError(
            "This org has no data actions.",
            hint="Check the division and role of the OAuth client: diag doctor. Or try: diag demo",
        )
    if not wanted:
        return tuple(actions)
    found: set[str] = set()
    for name in wanted:
        meant = matching(actions, name)
        if not meant:
            near = difflib.get_close_matches(name, [action.name for action in actions], n=3)
            raise UsageError(
                f"There is no action {name!r}.",
                hint=f"Did you mean {' or '.join(map(repr, near))}?" if near else "See: diag scan",
            )
        found.update(action.id for action in meant)
    return tuple(action for action in actions if action.id in found)


def select(actions: Sequence[Action], *, sandbox: bool, allow_side_effects: bool) -> Selection:
    """Leave out what must not be called.

    A call runs the real request: on an org an action whose request is not a GET is called only where the
    workload allows side effects. Custom authentication actions are no data actions to flows at all.
    """
    chosen: list[Action] = []
    left_out: list[LeftOut] = []
    for action in actions:
        why = _why_not(action, sandbox=sandbox, allow_side_effects=allow_side_effects)
        if why is None:
            chosen.append(action)
        else:
            left_out.append(LeftOut(action.name, why))
    return Selection(tuple(chosen), tuple(left_out))


def _why_not(action: Action, *, sandbox: bool, allow_side_effects: bool) -> str | None:
    if action.kind == "custom_auth":
        return "a custom authentication action: flows never call it"
    if sandbox or allow_side_effects:
        return None
    method = action.request_type
    if method is None:
        return f"its request type is unknown: {_MAY_CHANGE}"
    if method.upper() != "GET":
        return f"its request is a {method.upper()}: {_MAY_CHANGE}"
    return None
