"""Reading the inventory through the client: as few calls as the platform allows.

10,000 actions are 100 calls for the actions, plus the pages of drafts and integrations. What the
permissions do not allow to read leaves its column empty, with a reason.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from diag.genesys.api_errors import NotFoundError, PermissionMissingError
from diag.genesys.client import GenesysClient
from diag.genesys.http.paging import OnProgress
from diag.inventory.row import InventoryRow

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class NotRead:
    """Something that could not be read, and why: `what` is missing from the rows."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Inventory:
    """Every action of the org, and what could not be read about them."""

    rows: tuple[InventoryRow, ...]
    not_read: tuple[NotRead, ...] = ()

    @property
    def ends_after_s(self) -> dict[str, int | None]:
        """Return, by id of an action, when a call ends at the latest, seconds; None: unknown."""
        return {row.action.id: row.ends_after_s for row in self.rows}


def read_inventory(client: GenesysClient, *, on_progress: OnProgress | None = None) -> Inventory:
    """Return every action with integration, draft and, for functions, the second timeout.

    `on_progress(done, total)` counts actions.
    """
    not_read: list[NotRead] = []
    actions = client.list_actions(on_progress=on_progress)
    listed = _unless_forbidden(client.integrations, "integration names and types", not_read)
    integrations = {entry.id: entry for entry in listed or ()}
    drafts = _unless_forbidden(client.draft_ids, "open drafts", not_read)
    rows = []
    functions_forbidden = False
    for action in actions:
        integration = integrations.get(action.integration_id or "")
        if integration is not None:
            action = replace(action, integration_type=integration.type_id)
        row = InventoryRow(
            action=action,
            integration=integration,
            draft=None if drafts is None else action.id in drafts,
        )
        if action.kind == "function" and not functions_forbidden:
            before = len(not_read)
            row = replace(row, function_timeout_s=_function_timeout_s(client, action.id, not_read))
            functions_forbidden = len(not_read) > before  # one 403 is enough: the others would fail alike
        rows.append(row)
    return Inventory(tuple(rows), tuple(not_read))


def with_consumers(
    client: GenesysClient, rows: Sequence[InventoryRow], *, on_progress: OnProgress | None = None
) -> tuple[InventoryRow, ...]:
    """Return the rows with the flows that use each action: one call an action (or more, by pages).

    Raises `PermissionMissingError` without architect:dependencyTracking:view.
    """
    filled = []
    for done, row in enumerate(rows, start=1):
        filled.append(replace(row, consumers=client.consumers(row.action.id)))
        if on_progress:
            on_progress(done, len(rows))
    return tuple(filled)


def _function_timeout_s(client: GenesysClient, action_id: str, not_read: list[NotRead]) -> int | None:
    try:
        return _unless_forbidden(
            lambda: client.function_timeout_s(action_id), "second timeouts of functions", not_read
        )
    except NotFoundError:
        return None  # a function by its category only: the platform knows no function of it


def _unless_forbidden(read: Callable[[], _T], what: str, not_read: list[NotRead]) -> _T | None:
    try:
        return read()
    except PermissionMissingError as error:
        not_read.append(NotRead(what, error.message))
        return None
