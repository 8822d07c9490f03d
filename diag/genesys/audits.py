"""Audits of an org: which entities are audited, and who changed one of them, when.

A query runs by itself: it is submitted, asked for until it is done, and its results are read page by page
(docs/genesys-api.md, "Audits"). Names of services and entities are read, never assumed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from diag.genesys.http.api import Api
from diag.genesys.replies.json_reply import (
    JsonObject,
    objects,
    optional_int,
    optional_object,
    optional_text,
    text,
)
from diag.genesys.replies.moments import interval_of, unix_seconds

QUERY: Final = "/api/v2/audits/query"
NEEDS: Final = ("audits:audit:view",)
_PAGE: Final = 500
"""The largest page of results (SDK)."""
_REALTIME_PAGE: Final = 100
_MOST_PAGES: Final = 100
_MOST_LOOKS: Final = 30
_ENDED: Final = ("Failed", "Cancelled")


@dataclass(frozen=True, slots=True)
class AuditedKind:
    """An entity that a service audits, by the names that the mapping gives them."""

    service: str
    entity: str


@dataclass(frozen=True, slots=True)
class PropertyChange:
    """One property before and after; an empty tuple: it had no value."""

    name: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AuditedChange:
    """One change: `at` in Unix seconds; `who`: a person's or a client's name, or an id where that is all."""

    at: float
    entity_id: str
    entity_name: str | None
    who: str | None
    properties: tuple[PropertyChange, ...]


class AuditRequests:
    """The part of the client that reads audits."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def audited_kinds(self) -> tuple[AuditedKind, ...]:
        """Return every entity that the org audits. Raises PermissionMissingError."""
        where = f"GET {QUERY}/servicemapping"
        reply = self._api.get(f"{QUERY}/servicemapping", needs=NEEDS)
        return tuple(
            AuditedKind(text(service, "name", where), text(entity, "name", where))
            for service in objects(reply.get("services") or [], where)
            for entity in objects(service.get("entities") or [], where)
        )

    def audited_changes(
        self, kind: AuditedKind, since: datetime, until: datetime, *, wait: Callable[[float], None]
    ) -> tuple[AuditedChange, ...]:
        """Return the changes of one kind in [since, until), the newest first.

        `wait` is called with the seconds between two looks at a query that is still running; one that does
        not end is asked again in the form that is answered at once.
        """
        body = _query(kind, since, until)
        submitted = self._api.query(QUERY, body, needs=NEEDS)
        transaction = text(submitted, "id", f"POST {QUERY}")
        if not self._ends_well(transaction, submitted, wait):
            return self.recent_changes(kind, since, until)
        return self._results(transaction)

    def recent_changes(
        self, kind: AuditedKind, since: datetime, until: datetime
    ) -> tuple[AuditedChange, ...]:
        """Return the same from the query that is answered at once; how far back it goes is not documented."""
        where = f"POST {QUERY}/realtime"
        found: list[AuditedChange] = []
        for number in range(1, _MOST_PAGES + 1):
            body = {**_query(kind, since, until), "pageNumber": number, "pageSize": _REALTIME_PAGE}
            reply = self._api.query(f"{QUERY}/realtime", body, needs=NEEDS)
            entities = objects(reply.get("entities") or [], where)
            found += (_change(one, where) for one in entities)
            if not entities or number >= (optional_int(reply, "pageCount") or number):
                break
        return tuple(found)

    def _ends_well(self, transaction: str, reply: JsonObject, wait: Callable[[float], None]) -> bool:
        for look in range(_MOST_LOOKS):
            state = optional_text(reply, "state")
            if state == "Succeeded":
                return True
            if state in _ENDED:
                return False
            if look:
                wait(min(float(look), 5.0))
            reply = self._api.get(f"{QUERY}/{transaction}", needs=NEEDS)
        return False

    def _results(self, transaction: str) -> tuple[AuditedChange, ...]:
        where = f"GET {QUERY}/{{id}}/results"
        found: list[AuditedChange] = []
        cursor: str | None = None
        for _ in range(_MOST_PAGES):
            params: dict[str, str | int | bool] = {"pageSize": _PAGE, "expand": "user"}
            if cursor is not None:
                params["cursor"] = cursor
            reply = self._api.get(f"{QUERY}/{transaction}/results", params=params, needs=NEEDS)
            found += (_change(one, where) for one in objects(reply.get("entities") or [], where))
            following = optional_text(reply, "cursor")
            if not following or following == cursor:
                break
            cursor = following
        return tuple(found)


def _query(kind: AuditedKind, since: datetime, until: datetime) -> JsonObject:
    return {
        "interval": interval_of(since, until),
        "serviceName": kind.service,
        "filters": [{"property": "EntityType", "value": kind.entity}],
        "sort": [{"name": "Timestamp", "sortOrder": "descending"}],
    }


def _change(message: JsonObject, where: str) -> AuditedChange:
    entity = optional_object(message, "entity")
    return AuditedChange(
        at=unix_seconds(text(message, "eventDate", where), where, "a date"),
        entity_id=optional_text(entity, "id") or "",
        entity_name=optional_text(entity, "name"),
        who=_who(message),
        properties=tuple(
            PropertyChange(
                optional_text(one, "property") or "", _texts(one, "oldValues"), _texts(one, "newValues")
            )
            for one in objects(message.get("propertyChanges") or [], where)
        ),
    )


def _who(message: JsonObject) -> str | None:
    for kind in ("user", "client"):
        named = optional_object(message, kind)
        name = optional_text(named, "name") or optional_text(named, "id")
        if name:
            return name if kind == "user" else f"client {name}"
    return None


def _texts(source: JsonObject, key: str) -> tuple[str, ...]:
    values = source.get(key)
    return tuple(str(value) for value in values if value is not None) if isinstance(values, list) else ()
