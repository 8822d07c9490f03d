"""A timeout decided by a person: the same plan, the same steps, without evidence."""

import time
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase

from diag.changes.errors import UnknownActionError
from diag.changes.plans.make_plan import ReadConfig, change_of, read_or_skip
from diag.changes.plans.plan import Change, OrgIdentity, Plan, Skipped, Unchanged
from diag.genesys.models import Action


def actions_named(actions: Sequence[Action], names: Sequence[str]) -> tuple[Action, ...]:
    """Return the actions with these names or ids, each once, in the org's order; `*` stands for anything.

    Raises UnknownActionError for a name nobody has (with the nearest ones), or that several have.
    """
    chosen: set[str] = set()
    for name in names:
        exact = [action.id for action in actions if name in (action.id, action.name)]
        if len(exact) > 1:
            raise UnknownActionError(
                f"{len(exact)} actions are named {name!r}.", hint="Use the id:", details=tuple(sorted(exact))
            )
        found = exact or [
            action.id for action in actions if fnmatchcase(action.name, name) or fnmatchcase(action.id, name)
        ]
        if not found:
            near = get_close_matches(name, [action.name for action in actions], n=3)
            raise UnknownActionError(
                f"There is no action {name!r} in this org.",
                hint=f"Did you mean: {', '.join(near)}?" if near else "List them: diag scan",
            )
        chosen.update(found)
    return tuple(action for action in actions if action.id in chosen)


def make_manual_plan(
    actions: Sequence[Action],
    timeout_s: int,
    read: ReadConfig,
    org: OrgIdentity,
    *,
    max_changes: int | None = None,
    now: Callable[[], float] = time.time,
) -> Plan:
    """Return the plan that sets `timeout_s` on each action; what cannot or need not change says why."""
    found: list[Change | Skipped | Unchanged] = []
    changes = 0
    for action in actions:
        reason = action.not_configurable_reason
        if reason is None and max_changes is not None and changes >= max_changes:
            reason = f"over --max-changes {max_changes}; set again for the rest"
        one = Skipped(action.id, action.name, reason) if reason else _wanted(action, timeout_s, read)
        changes += isinstance(one, Change)
        found.append(one)
    return Plan.of(found, created_at=now(), org=org, origin="set")


def _wanted(action: Action, timeout_s: int, read: ReadConfig) -> Change | Skipped | Unchanged:
    full = read_or_skip(read, action.id, action.name)
    if isinstance(full, Skipped):
        return full
    if full.action.timeout_s == timeout_s and full.action.timeout_is_set:
        return Unchanged(action.id, action.name, f"its timeout is {timeout_s} s already")
    return change_of(full, timeout_s, "decided by hand")
