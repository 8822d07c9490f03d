"""One clock for a run: monotonic for durations, anchored once to the wall clock for what is recorded."""

import time
from collections.abc import Callable, Sequence
from typing import Any, Final

import gevent

from analysis.machine.own_process import clock_that_goes_on

A_SLEEP_S: Final = 0.5
"""Two clocks that are read one after the other differ by less, however busy the machine."""


class Sleeps:
    """How long the machine has slept since this was made, seconds; 0 where its monotonic clock goes on."""

    def __init__(self, goes_on: Callable[[], float], stands_still: Callable[[], float]) -> None:
        """Both in seconds since any moment: a clock that goes on during a sleep, and one that does not."""
        self._goes_on, self._stands_still = goes_on, stands_still
        self._at_first = goes_on() - stands_still()
        self._slept_s = 0.0

    def __call__(self) -> float:
        """Return the seconds slept so far."""
        slept_s = self._goes_on() - self._stands_still() - self._at_first
        if slept_s - self._slept_s > A_SLEEP_S:
            self._slept_s = slept_s
        return self._slept_s


class RunClock:
    """The time of one load process. `Session` makes one and hands it to everything that measures or waits.

    `now()`: monotonic seconds, which stand still while the machine sleeps. `asleep()`: how long it has slept
    since this was made. `sleep(seconds)`: let the other greenlets run meanwhile. They are attributes, not
    methods, because the hot path calls them. `unix()`: the system's clock, which goes on while the machine
    sleeps. A test passes a clock whose time does not pass by itself.
    """

    def __init__(self, ahead_s: float = 0.0) -> None:
        """`ahead_s`: how far the time of what is called is ahead of ours (`diag.clocks.target_clock`)."""
        self.now: Callable[[], float] = time.perf_counter
        self.unix: Callable[[], float] = lambda: time.time() + ahead_s
        self.asleep: Callable[[], float] = Sleeps(clock_that_goes_on(), time.perf_counter)
        self.sleep: Callable[[float], object] = gevent.sleep
        self._offset = self.unix() - self.now()

    def wall(self, now: float, slept_s: float | None = None) -> float:
        """Return a moment of `now()` as Unix seconds (UTC).

        `slept_s`: what `asleep()` was then, where that may be another by now.

        A step of the wall clock during the run (NTP) therefore moves no call against another; a sleep of the
        machine does, or what is measured after it would be dated hours early.
        """
        return now + self._offset + (self.asleep() if slept_s is None else slept_s)

    def is_past(self, moment: float | None) -> bool:
        """Return whether a moment (Unix seconds) is over; False where there is none.

        Asked of the system's clock: hours in which calls are allowed end although the machine sleeps.
        """
        return moment is not None and self.unix() >= moment

    def join(self, greenlets: Sequence[Any], limit_s: float) -> None:
        """Wait until all greenlets have ended, for at most `limit_s` seconds."""
        gevent.joinall(greenlets, timeout=limit_s)
