"""The JSON of `diag scan`: every action, with what its flows and the journal say beside it."""

from collections.abc import Sequence
from typing import Annotated, Final, Literal, NotRequired, TypedDict

from analysis.dataclass_to_json import JsonObject, Written
from analysis.flows.flow import FlowsRead
from analysis.flows.flow_json import FlowJson, FlowNotRead, flow_to_json
from analysis.flows.flow_view import FlowView
from diag.audits.marked_timeouts import MarkedTimeouts
from diag.audits.set_elsewhere import SetElsewhere
from diag.inventory.read_inventory import NotRead
from diag.inventory.row import InventoryRow
from diag.inventory.view import InventoryObject, inventory_object

_ELSEWHERE: Final = Written(SetElsewhere)
_NOT_READ: Final = Written(NotRead)


class ScannedAction(InventoryObject):
    """An action, and whether its timeout is still what diag set."""

    set_elsewhere: Annotated[JsonObject, _ELSEWHERE] | None
    """Null: it is, or diag never set it."""


class ScanJson(TypedDict):
    """Every action that was asked for."""

    format_version: Literal[1]
    actions: list[ScannedAction]
    not_read: list[Annotated[JsonObject, _NOT_READ]]
    warnings: list[str]
    flows: NotRequired[list[FlowJson]]
    """With `--flows` or `--flows-from`."""
    flows_not_read: NotRequired[list[FlowNotRead]]


def scan_json(
    rows: Sequence[InventoryRow],
    marks: MarkedTimeouts,
    not_read: Sequence[NotRead],
    warnings: Sequence[str],
    flows: tuple[FlowsRead, Sequence[FlowView]] | None,
) -> ScanJson:
    """Return the rows as JSON; `flows`: those that were read, and as they are shown."""
    body: ScanJson = {
        "format_version": 1,
        "actions": [{**inventory_object(row), "set_elsewhere": _elsewhere(row, marks)} for row in rows],
        "not_read": [_NOT_READ.of(entry) for entry in not_read],
        "warnings": list(warnings),
    }
    if flows is not None:
        read, views = flows
        body["flows"] = [flow_to_json(view) for view in views]
        body["flows_not_read"] = [{"flow": one.name, "why": one.why} for one in read.unread]
    return body


def _elsewhere(row: InventoryRow, marks: MarkedTimeouts) -> JsonObject | None:
    one = marks.found.get(row.action.id)
    return None if one is None else _ELSEWHERE.of(one)
