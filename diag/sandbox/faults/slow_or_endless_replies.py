"""Replies that are right and take too long to arrive: byte by byte, or without an end."""

import asyncio
from typing import Final

from diag.sandbox.disconnects import wait_for_disconnect
from diag.sandbox.faults.faulted_request import FaultedRequest

_MOST_PIECES: Final = 200
_PIECE: Final = b" " * 65_536
_PAUSE_S: Final = 0.002


async def drip(request: FaultedRequest) -> None:
    """Sends the reply in single bytes, evenly over `for_s`; a long one in 200 pieces."""
    reply = await request.work()
    size = -(-len(reply.body) // _MOST_PIECES) or 1
    pieces = [reply.body[at : at + size] for at in range(0, len(reply.body), size)]
    leaving = asyncio.create_task(wait_for_disconnect(request.receive))
    await request.send_start(reply, len(reply.body))
    for piece in pieces:
        await asyncio.wait({leaving}, timeout=request.fault.for_s / len(pieces))
        if leaving.done():
            return
        await request.send({"type": "http.response.body", "body": piece, "more_body": True})
    leaving.cancel()
    await request.send({"type": "http.response.body", "body": b""})


async def endless(request: FaultedRequest) -> None:
    """Sends the reply, then spaces for as long as the client takes them: 33 MB in a second at most."""
    reply = await request.work()
    leaving = asyncio.create_task(wait_for_disconnect(request.receive))
    await request.send_start(reply, None)
    piece = reply.body
    while not leaving.done():
        await request.send({"type": "http.response.body", "body": piece, "more_body": True})
        piece = _PIECE
        await asyncio.wait({leaving}, timeout=_PAUSE_S)
