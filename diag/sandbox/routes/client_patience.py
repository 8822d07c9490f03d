"""Waiting no longer than the client does: a direct call is cut off by whoever made it."""

import asyncio
import math

from starlette.requests import Request

from diag.sandbox.clock import Clock
from diag.sandbox.disconnects import wait_for_disconnect


async def still_there_at(request: Request, clock: Clock, deadline_s: float) -> bool:
    """Wait until the deadline (`monotonic_s`) or until the client has left; return whether it is still there.

    An infinite deadline is a backend that hangs.
    """
    leaving = asyncio.create_task(wait_for_disconnect(request.receive))
    waiting = {leaving}
    if not math.isinf(deadline_s):
        waiting.add(asyncio.create_task(clock.sleep_until(deadline_s)))
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        return not leaving.done()
    finally:
        for task in waiting:
            task.cancel()
