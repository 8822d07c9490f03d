"""Calls about the org and the token: who we are, what is allowed, which limits hold."""

import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from diag.genesys.http.api import Api, ApiRequest
from diag.genesys.replies.granted_permissions import Permissions, permissions_of
from diag.genesys.replies.json_reply import (
    JsonObject,
    objects,
    optional_int,
    optional_object,
    optional_text,
    text,
)


@dataclass(frozen=True, slots=True)
class Organization:
    """The org the token belongs to."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class TokenInfo:
    """Whose token it is: the OAuth client (None for a user's token) and its organization."""

    client_id: str | None
    client_name: str | None
    organization: Organization


class OrgRequests:
    """The part of the client that deals with the org itself."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def organization(self) -> Organization:
        """Return the org the token belongs to."""
        path = "/api/v2/organizations/me"
        reply = self._api.get(path)
        return Organization(text(reply, "id", f"GET {path}"), optional_text(reply, "name") or "")

    def token_info(self) -> TokenInfo:
        """Return whose token it is. Works for client credentials and needs no permission."""
        reply = self._api.get("/api/v2/tokens/me")
        client = optional_object(reply, "OAuthClient")
        organization = optional_object(reply, "organization")
        return TokenInfo(
            client_id=optional_text(client, "id"),
            client_name=optional_text(client, "name"),
            organization=Organization(
                optional_text(organization, "id") or "", optional_text(organization, "name") or ""
            ),
        )

    def permissions(self) -> Permissions:
        """Return what the token may do. Whether client credentials may ask is undocumented."""
        path = "/api/v2/authorization/subjects/me"
        return permissions_of(self._api.get(path), f"GET {path}")

    def clock_skew_s(self) -> float | None:
        """Return how many seconds our clock is ahead of the platform's (negative: behind).

        From the Date header of one reply, so right to about a second; None when there is none.
        """
        reply = self._api.call(ApiRequest("GET", "/api/v2/organizations/me"))
        ours = time.time() - reply.elapsed_ms / 2000.0
        try:
            theirs = parsedate_to_datetime(reply.date or "")
        except ValueError:
            return None
        return ours - theirs.timestamp() - 0.5  # the header is cut to whole seconds

    def limits(self, namespace: str = "dataactions") -> dict[str, int]:
        """Return the limits in force, by key; published defaults fill the keys the org does not override.

        For `dataactions` the keys are e.g. `actions.concurrent.executions.max` and `requests.volume.max`.
        """
        path = f"/api/v2/organizations/limits/namespaces/{namespace}"
        return {**self._limits(f"{path}/defaults"), **self._limits(path)}

    def _limits(self, path: str) -> dict[str, int]:
        entities: list[JsonObject] = objects(self._api.get(path).get("entities") or [], f"GET {path}")
        return {
            key: value
            for entity in entities
            if (key := optional_text(entity, "key")) and (value := optional_int(entity, "value")) is not None
        }
