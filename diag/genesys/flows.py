"""Calls about Architect flows: which there are, which use an action, the configuration of one (untyped)."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from analysis.format.json_within_limits import UnfitJsonError, parse_json
from diag.genesys.api_errors import UnexpectedReplyError
from diag.genesys.http.api import Api, ApiRequest
from diag.genesys.http.paging import all_entities
from diag.genesys.replies.json_reply import JsonObject, as_object, optional_object, optional_text, text

FLOWS: Final = "/api/v2/flows"
CONSUMERS: Final = "/api/v2/architect/dependencytracking/consumingresources"
VIEW_FLOWS: Final = ("architect:flow:view",)


@dataclass(frozen=True, slots=True)
class ListedFlow:
    """A flow of the list. `published` is the version that callers reach, None for one never published."""

    id: str
    name: str
    type: str
    published: str | None


@dataclass(frozen=True, slots=True)
class Consumer:
    """Something that uses an action, mostly an Architect flow; `type` e.g. `INBOUNDCALLFLOW`."""

    id: str
    name: str
    type: str
    version: str | None


class FlowRequests:
    """The part of the client that deals with flows."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def flows(self) -> tuple[ListedFlow, ...]:
        """Return the flows of the org."""
        listed = all_entities(self._api, FLOWS, {}, needs=VIEW_FLOWS)
        return tuple(_listed(entity) for entity in listed if entity.get("deleted") is not True)

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

    def flow_configuration(self, flow_id: str, version: str | None) -> JsonObject:
        """Return the configuration of a version, of the latest where `version` is None.

        Raises UnexpectedReplyError for what is not JSON, or nested too deep.
        """
        path = f"{FLOWS}/{quote(flow_id, safe='')}"
        which = (
            "latestconfiguration" if version is None else f"versions/{quote(version, safe='')}/configuration"
        )
        request = ApiRequest("GET", f"{path}/{which}", needs=VIEW_FLOWS)
        try:
            body = parse_json(self._api.call(request).body, keys_once=False)
        except UnfitJsonError as error:
            raise UnexpectedReplyError(f"The reply of {request.where} {error}.") from None
        return as_object(body, request.where)


def _listed(entity: JsonObject) -> ListedFlow:
    flow_id = text(entity, "id", f"GET {FLOWS}")
    return ListedFlow(
        id=flow_id,
        name=optional_text(entity, "name") or flow_id,
        type=optional_text(entity, "type") or "unknown",
        published=optional_text(optional_object(entity, "publishedVersion"), "id"),
    )
