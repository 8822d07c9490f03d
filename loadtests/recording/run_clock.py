"""One clock for a run: monotonic for durations, anchored once to the wall clock for what is recorded."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import gevent


class RunClock:
    """The time of one load process. `Session` makes one and hands it to everything that measures or waits.

    `now()`: monotonic seconds. `sleep(seconds)`: let the other greenlets run meanwhile. Both are attributes,
    not methods, because the hot path calls them. A test passes a clock whose time does not pass by itself.
    """

    def __init__(self) -> None:
        self._offset = time.time() - time.perf_counter()
        self.now: Callable[[], float] = time.perf_counter
        self.sleep: Callable[[float], object] = gevent.sleep

    def wall(self, now: float) -> float:
        """Return a moment of `now()` as Unix seconds (UTC).

        A step of the wall clock during the run (NTP) therefore moves no call against another.
        """
        return now + self._offset

    def join(self, greenlets: Sequence[Any], limit_s: float) -> None:
        """Wait until all greenlets have ended, for at most `limit_s` seconds."""
        gevent.joinall(greenlets, timeout=limit_s)
