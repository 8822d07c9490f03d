"""The calls in flight of one process: no more at once than allowed, every one accounted for at the end."""

import math
from collections.abc import Mapping
from typing import Any, Final

import gevent

from loadtests.recording.run_clock import RunClock
from loadtests.sending.call_budget import CallBudget
from loadtests.sending.caller import Caller
from loadtests.sending.run_faults import RunFaults

MEMORY: Final = 100
"""Arrivals over which the share that is sent is averaged."""

STEP: Final = 1.2
"""Achieved rates are the planned one divided by powers of this. More than the analysis takes for one level
(`analysis.estimates.load_levels.SAME_LEVEL_RATIO`), so that chance does not make many levels of one."""


class AchievedRate:
    """Of each action: the planned rate while nearly all arrivals are sent, else the nearest step below it.

    A call is judged with the calls of its load level, so its row must not carry a rate that was not reached.
    """

    def __init__(self, actions: int) -> None:
        self._share = [1.0] * actions
        """Of the latest arrivals, those that were sent."""
        self._arrivals = [0] * actions

    def arrival(self, index: int, *, sent: bool) -> None:
        """Count an arrival of an action."""
        self._arrivals[index] = seen = min(MEMORY, self._arrivals[index] + 1)
        self._share[index] += (float(sent) - self._share[index]) / seen

    def of(self, index: int, planned: float) -> float:
        """Return the calls/s at which an action is called now, where `planned` are due."""
        share = max(self._share[index], 1.0 / MEMORY)
        return planned / STEP ** round(-math.log(share, STEP))


class InFlight:
    """Starts calls in greenlets of their own, as long as the budget has room. Owned by `Session`."""

    def __init__(self, caller: Caller, budget: CallBudget, clock: RunClock, faults: RunFaults) -> None:
        self._caller = caller
        self._budget = budget
        self._clock = clock
        self._faults = faults
        self._live: dict[Any, tuple[int, float]] = {}
        """Greenlet -> (action, when it was due)."""
        self._achieved = AchievedRate(len(caller.prepared))
        self.dropped = [0] * len(caller.prepared)
        """Per action: arrivals not sent because too many calls were in flight."""

    @property
    def oldest(self) -> Mapping[int, float]:
        """When the oldest call in flight of each action was due."""
        oldest: dict[int, float] = {}
        for index, due in self._live.values():
            oldest[index] = min(due, oldest.get(index, math.inf))
        return oldest

    def launch(self, index: int, due: float, planned_rate: float) -> Any:
        """Start a call and return its greenlet; None where there is no room: counted as dropped.

        `planned_rate`: calls/s of the action that are due now, NaN where none are offered. After the time in
        which calls may leave none is due: not started, and not held back by slow ones either.
        """
        if self._budget.closed:
            return None
        room = self._budget.has_room()
        self._achieved.arrival(index, sent=room)
        if not room:
            self.dropped[index] += 1
            return None
        greenlet = gevent.spawn(self._call, index, due, self._achieved.of(index, planned_rate))
        self._live[greenlet] = (index, due)
        self._budget.taken += 1
        return greenlet

    def drain(self, limit_s: float) -> None:
        """Wait until the calls in flight have ended, for at most `limit_s` seconds."""
        self._clock.join(list(self._live), limit_s)

    def give_up(self) -> None:
        """Wait no longer: each call is recorded at its elapsed time, one not begun yet counts as unsent."""
        waiting = list(self._live)
        for greenlet in waiting:
            if not greenlet.started:
                self._caller.unsent += 1
                self._ended(greenlet)
        gevent.killall(waiting)

    def _call(self, index: int, due: float, offered_rate: float) -> None:
        try:
            self._caller.call(self._caller.prepared[index], due, offered_rate)
        except Exception as error:  # a defect of this program must end the run, not silently lose calls
            self._faults.unexpected(error)
        finally:
            self._ended(gevent.getcurrent())

    def _ended(self, greenlet: Any) -> None:
        if self._live.pop(greenlet, None) is not None:
            self._budget.taken -= 1
