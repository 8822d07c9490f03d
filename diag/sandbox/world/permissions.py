"""What a client may do. A scenario takes permissions away; the platform then names the missing one."""

from collections.abc import Iterable
from typing import Final

from diag.sandbox.reply_bodies import ErrorReply, JsonObject

VIEW: Final = ("integrations:action:view", "bridge:actions:view")
EXECUTE: Final = ("integrations:action:execute", "bridge:actions:execute")
EXECUTE_DRAFT: Final = ("integrations:action:execute",)
ADD: Final = ("integrations:action:add",)
EDIT: Final = ("integrations:action:edit",)
DELETE: Final = ("integrations:action:delete",)
VIEW_INTEGRATIONS: Final = ("integrations:integration:view",)
VIEW_FUNCTION: Final = ("integrations:actionFunction:view",)
EDIT_FUNCTION: Final = ("integrations:actionFunction:edit",)
VIEW_DEPENDENCIES: Final = ("architect:dependencyTracking:view",)
VIEW_FLOWS: Final = ("architect:flow:view",)
VIEW_AUDITS: Final = ("audits:audit:view",)
VIEW_EVENTS: Final = ("usage:events:view",)

ALL: Final = tuple(
    dict.fromkeys(
        permission
        for group in (
            (VIEW, EXECUTE, ADD, EDIT, DELETE),
            (VIEW_INTEGRATIONS, VIEW_FUNCTION, EDIT_FUNCTION, VIEW_DEPENDENCIES),
            (VIEW_FLOWS, VIEW_AUDITS, VIEW_EVENTS),
        )
        for needed in group
        for permission in needed
    )
)
"""Every permission the sandbox's routes ask for; any one of a route's is enough
(docs/genesys-api.md, "Permissions")."""


def require(granted: frozenset[str], any_of: tuple[str, ...]) -> None:
    """Raises ErrorReply 403, naming what is missing, unless one of `any_of` is granted."""
    if not any_of or not granted.isdisjoint(any_of):
        return
    one = len(any_of) == 1
    names = ", ".join(any_of)
    raise ErrorReply(
        403,
        "missing.permissions" if one else "missing.any.permissions",
        f"Unable to perform the requested action. You are missing the following permission(s): {names}"
        if one
        else f"Unable to perform the requested action. You must have at least one of: {names}",
        params={"permissions": names},
    )


def policies(granted: Iterable[str]) -> list[JsonObject]:
    """Permissions as a role's policies (`domain`, `entityName`, `actions`)."""
    by_entity: dict[tuple[str, str], list[str]] = {}
    for permission in sorted(granted):
        domain, entity, action = permission.split(":")
        by_entity.setdefault((domain, entity), []).append(action)
    return [
        {"domain": domain, "entityName": entity, "actions": [*actions]}
        for (domain, entity), actions in by_entity.items()
    ]
