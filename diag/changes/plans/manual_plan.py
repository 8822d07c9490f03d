"""A timeout chosen by the user (`diag set`): the same plan and steps, without evidence."""

import time
from collections.abc import Callable, Sequence

from diag.changes.change_errors import UnknownActionError
from diag.changes.plans.plan import Change, OrgIdentity, Plan, PlanItem, SkippedChange, Unchanged
from diag.changes.plans.planned_change import ReadConfig, change_of, read_or_skip
from diag.genesys.data_action import Action
from diag.inventory.named_actions import ids_meant, ids_of_all, is_pattern, no_such_action


def actions_named(actions: Sequence[Action], names: Sequence[str]) -> tuple[Action, ...]:
    """Return the actions these names mean (diag/inventory/named_actions.py), each once, in the org's order.

    Raises UnknownActionError for a name no action has (with the nearest ones), or that several have: a
    write must say which one it means.
    """
    pairs = [(action.id, action.name) for action in actions]

    def unknown(name: str) -> UnknownActionError:
        return no_such_action(UnknownActionError, (known for _, known in pairs), name)

    chosen = ids_of_all(pairs, names, unknown)
    for name in names:
        meant = ids_meant(pairs, name)
        if not is_pattern(name) and len(meant) > 1:
            raise UnknownActionError(
                f"{len(meant)} actions are named {name!r}.", hint="Use the id:", details=tuple(sorted(meant))
            )
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
    """Return the plan that sets `timeout_s` on each action; those left alone say why."""
    items: list[PlanItem] = []
    changes = 0
    for action in actions:
        reason = action.not_configurable_reason
        if reason is None and max_changes is not None and changes >= max_changes:
            reason = f"over --max-changes {max_changes}; set again for the rest"
        skipped = SkippedChange(action.id, action.name, reason) if reason else None
        item = skipped or _planned(action, timeout_s, read)
        changes += isinstance(item, Change)
        items.append(item)
    return Plan.of(items, created_at=now(), org=org, origin="set")


def _planned(action: Action, timeout_s: int, read: ReadConfig) -> PlanItem:
    full = read_or_skip(read, action.id, action.name)
    if isinstance(full, SkippedChange):
        return full
    if full.action.timeout_s == timeout_s and full.action.timeout_is_set:
        return Unchanged(action.id, action.name, f"its timeout is {timeout_s} s already")
    return change_of(full, timeout_s, "decided by hand")
