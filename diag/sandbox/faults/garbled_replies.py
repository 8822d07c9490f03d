"""Replies that look like the platform's and are not: what proxies, portals and firewalls in between make."""

import json
import zlib
from contextlib import suppress
from dataclasses import replace
from typing import Final

from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse
from starlette.types import Message, Receive

from diag.sandbox.faults.faulted_request import FaultedRequest, HeldReply
from diag.sandbox.reply_bodies import ErrorReply

_PORTAL: Final = (
    "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in to go on</body></html>"
)


async def page(request: FaultedRequest) -> None:
    """Answers 200 with a web page."""
    await HTMLResponse(_PORTAL)(request.scope, request.receive, request.send)


async def empty(request: FaultedRequest) -> None:
    """Answers 200 with nothing."""
    await PlainTextResponse("")(request.scope, request.receive, request.send)


async def stripped(request: FaultedRequest) -> None:
    """Takes `part` out of the reply."""
    reply = await request.work()
    await request.send_reply(reply.with_body(_without(reply.body, request.fault.part, null=False)))


async def nulled(request: FaultedRequest) -> None:
    """Sends `part` of the reply as null."""
    reply = await request.work()
    await request.send_reply(reply.with_body(_without(reply.body, request.fault.part, null=True)))


async def latin1(request: FaultedRequest) -> None:
    """Sends the reply in ISO-8859-1 and says so."""
    await request.send_reply(_in_latin1(await request.work(), declared="iso-8859-1"))


async def latin1_unsaid(request: FaultedRequest) -> None:
    """Sends the reply in ISO-8859-1 as if it were UTF-8."""
    await request.send_reply(_in_latin1(await request.work(), declared="utf-8"))


async def miscounted(request: FaultedRequest) -> None:
    """Announces more bytes than it sends, and hangs up."""
    await request.send_short(await request.work())


async def undercounted(request: FaultedRequest) -> None:
    """Announces ten bytes fewer than it sends, as a proxy does that counts characters."""
    await request.send_long(await request.work())


async def unmeasured(request: FaultedRequest) -> None:
    """Sends the reply without its length, and hangs up at its end."""
    await request.send_raw(await request.work())


async def gzip_bomb(request: FaultedRequest) -> None:
    """Sends gzip that unpacks to `megabytes` of spaces: valid wherever the reply itself is."""
    reply = await request.work()
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    blank = b" " * 1_000_000
    packed = [packer.compress(reply.body), *(packer.compress(blank) for _ in range(request.fault.megabytes))]
    headers = (*reply.headers, (b"content-encoding", b"gzip"))
    await request.send_reply(HeldReply(reply.status, headers, b"".join([*packed, packer.flush()])))


async def redirect(request: FaultedRequest) -> None:
    """Answers 302, as a portal does that wants a sign-in first."""
    await RedirectResponse("/sign-in", 302)(request.scope, request.receive, request.send)


async def redirect_to(request: FaultedRequest) -> None:
    """Answers with another address, on the same host or elsewhere."""
    fault = request.fault
    await RedirectResponse(fault.value, fault.status)(request.scope, request.receive, request.send)


async def doubled(request: FaultedRequest) -> None:
    """Lets the request reach the org twice, as it came; only the second reply is sent."""
    parts: list[Message] = [await request.receive()]
    while parts[-1].get("more_body"):
        parts.append(await request.receive())

    def again() -> Receive:
        copies = iter([*parts])

        async def next_part() -> Message:
            return next(copies, None) or await request.receive()

        return next_part

    with suppress(ErrorReply):
        await replace(request, scope=dict(request.scope), receive=again()).work()
    await replace(request, receive=again()).pass_on()


def _in_latin1(reply: HeldReply, *, declared: str) -> HeldReply:
    headers = tuple((name, value) for name, value in reply.headers if name != b"content-type")
    content_type = (b"content-type", f"text/plain; charset={declared}".encode())
    return HeldReply(reply.status, (*headers, content_type), reply.body.decode().encode("latin-1"))


def _without(whole: bytes, part: str, *, null: bool) -> bytes:
    """A JSON reply without the part at this path; one that has no such part is left as it is."""
    try:
        body = json.loads(whole)
    except ValueError:
        return whole
    *above, last = part.split(".")
    inner = body
    for key in above:
        inner = inner.get(key) if isinstance(inner, dict) else None
    if isinstance(inner, dict) and last in inner:
        if null:
            inner[last] = None
        else:
            del inner[last]
    return json.dumps(body, separators=(",", ":")).encode()
