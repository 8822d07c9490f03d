"""Carries out a fault on one request."""

import asyncio
import json
from dataclasses import dataclass, field

from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from diag.sandbox.faults.fault_rules import Fault
from diag.sandbox.reply_bodies import ErrorReply, LimitHit, json_reply
from diag.sandbox.sandbox import Sandbox
from diag.sandbox.serving.tcp_connection import connection, reset_connection, wait_for_disconnect
from diag.sandbox.world.revision import ACTIONS_URI

_MEGABYTE = 1_000_000


@dataclass(slots=True)
class _Held:
    """A reply that was made but not sent."""

    start: Message = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
        else:
            self.body += message.get("body", b"")


async def inject_fault(
    fault: Fault, sandbox: Sandbox, app: ASGIApp, scope: Scope, receive: Receive, send: Send
) -> None:
    """Answers one request of `app` the way `fault` says. Raises ErrorReply for a plain refusal."""
    kind = fault.kind
    if kind == "status":
        raise _refusal(fault)
    if kind == "html":
        page = "<html><head><title>Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>"
        await HTMLResponse(page, fault.status)(scope, receive, send)
    elif kind == "login_throttled":
        said = {"error": "invalid_request", "error_description": "rate limit exceeded; try again later"}
        await json_reply(said, 400)(scope, receive, send)
    elif kind == "reset" or (kind == "stale_keep_alive" and connection(scope).requests > 1):
        await reset_connection(scope, receive)
    elif kind in ("status_after", "reset_after", "truncated", "malformed", "huge"):
        held = _Held()
        await app(scope, receive, held.take)
        await _spoil(fault, held, scope, receive, send)
    else:
        await _meddle(fault, sandbox, scope)
        await app(scope, receive, send)


async def _meddle(fault: Fault, sandbox: Sandbox, scope: Scope) -> None:
    """Faults after which the request goes its way."""
    if fault.kind == "slow":
        await asyncio.sleep(fault.for_s)
    elif fault.kind == "token_expired":
        authorization = dict(scope["headers"]).get(b"authorization", b"")
        sandbox.tokens.revoke(authorization.decode("latin-1").partition(" ")[2])
    elif fault.kind == "edited_meanwhile":
        path: str = scope["path"]
        sandbox.org.save_unchanged(path.removeprefix(f"{ACTIONS_URI}/").partition("/")[0])


async def _spoil(fault: Fault, held: _Held, scope: Scope, receive: Receive, send: Send) -> None:
    """Faults that strike once the work is done."""
    if fault.kind == "status_after":
        raise _refusal(fault)
    if fault.kind == "reset_after":
        await reset_connection(scope, receive)
        return
    whole = bytes(held.body)
    if fault.kind == "huge":
        padding = json.dumps({"padding": "x" * (fault.megabytes * _MEGABYTE)}).encode()
        whole = padding[:-1] + b"," + whole[1:] if whole.startswith(b"{") and len(whole) > 2 else padding
    elif fault.kind == "malformed":
        whole = whole[: len(whole) * 2 // 3] or b"{"
    headers = [(name, value) for name, value in held.start["headers"] if name != b"content-length"]
    headers.append((b"content-length", str(len(whole)).encode()))
    await send({**held.start, "headers": headers})
    if fault.kind == "truncated":
        await send({"type": "http.response.body", "body": whole[: len(whole) // 2], "more_body": True})
        connection(scope).hang_up()
        await wait_for_disconnect(receive)
    else:
        await send({"type": "http.response.body", "body": whole})


def _refusal(fault: Fault) -> ErrorReply:
    code, message = {
        429: ("too.many.requests", "Rate limit exceeded the maximum."),
        500: ("internal.server.error", "Internal Server Error"),
        503: ("service.unavailable", "The service is unavailable."),
        504: ("request.timeout", "The request timed out."),
    }.get(fault.status, ("bad.request", "The request was refused."))
    headers = {} if fault.retry_after_s is None else {"Retry-After": str(fault.retry_after_s)}
    limit = LimitHit(fault.limit, "requests.volume.max", 0) if fault.limit else None
    return ErrorReply(fault.status, code, message, headers=headers, limit=limit)
