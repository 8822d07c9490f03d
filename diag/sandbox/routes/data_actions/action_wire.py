"""Actions between the org and the wire: the address of a backend has the port that the sandbox has now."""

from starlette.requests import Request

from diag.sandbox.backends.backend_address import address_from_wire, address_to_wire
from diag.sandbox.reply_bodies import JsonObject
from diag.sandbox.routes.read_request import json_object
from diag.sandbox.world.actions.revision import ActionEntry

_URL = "requestUrlTemplate"


def base_url(request: Request) -> str:
    """Return where the sandbox itself was reached, whatever a proxy in between is called."""
    host, port = request.scope["server"]
    return f"http://{host}" if port is None else f"http://{host}:{port}"


def action_json(
    request: Request,
    entry: ActionEntry,
    *,
    draft: bool = False,
    config: bool = False,
    contract: bool = False,
    flatten: bool = False,
) -> JsonObject:
    """Return an action or its draft as the API shows it. Raises ErrorReply 404 where there is none."""
    wire = entry.to_wire(draft=draft, config=config, contract=contract, flatten=flatten)
    asked = _request_of(wire)
    if asked is not None and isinstance(url := asked.get(_URL), str):
        asked[_URL] = address_to_wire(url, base_url(request))
    return wire


async def action_body(request: Request, limit_bytes: int) -> JsonObject:
    """Return what a client writes of an action. Raises ErrorReply 400, 413, 415."""
    body = await json_object(request, limit_bytes)
    asked = _request_of(body)
    if asked is not None and isinstance(url := asked.get(_URL), str):
        asked[_URL] = address_from_wire(url, base_url(request))
    return body


def _request_of(action: JsonObject) -> JsonObject | None:
    config = action.get("config")
    asked = config.get("request") if isinstance(config, dict) else None
    return asked if isinstance(asked, dict) else None
