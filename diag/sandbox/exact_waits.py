"""Waits of an event loop that end on time, to a tenth of a millisecond, and take no core meanwhile."""

import asyncio
import heapq
import time
import weakref
from itertools import count
from math import inf

from analysis.machine.kernel_timer import KernelTimer, kernel_timer


class ExactWaits:
    """All waits of one event loop behind one timer of the kernel, which is due when the earliest ends."""

    def __init__(self, loop: asyncio.AbstractEventLoop, timer: KernelTimer) -> None:
        self._loop, self._timer = loop, timer
        self._waits: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = count()
        self._due_s = inf
        loop.add_reader(timer.descriptor, self._end_those_due)

    async def until(self, deadline_s: float) -> None:
        """Return once `perf_counter` has reached the deadline."""
        wait: asyncio.Future[None] = self._loop.create_future()
        heapq.heappush(self._waits, (deadline_s, next(self._numbers), wait))
        if deadline_s < self._due_s:
            self._set(deadline_s)
        await wait

    def _end_those_due(self) -> None:
        waits = self._waits
        while waits and waits[0][0] <= time.perf_counter():
            _, _, wait = heapq.heappop(waits)
            if not wait.done():  # whoever waited may have been cancelled
                wait.set_result(None)
        self._set(waits[0][0] if waits else inf)

    def _set(self, due_s: float) -> None:
        self._due_s = due_s
        if due_s < inf:
            self._timer.due_at(due_s)
        else:
            self._timer.never_due()


def exact_waits(loop: asyncio.AbstractEventLoop) -> ExactWaits | None:
    """Return the waits of a loop; None where the system has no timer for them."""
    timer = kernel_timer()
    if timer is None:
        return None
    weakref.finalize(loop, timer.close)
    return ExactWaits(loop, timer)
