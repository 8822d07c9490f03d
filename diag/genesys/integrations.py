"""Calls about integrations: which there are, and of which type."""

from dataclasses import dataclass
from typing import Final

from diag.genesys.http.api import Api
from diag.genesys.http.paging import all_entities
from diag.genesys.replies.json_reply import JsonObject, optional_object, optional_text, text

INTEGRATIONS: Final = "/api/v2/integrations"


@dataclass(frozen=True, slots=True)
class Integration:
    """An integration; `type_id` e.g. `custom-rest-actions`, `function-data-actions`."""

    id: str
    name: str
    type_id: str | None
    state: str | None


class IntegrationRequests:
    """The part of the client that deals with integrations."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def integrations(self) -> tuple[Integration, ...]:
        """Return every integration of the org."""
        listed = all_entities(self._api, INTEGRATIONS, {}, needs=("integrations:integration:view",))
        return tuple(_integration(entity) for entity in listed)


def _integration(source: JsonObject) -> Integration:
    integration_id = text(source, "id", f"GET {INTEGRATIONS}")
    return Integration(
        id=integration_id,
        name=optional_text(source, "name") or integration_id,
        type_id=optional_text(optional_object(source, "integrationType"), "id"),
        state=optional_text(source, "intendedState"),
    )
