"""Who may turn the sandbox's switches: programs of this machine's user and its own page, not any web page.

A page that a browser has open elsewhere names itself in `Origin` (Fetch standard), reaches this machine under
a name of its own by DNS rebinding, and can send a form without asking, but no JSON.
"""

import ipaddress
from urllib.parse import urlsplit

from starlette.requests import Request

from diag.sandbox.reply_bodies import ErrorReply, JsonObject
from diag.sandbox.routes.request import json_object


async def own_json(request: Request, most_bytes: int) -> JsonObject:
    """Return the JSON object of a request that changes the sandbox itself. Raises ErrorReply (403, 415)."""
    host = request.headers.get("host", "")
    if not _is_an_address(urlsplit(f"//{host}").hostname or ""):
        raise ErrorReply(403, "forbidden", f"Reach the sandbox by an address, not as {host!r}.")
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != host:
        raise ErrorReply(403, "forbidden", f"A page of {origin!r} may not change this sandbox.")
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != "application/json":
        raise ErrorReply(415, "unsupported.media.type", "Send JSON, with Content-Type: application/json.")
    return await json_object(request, most_bytes)


def _is_an_address(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
