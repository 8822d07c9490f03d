"""The sandbox's time: one clock for limits, tokens, latencies and jobs, so that a test can bring its own."""

import asyncio
import time
from typing import Final, Protocol

from diag.sandbox.exact_waits import ExactWaits, exact_waits

_TIMER_SLACK_S: Final = 0.0005
"""Event loop timers count whole milliseconds and may fire early: the rest is spent in short yields.

Measured at 200 sleeps/s with uvloop: p99 of the error 0.8 ms for 11 % of a core; 1.5 ms of slack cost 22 %.
Where the kernel has a timer for it, nothing is spent (`exact_waits`).
"""


class Clock(Protocol):
    """What the sandbox asks for the time."""

    def monotonic_s(self) -> float:
        """Return seconds since some moment; never goes back."""

    def unix_s(self) -> float:
        """Return Unix seconds."""

    async def sleep_until(self, deadline_s: float) -> None:
        """Return once `monotonic_s` has reached the deadline."""


class SystemClock:
    """The time of this machine, for one event loop: asyncio refuses the kernel's waits to any other."""

    def __init__(self) -> None:
        self._waits: ExactWaits | None = None
        self._asked = False

    def monotonic_s(self) -> float:
        """Return seconds of time.perf_counter."""
        return time.perf_counter()

    def unix_s(self) -> float:
        """Return Unix seconds."""
        return time.time()

    async def sleep_until(self, deadline_s: float) -> None:
        """Return at the deadline, late by well under a millisecond on an idle loop."""
        if not self._asked:
            self._asked, self._waits = True, exact_waits(asyncio.get_running_loop())
        if self._waits is None:
            await _sleep_and_yield(deadline_s)
        elif deadline_s > time.perf_counter():
            await self._waits.until(deadline_s)


async def _sleep_and_yield(deadline_s: float) -> None:
    left_s = deadline_s - time.perf_counter()
    if left_s > _TIMER_SLACK_S:
        await asyncio.sleep(left_s - _TIMER_SLACK_S)
    while time.perf_counter() < deadline_s:
        await asyncio.sleep(0)
