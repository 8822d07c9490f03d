"""What the org records of each change, and the queries about it (AuditLogMessage of the official SDK).

Names of services, entities and properties of the real service are unknown: `[switches.audits]`.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from diag.sandbox.iso_moments import iso, read_interval
from diag.sandbox.reply_bodies import JsonObject, JsonValue, bad_request, not_found
from diag.sandbox.world.switches import AuditSwitches

USER_HEADER: Final = "x-sandbox-user"
"""A write with this header was made by the person it names, in the platform's own pages."""
CLIENT: Final = "sandbox"
FILTERS: Final = ("UserId", "TrusteeOrganizationId", "ClientId", "Action", "EntityType", "EntityId")


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One change of an action; `before` and `after` are its timeout, None where it is unset."""

    at: float
    """Unix seconds."""
    verb: str
    action_id: str
    action_name: str
    before: int | None
    after: int | None
    user: str | None
    """Who made it in the platform's pages; None: an OAuth client."""


class AuditTrail:
    """Every change since the sandbox began, oldest first, and the queries that were asked."""

    def __init__(self) -> None:
        self._records: list[AuditRecord] = []
        self._queries: dict[str, JsonObject] = {}

    def record(self, record: AuditRecord) -> None:
        """Keep one change."""
        self._records.append(record)

    def timeout_of(self, action_id: str, at_first: int | None) -> Callable[[float], int | None]:
        """Return the timeout of an action by moment (Unix seconds); `at_first`: that of before any change."""
        changes = [(one.at, one.after) for one in self._records if one.action_id == action_id]
        if not changes:
            return lambda moment: at_first

        def in_force(moment: float) -> int | None:
            return next((after for at, after in reversed(changes) if at <= moment), at_first)

        return in_force

    def submit(self, body: JsonObject) -> str:
        """Keep a checked query and return its id. Raises ErrorReply 400."""
        read_span(body)
        transaction = str(uuid.uuid4())
        self._queries[transaction] = body
        return transaction

    def submitted(self, transaction: str) -> JsonObject:
        """Return a query that was submitted. Raises ErrorReply 404."""
        if transaction not in self._queries:
            raise not_found(f"Audit query {transaction}")
        return self._queries[transaction]

    def found(self, body: JsonObject, switches: AuditSwitches) -> list[JsonObject]:
        """Return the messages a query is about, the newest first. Raises ErrorReply 400."""
        since, until = read_span(body)
        wanted = _filters(body)
        messages = []
        for record in reversed(self._records):
            of = {
                "EntityType": switches.entity,
                "EntityId": record.action_id,
                "Action": record.verb,
                "ClientId": CLIENT if record.user is None else "",
                "UserId": _user_id(record.user) if record.user else "",
            }
            inside = since <= record.at < until and body.get("serviceName") == switches.service
            if inside and all(of.get(name) == value for name, value in wanted):
                messages.append(_message(record, switches))
        return messages


def mapping_to_wire(switches: AuditSwitches) -> JsonObject:
    """Return which entities of which services are audited (AuditQueryServiceMapping)."""
    others: list[JsonValue] = [{"name": "Integration", "actions": ["Create", "Update", "Delete"]}]
    actions: JsonObject = {"name": switches.entity, "actions": ["Create", "Update", "Delete"]}
    services: list[JsonValue] = [
        {"name": "Architect", "entities": [{"name": "Flow", "actions": ["Publish"]}]},
        {"name": switches.service, "entities": [*others, *([actions] if switches.entity else [])]},
    ]
    return {"services": services}


def read_span(body: JsonObject) -> tuple[float, float]:
    """Return the interval of a query, Unix seconds. Raises ErrorReply 400."""
    if not isinstance(body.get("serviceName"), str):
        raise bad_request("serviceName must be text.")
    return read_interval(body.get("interval"))


def _filters(body: JsonObject) -> Sequence[tuple[str, JsonValue]]:
    filters = body.get("filters") or []
    if not isinstance(filters, list):
        raise bad_request("filters must be a list.")
    found = []
    for one in filters:
        if not isinstance(one, Mapping) or one.get("property") not in FILTERS:
            raise bad_request(f"filters.property must be one of {', '.join(FILTERS)}.")
        found.append((str(one["property"]), one.get("value")))
    return found


def _message(record: AuditRecord, switches: AuditSwitches) -> JsonObject:
    wire: JsonObject = {
        "id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{record.at}:{record.action_id}:{record.verb}")),
        "serviceName": switches.service,
        "level": "USER",
        "eventDate": iso(record.at),
        "action": record.verb,
        "entity": {"id": record.action_id, "name": record.action_name},
        "entityType": switches.entity,
        "status": "SUCCESS",
        "transactionInitiator": True,
    }
    if record.user is None:
        wire["client"] = {"id": CLIENT}
    else:
        wire["user"] = {"id": _user_id(record.user), "name": record.user}
    if switches.tells_values and record.before != record.after:
        wire["propertyChanges"] = [
            {
                "property": switches.timeout_property,
                "oldValues": [] if record.before is None else [str(record.before)],
                "newValues": [] if record.after is None else [str(record.after)],
            }
        ]
    return wire


def _user_id(user: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"user:{user}"))
