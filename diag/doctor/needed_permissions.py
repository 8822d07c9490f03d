"""The permissions that the OAuth client's role needs, and what breaks without each."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class NeededPermission:
    """A permission, another name that does as well, and what breaks without it."""

    permission: str
    breaks: str
    essential: bool = False
    or_else: str | None = None


NEEDED_PERMISSIONS: Final = (
    NeededPermission(
        "integrations:action:view", "nothing works", essential=True, or_else="bridge:actions:view"
    ),
    NeededPermission(
        "integrations:action:execute",
        "diag measure cannot call any action",
        essential=True,
        or_else="bridge:actions:execute",
    ),
    NeededPermission(
        "integrations:action:edit", "no timeout can be changed (--apply, set, undo) and no draft probed"
    ),
    NeededPermission("integrations:action:delete", "drafts made by a probe cannot be removed again"),
    NeededPermission("integrations:action:add", "diag register cannot create an action"),
    NeededPermission(
        "integrations:integration:view",
        "no integration names; functions are recognised by category only",
    ),
    NeededPermission("architect:flow:view", "diag scan --flows cannot say how long the steps of a flow wait"),
    NeededPermission(
        "architect:dependencyTracking:view", "diag scan --flows cannot say which flows use an action"
    ),
    NeededPermission(
        "integrations:actionFunction:view", "the second timeout of function actions is not shown"
    ),
    NeededPermission("audits:audit:view", "diag scan and history --org cannot say who changed a timeout"),
)
