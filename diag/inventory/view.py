"""Choosing and ordering rows, and their forms: a table for people, objects for JSON."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal, NotRequired, TypedDict

from diag.genesys.data_action import ActionKind
from diag.inventory.row import InventoryRow
from diag.inventory.where_filter import FIELDS, Where
from diag.table import Column, Table

SORT_FIELDS: Final = tuple(FIELDS)

LITERAL_TIMEOUT_WARNING: Final = (
    "A flow follows the action's timeout only where its Call Data Action step has "
    '"Use action\'s suggested timeout" ticked; a step with a timeout of its own will not follow a change. '
    "The configurations of the flows, which say so, were not read: check the steps in Architect, or export "
    "the flows (--flows-from DIR)."
)
"""Resource Center, "Call Data action": the box, or an own timeout in seconds."""


class UsingFlow(TypedDict):
    """Something that uses an action, mostly a flow."""

    id: str
    name: str
    type: str
    version: str | None


class InventoryObject(TypedDict):
    """An action of the org; null: unknown."""

    action_id: str
    action_name: str
    kind: ActionKind
    category: str | None
    integration_id: str | None
    integration_name: str | None
    integration_type: str | None
    request_type: str | None
    timeout_s: int | None
    """In force: 60 when unset."""
    timeout_is_set: bool | None
    configurable: bool
    not_configurable_reason: str | None
    function_timeout_s: int | None
    """A function's own timeout, 1 to 15."""
    bites: Literal["action", "function"] | None
    """Which of the two ends a call first."""
    version: int | None
    secure: bool
    draft: bool | None
    """Whether it has an open draft."""
    flows: NotRequired[list[UsingFlow]]
    """Which flows use it, with `--flows`."""


def select(
    rows: Sequence[InventoryRow],
    *,
    where: Sequence[Where] = (),
    name: str | None = None,
    category: str | None = None,
    integration: str | None = None,
) -> tuple[InventoryRow, ...]:
    """Return the rows that pass every filter; the three texts mean "contains", without regard to case."""
    tests: list[Where] = [*where]
    for field, wanted in (("name", name), ("category", category), ("integration", integration)):
        if wanted is not None:
            tests.append(_contains(FIELDS[field], wanted.lower()))
    return tuple(row for row in rows if all(test(row) for test in tests))


def ordered(
    rows: Sequence[InventoryRow], field: str, *, descending: bool = False
) -> tuple[InventoryRow, ...]:
    """Return the rows sorted by a field of `SORT_FIELDS`, then by name; unknown values come last."""
    read = FIELDS[field]
    by_name = sorted(rows, key=lambda row: (row.action.name.lower(), row.action.id))
    known = [row for row in by_name if read(row) is not None]
    unknown = [row for row in by_name if read(row) is None]
    known.sort(key=lambda row: _sortable(read(row)), reverse=descending)
    return (*known, *unknown)


def inventory_table(rows: Sequence[InventoryRow], set_elsewhere: Mapping[str, str] | None = None) -> Table:
    """Return the table for people and CSV; the columns of least priority go first when space is short.

    `set_elsewhere`: for actions, by id, whose timeout is no longer what diag set, what is known of that.
    """
    marks = set_elsewhere or {}
    flows = any(row.consumers is not None for row in rows)
    functions = any(row.function_timeout_s is not None for row in rows)
    columns = [
        Column("name"),
        Column("timeout_s", "right"),
        Column("set"),
        *([Column("not as diag set it")] if marks else []),
        Column("can change"),
        Column("kind", priority=2),
        Column("method", priority=3),
        *([Column("function_s", "right", priority=4)] if functions else []),
        Column("draft", priority=4),
        Column("category", priority=5),
        Column("integration", priority=5),
        Column("version", "right", priority=6),
        Column("id", priority=7),
    ]
    if flows:
        columns.append(Column("flows", priority=2))
    return Table(
        columns=tuple(columns),
        rows=tuple(
            (
                row.action.name,
                row.timeout_s,
                row.timeout_source,
                *([marks.get(row.action.id)] if marks else []),
                _can_change_text(row),
                row.action.kind,
                row.action.request_type,
                *([_function_text(row)] if functions else []),
                None if row.draft is None else "yes" if row.draft else "no",
                row.action.category,
                row.integration_name,
                row.action.version,
                row.action.id,
                *(["; ".join(f"{c.name} ({c.type})" for c in row.consumers or ())] if flows else []),
            )
            for row in rows
        ),
    )


def inventory_object(row: InventoryRow) -> InventoryObject:
    """Return a row for JSON; units in the key names, null where unknown."""
    action = row.action
    fields: InventoryObject = {
        "action_id": action.id,
        "action_name": action.name,
        "kind": action.kind,
        "category": action.category,
        "integration_id": action.integration_id,
        "integration_name": row.integration.name if row.integration else None,
        "integration_type": action.integration_type,
        "request_type": action.request_type,
        "timeout_s": row.timeout_s,
        "timeout_is_set": action.timeout_is_set,
        "configurable": action.configurable,
        "not_configurable_reason": action.not_configurable_reason,
        "function_timeout_s": row.function_timeout_s,
        "bites": row.bites,
        "version": action.version,
        "secure": action.secure,
        "draft": row.draft,
    }
    if row.consumers is not None:
        fields["flows"] = [
            {"id": c.id, "name": c.name, "type": c.type, "version": c.version} for c in row.consumers
        ]
    return fields


def summary(shown: Sequence[InventoryRow], total: int) -> str:
    """Return one line: how many, how many unset (as their rows say), how many cannot be changed."""
    unset = sum(1 for row in shown if row.timeout_source == "default")
    unknown = sum(1 for row in shown if row.timeout_source == "unknown")
    fixed = sum(1 for row in shown if not row.action.configurable)
    of_all = f"{total}" if len(shown) == total else f"{len(shown)} of {total}"
    timeouts = f"at the unset default of 60 s: {unset}" + (f"; timeout unknown: {unknown}" if unknown else "")
    return f"Actions: {of_all}; {timeouts}; cannot be changed: {fixed}."


def _contains(read: Callable[[InventoryRow], object], wanted: str) -> Where:
    return lambda row: wanted in str(read(row) or "").lower()


def _sortable(value: object) -> tuple[int, str]:
    return (int(value), "") if isinstance(value, int) else (0, str(value).lower())


def _can_change_text(row: InventoryRow) -> str:
    """Short: the whole reason is in the JSON form."""
    return "yes" if row.action.configurable else f"no ({row.action.kind.replace('_', ' ')})"


def _function_text(row: InventoryRow) -> str | None:
    if row.function_timeout_s is None:
        return None
    return f"{row.function_timeout_s} (bites)" if row.bites == "function" else str(row.function_timeout_s)
