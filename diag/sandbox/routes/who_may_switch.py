"""Who may turn the sandbox's switches: programs of this machine's user and its own page, not any web page.

A page that a browser has open elsewhere can send a form without asking, but no JSON.
"""

from starlette.requests import Request

from diag.cross_site import ANY_ADDRESS, why_foreign
from diag.sandbox.reply_bodies import ErrorReply, JsonObject
from diag.sandbox.routes.read_request import json_object


async def own_json(request: Request, most_bytes: int) -> JsonObject:
    """Return the JSON object of a request that changes the sandbox itself. Raises ErrorReply (403, 415)."""
    why = why_foreign(request.headers.get, ANY_ADDRESS)
    if why is not None:
        raise ErrorReply(403, "forbidden", why)
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != "application/json":
        raise ErrorReply(415, "unsupported.media.type", "Send JSON, with Content-Type: application/json.")
    return await json_object(request, most_bytes)
