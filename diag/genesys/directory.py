"""Calls about what surrounds an action: integrations, drafts of the org, flows using it, functions."""

from dataclasses import dataclass
from typing import Final

from diag.genesys.actions import ACTIONS, VIEW, action_path, page_size_of
from diag.genesys.http.api import Api
from diag.genesys.http.paging import OnProgress, all_entities
from diag.genesys.replies.json_reply import JsonObject, optional_int, optional_object, optional_text, text

INTEGRATIONS: Final = "/api/v2/integrations"
CONSUMERS: Final = "/api/v2/architect/dependencytracking/consumingresources"

FUNCTION_DEFAULT_TIMEOUT_S: Final = 15
"""A function's own timeout is 1..15 s, 15 when unset (SDK function.py)."""


@dataclass(frozen=True, slots=True)
class Integration:
    """An integration; `type_id` e.g. `custom-rest-actions`, `function-data-actions`."""

    id: str
    name: str
    type_id: str | None
    state: str | None


@dataclass(frozen=True, slots=True)
class Consumer:
    """Something that uses an action, mostly an Architect flow; `type` e.g. `INBOUNDCALLFLOW`."""

    id: str
    name: str
    type: str
    version: str | None


class DirectoryRequests:
    """The part of the client that deals with what surrounds an action."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def integrations(self) -> tuple[Integration, ...]:
        """Return every integration of the org."""
        listed = all_entities(self._api, INTEGRATIONS, {}, needs=("integrations:integration:view",))
        return tuple(_integration(entity) for entity in listed)

    def draft_ids(self, *, on_progress: OnProgress | None = None) -> frozenset[str]:
        """Return the ids of all actions that have an open draft."""
        listed = all_entities(
            self._api,
            f"{ACTIONS}/drafts",
            {"includeAuthActions": True},
            needs=VIEW,
            page_size=page_size_of(self._api.platform),
            on_progress=on_progress,
        )
        return frozenset(text(entity, "id", f"GET {ACTIONS}/drafts") for entity in listed)

    def consumers(self, action_id: str) -> tuple[Consumer, ...]:
        """Return what uses the action (Architect's dependency tracking), published and not."""
        listed = all_entities(
            self._api,
            CONSUMERS,
            {"id": action_id, "objectType": "DATAACTION"},
            needs=("architect:dependencyTracking:view",),
        )
        return tuple(
            Consumer(
                id=optional_text(entity, "id") or "",
                name=optional_text(entity, "name") or "",
                type=optional_text(entity, "type") or "",
                version=optional_text(entity, "version"),
            )
            for entity in listed
            if entity.get("deleted") is not True
        )

    def function_timeout_s(self, action_id: str) -> int:
        """Return a function action's second timeout, seconds 1..15 (the function's own)."""
        path = f"{action_path(action_id)}/function"
        function = optional_object(
            self._api.get(path, needs=("integrations:actionFunction:view",)), "function"
        )
        return optional_int(function, "timeoutSeconds") or FUNCTION_DEFAULT_TIMEOUT_S


def _integration(source: JsonObject) -> Integration:
    integration_id = text(source, "id", f"GET {INTEGRATIONS}")
    return Integration(
        id=integration_id,
        name=optional_text(source, "name") or integration_id,
        type_id=optional_text(optional_object(source, "integrationType"), "id"),
        state=optional_text(source, "intendedState"),
    )
