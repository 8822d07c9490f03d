"""Replies that are whole, well formed and not true: what caches make, and servers that cut or convert."""

import json
from dataclasses import replace
from typing import Final

from diag.sandbox.faults.faulted_request import FaultedRequest, HeldReply

_CACHED_FOR_S: Final = b"3600"


async def partial(request: FaultedRequest) -> None:
    """Sends half of the reply as 206, with the length of that half."""
    reply = await request.work()
    half = reply.with_body(reply.body[: len(reply.body) // 2])
    await request.send_reply(replace(half, status=206))


async def aged(request: FaultedRequest) -> None:
    """Sends the reply as a cache does that kept it for an hour."""
    reply = await request.work()
    await request.send_reply(replace(reply, headers=(*reply.headers, (b"age", _CACHED_FOR_S))))


async def replayed(request: FaultedRequest) -> None:
    """Sends the reply to the first request that this fault hit, whatever is asked later."""
    kept = request.fault.memory
    if not kept:
        kept.append(await request.work())
    reply = kept[0]
    assert isinstance(reply, HeldReply)
    await request.send_reply(reply)


async def retyped(request: FaultedRequest) -> None:
    """Sends `part` of the reply with another value."""
    reply = await request.work()
    body = json.loads(reply.body)
    *above, last = request.fault.part.split(".")
    inner = body
    for key in above:
        inner = inner[key]
    inner[last] = json.loads(request.fault.value)
    await request.send_reply(reply.with_body(json.dumps(body).encode()))


async def mislabelled(request: FaultedRequest) -> None:
    """Sends the reply as it is and calls its character set `value`."""
    reply = await request.work()
    headers = tuple(header for header in reply.headers if header[0] != b"content-type")
    content_type = (b"content-type", f"text/plain; charset={request.fault.value}".encode())
    await request.send_reply(replace(reply, headers=(*headers, content_type)))
