"""One clock for a run: monotonic for durations, anchored once to the wall clock for what is recorded."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import gevent


class RunClock:
    """The time of one load process. `Session` makes one and hands it to everything that measures or waits.

    `now()`: monotonic seconds. `sleep(seconds)`: let the other greenlets run meanwhile. Both are attributes,
    not methods, because the hot path calls them. `unix()`: the system's clock, which goes on while the
    machine sleeps; the monotonic one does not. A test passes a clock whose time does not pass by itself.
    """

    def __init__(self, ahead_s: float = 0.0) -> None:
        """`ahead_s`: how far the time of what is called is ahead of ours (`diag.clocks.target_clock`)."""
        self._offset = time.time() + ahead_s - time.perf_counter()
        self.now: Callable[[], float] = time.perf_counter
        self.unix: Callable[[], float] = lambda: time.time() + ahead_s
        self.sleep: Callable[[float], object] = gevent.sleep

    def wall(self, now: float) -> float:
        """Return a moment of `now()` as Unix seconds (UTC).

        A step of the wall clock during the run (NTP) therefore moves no call against another.
        """
        return now + self._offset

    def is_past(self, moment: float | None) -> bool:
        """Return whether a moment (Unix seconds) is over; False where there is none.

        Asked of the system's clock: hours in which calls are allowed end although the machine sleeps.
        """
        return moment is not None and self.unix() >= moment

    def join(self, greenlets: Sequence[Any], limit_s: float) -> None:
        """Wait until all greenlets have ended, for at most `limit_s` seconds."""
        gevent.joinall(greenlets, timeout=limit_s)
