"""Audits: which entities are audited, queries that run by themselves, and those answered at once."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from diag.sandbox.audits.audit_trail import USER_HEADER, AuditRecord, mapping_to_wire, read_span
from diag.sandbox.reply_bodies import JsonObject, bad_request, json_reply
from diag.sandbox.routes.api_guard import api_route
from diag.sandbox.routes.read_request import integer, json_object
from diag.sandbox.sandbox import Sandbox
from diag.sandbox.world.actions.revision import ActionEntry, Revision
from diag.sandbox.world.permissions import VIEW_AUDITS

_QUERY = "/api/v2/audits/query"


def routes(sandbox: Sandbox) -> list[Route]:
    """Everything under /api/v2/audits/query."""

    async def mapping(_: Request) -> Response:
        return json_reply(mapping_to_wire(sandbox.switches.audits))

    async def submit(request: Request) -> Response:
        body = await json_object(request, sandbox.limits.limits.request_bytes)
        _refuse_future(sandbox, body)
        transaction = sandbox.audits.submit(body)
        return json_reply(_status(transaction, body, "Queued"), 202)

    async def status(request: Request) -> Response:
        transaction = request.path_params["transaction_id"]
        return json_reply(_status(transaction, sandbox.audits.submitted(transaction), "Succeeded"))

    async def results(request: Request) -> Response:
        transaction = request.path_params["transaction_id"]
        found = sandbox.audits.found(sandbox.audits.submitted(transaction), sandbox.switches.audits)
        size = integer(request, "pageSize", 25, low=1, high=500)
        cursor = request.query_params.get("cursor", "0")
        if not cursor.isdigit():
            raise bad_request("cursor must be the one of the page before.")
        start = int(cursor)
        page: JsonObject = {
            "id": transaction,
            "pageSize": size,
            "entities": [*found[start : start + size]],
        }
        if start + size < len(found):
            page["cursor"] = str(start + size)
        return json_reply(page)

    async def realtime(request: Request) -> Response:
        body = await json_object(request, sandbox.limits.limits.request_bytes)
        _refuse_future(sandbox, body)
        found = sandbox.audits.found(body, sandbox.switches.audits)
        number, size = _whole(body, "pageNumber", 1), _whole(body, "pageSize", 25)
        start = (number - 1) * size
        return json_reply(
            {
                "entities": [*found[start : start + size]],
                "pageSize": size,
                "pageNumber": number,
                "total": len(found),
                "pageCount": -(-len(found) // size),
            }
        )

    return [
        api_route(sandbox, "GET", f"{_QUERY}/servicemapping", mapping, VIEW_AUDITS),
        api_route(sandbox, "GET", f"{_QUERY}/realtime/servicemapping", mapping, VIEW_AUDITS),
        api_route(sandbox, "POST", f"{_QUERY}/realtime", realtime, VIEW_AUDITS),
        api_route(sandbox, "POST", _QUERY, submit, VIEW_AUDITS),
        api_route(sandbox, "GET", f"{_QUERY}/{{transaction_id}}", status, VIEW_AUDITS),
        api_route(sandbox, "GET", f"{_QUERY}/{{transaction_id}}/results", results, VIEW_AUDITS),
    ]


def _refuse_future(sandbox: Sandbox, body: JsonObject) -> None:
    """Raise ErrorReply 400 for an interval that ends after this second, where that is not taken."""
    if not sandbox.switches.audits.takes_future and read_span(body)[1] > sandbox.clock.unix_s() + 1.0:
        raise bad_request("The interval must not end in the future.")


def audited(
    sandbox: Sandbox, request: Request, verb: str, entry: ActionEntry, before: Revision | None
) -> None:
    """Record a change of an action; `before`: the published action as it was."""
    after = entry.published
    named = after or before
    sandbox.audits.record(
        AuditRecord(
            at=sandbox.unix_s(),
            verb=verb,
            action_id=entry.id,
            action_name="" if named is None else named.name,
            before=None if before is None else before.config.timeout_s,
            after=None if after is None else after.config.timeout_s,
            user=request.headers.get(USER_HEADER),
        )
    )


def _status(transaction: str, body: JsonObject, state: str) -> JsonObject:
    return {
        "id": transaction,
        "state": state,
        "interval": body["interval"],
        "serviceName": body["serviceName"],
        "filters": body.get("filters") or [],
    }


def _whole(body: JsonObject, key: str, default: int) -> int:
    value = body.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 500:
        raise bad_request(f"{key} must be a whole number from 1 to 500.")
    return value
