"""What each kind of fault does: one function a kind, and the table of them."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from starlette.responses import HTMLResponse

from diag.sandbox.faults import garbled_replies, slow_or_endless_replies, stale_or_partial_replies
from diag.sandbox.faults.fault import Fault
from diag.sandbox.faults.faulted_request import FaultedRequest
from diag.sandbox.reply_bodies import ErrorReply, LimitHit, json_reply

_MEGABYTE: Final = 1_000_000
_GATEWAY_PAGE: Final = "<html><head><title>Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>"
_REFUSALS: Final = {
    404: ("not.found", "It was not found."),
    429: ("too.many.requests", "Rate limit exceeded the maximum."),
    500: ("internal.server.error", "Internal Server Error"),
    503: ("service.unavailable", "The service is unavailable."),
    504: ("request.timeout", "The request timed out."),
}


@dataclass(frozen=True, slots=True)
class FaultKind:
    """A kind of fault: what it does in words, and the function that does it."""

    what: str
    inject: Callable[[FaultedRequest], Awaitable[None]]


async def _status(request: FaultedRequest) -> None:
    raise _refusal(request.fault)


async def _status_after(request: FaultedRequest) -> None:
    await request.work()
    raise _refusal(request.fault)


async def _reset(request: FaultedRequest) -> None:
    await request.reset()


async def _reset_after(request: FaultedRequest) -> None:
    await request.work()
    await request.reset()


async def _stale_keep_alive(request: FaultedRequest) -> None:
    if request.client.requests > 1:
        await request.reset()
    else:
        await request.pass_on()


async def _truncated(request: FaultedRequest) -> None:
    await request.send_half(await request.work())


async def _malformed(request: FaultedRequest) -> None:
    reply = await request.work()
    await request.send_reply(reply.with_body(reply.body[: len(reply.body) * 2 // 3] or b"{"))


async def _html(request: FaultedRequest) -> None:
    page = HTMLResponse(_GATEWAY_PAGE, request.fault.status)
    await page(request.scope, request.receive, request.send)


async def _huge(request: FaultedRequest) -> None:
    reply = await request.work()
    padding = json.dumps({"padding": "x" * (request.fault.megabytes * _MEGABYTE)}).encode()
    is_object = reply.body.startswith(b"{") and len(reply.body) > 2
    await request.send_reply(reply.with_body(padding[:-1] + b"," + reply.body[1:] if is_object else padding))


async def _slow(request: FaultedRequest) -> None:
    await asyncio.sleep(request.fault.for_s)
    await request.pass_on()


async def _login_throttled(request: FaultedRequest) -> None:
    body = {"error": "invalid_request", "error_description": "rate limit exceeded; try again later"}
    await json_reply(body, 400)(request.scope, request.receive, request.send)


async def _token_expired(request: FaultedRequest) -> None:
    request.world.end_token(request.token)
    await request.pass_on()


async def _edited_meanwhile(request: FaultedRequest) -> None:
    path: str = request.scope["path"]
    request.world.save_as_someone_else(path.partition("/actions/")[2].partition("/")[0])
    await request.pass_on()


KINDS: Final = {
    "status": FaultKind("answers `status` instead of doing the work", _status),
    "status_after": FaultKind("does the work, then answers `status` all the same", _status_after),
    "reset": FaultKind("resets the connection before any work", _reset),
    "reset_after": FaultKind("does the work, then resets the connection", _reset_after),
    "stale_keep_alive": FaultKind(
        "resets a connection that was used before, as a server does that has just closed it",
        _stale_keep_alive,
    ),
    "truncated": FaultKind("does the work, sends half of the reply and hangs up", _truncated),
    "malformed": FaultKind("does the work, then sends a reply that is not valid JSON", _malformed),
    "html": FaultKind("answers `status` with a gateway's HTML page", _html),
    "page": FaultKind(
        "answers 200 with a web page, as a captive portal or a firewall does", garbled_replies.page
    ),
    "empty": FaultKind("answers 200 with nothing in it", garbled_replies.empty),
    "stripped": FaultKind("does the work, takes `part` out of the reply", garbled_replies.stripped),
    "nulled": FaultKind("does the work, sends `part` of the reply as null", garbled_replies.nulled),
    "latin1": FaultKind("does the work, sends the reply in ISO-8859-1 and says so", garbled_replies.latin1),
    "latin1_unsaid": FaultKind(
        "does the work, sends the reply in ISO-8859-1 as if it were UTF-8", garbled_replies.latin1_unsaid
    ),
    "miscounted": FaultKind(
        "does the work, announces more bytes than it sends and hangs up", garbled_replies.miscounted
    ),
    "undercounted": FaultKind(
        "does the work, announces fewer bytes than it sends", garbled_replies.undercounted
    ),
    "unmeasured": FaultKind("does the work, sends the reply without its length", garbled_replies.unmeasured),
    "doubled": FaultKind(
        "does the work twice, as behind a proxy that repeats requests, and sends the second reply",
        garbled_replies.doubled,
    ),
    "huge": FaultKind("does the work, adds `megabytes` of padding to the reply", _huge),
    "gzip_bomb": FaultKind(
        "does the work, packs `megabytes` of padding into a small gzip reply", garbled_replies.gzip_bomb
    ),
    "partial": FaultKind("does the work, sends half of the reply as 206", stale_or_partial_replies.partial),
    "aged": FaultKind(
        "does the work, sends the reply as one from a cache (Age)", stale_or_partial_replies.aged
    ),
    "replayed": FaultKind(
        "answers every request with the reply to the first one it hit, as a careless cache does",
        stale_or_partial_replies.replayed,
    ),
    "retyped": FaultKind(
        "does the work, sends `part` of the reply with `value` (JSON) instead",
        stale_or_partial_replies.retyped,
    ),
    "mislabelled": FaultKind(
        "does the work, sends the reply as text of the character set `value`, whatever it is",
        stale_or_partial_replies.mislabelled,
    ),
    "redirect": FaultKind("answers 302 to another place instead of doing the work", garbled_replies.redirect),
    "redirect_to": FaultKind(
        "answers `status` (307) with `value` as the new address instead of doing the work",
        garbled_replies.redirect_to,
    ),
    "drip": FaultKind(
        "does the work, sends the reply byte by byte over `for_s`", slow_or_endless_replies.drip
    ),
    "endless": FaultKind(
        "does the work, sends the reply and then spaces until the client leaves",
        slow_or_endless_replies.endless,
    ),
    "slow": FaultKind("waits `for_s` before anything else", _slow),
    "login_throttled": FaultKind(
        "answers as the login host does when it is asked too often (400 invalid_request)",
        _login_throttled,
    ),
    "token_expired": FaultKind("ends the request's token first", _token_expired),
    "edited_meanwhile": FaultKind(
        "someone else saves the action first, so that its version grows", _edited_meanwhile
    ),
}
"""Every kind of fault by its name, which scenarios and POST /sandbox/faults use."""


def _refusal(fault: Fault) -> ErrorReply:
    code, message = _REFUSALS.get(fault.status, ("bad.request", "The request was refused."))
    headers = {} if fault.retry_after_s is None else {"Retry-After": str(fault.retry_after_s)}
    limit = LimitHit(fault.limit, "requests.volume.max", 0) if fault.limit else None
    return ErrorReply(fault.status, fault.code or code, message, headers=headers, limit=limit)
