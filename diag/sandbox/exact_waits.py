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
        self._cancelled = 0
        """How many of the waits were cancelled; below 0 while some left before they were counted."""
        loop.add_reader(timer.descriptor, self._end_those_due)

    async def until(self, deadline_s: float) -> None:
        """Return once `perf_counter` has reached the deadline."""
        wait: asyncio.Future[None] = self._loop.create_future()
        heapq.heappush(self._waits, (deadline_s, next(self._numbers), wait))
        if deadline_s < self._due_s:
            self._set(deadline_s)
        try:
            await wait
        except asyncio.CancelledError:
            if wait.cancelled():  # otherwise it had ended, and is gone
                self._count_cancelled()
            raise

    def _end_those_due(self) -> None:
        waits = self._waits
        while waits and waits[0][0] <= time.perf_counter():
            _, _, wait = heapq.heappop(waits)
            if wait.cancelled():
                self._cancelled -= 1
            else:
                wait.set_result(None)
        self._set(waits[0][0] if waits else inf)

    def _count_cancelled(self) -> None:
        """Drop those cancelled once they are more than half, as asyncio does: none need be found in the heap.

        The timer stays as it is: a moment too early only lets it look.
        """
        self._cancelled += 1
        if self._cancelled * 2 > len(self._waits):
            left = [entry for entry in self._waits if not entry[2].cancelled()]
            heapq.heapify(left)
            self._cancelled -= len(self._waits) - len(left)
            self._waits = left

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
