"""The arrival streams of one process: each Locust user runs one, and it decides when a call is due."""

import itertools
import math
from collections.abc import Sequence
from typing import Final

from loadtests.planning.plan import LoadPlan
from loadtests.recording.run_clock import RunClock
from loadtests.sending.arrival_schedule import Schedule
from loadtests.sending.in_flight import InFlight

TICK_S: Final = 0.2
"""How often rates are decided; a stream never sleeps longer, so a change reaches it in this time."""
BURST: Final = 50
"""Arrivals started in one go before replies get their turn, when the generator is late."""


class Streams:
    """The schedules of all users of this process. Owned by `Session`; each Locust user calls `run`."""

    def __init__(self, plan: LoadPlan, calls: InFlight, clock: RunClock, worker_id: str) -> None:
        self._plan = plan
        self._calls = calls
        self._clock = clock
        self._worker_id = worker_id
        self._numbers = itertools.count()
        self._schedules: list[Schedule] = []
        self._rates = [0.0] * len(plan.actions)
        self._share = list(self._rates)
        self._stopped = False

    @property
    def users(self) -> int:
        """Streams running in this process."""
        return len(self._schedules)

    @property
    def offered_rate(self) -> float:
        """Calls/s this process offers now; 0 in the closed model, which offers none."""
        return 0.0 if self._plan.model == "closed" else sum(self._share) * len(self._schedules)

    def stop(self) -> None:
        """Let no further call become due."""
        self._stopped = True

    def share_out(self, rates: Sequence[float], users: int) -> None:
        """Give every stream its share of `rates`: calls/s per action of all `users` that send calls now."""
        self._rates = list(rates)
        share = [rate / max(1, users) for rate in rates]
        if all(math.isclose(new, old, rel_tol=1e-9) for new, old in zip(share, self._share, strict=True)):
            return
        self._share = share
        # No stream sleeps longer than a tick, so no arrival is late if the new rate begins one from now.
        begin = self._clock.now() + TICK_S
        for schedule in self._schedules:
            for index, rate in enumerate(share):
                schedule.set_rate(index, rate, begin)

    def run(self) -> None:
        """Be one arrival stream until killed."""
        schedule = Schedule(
            self._share,
            self._plan.arrivals,
            f"{self._plan.seed}:{self._worker_id}:{next(self._numbers)}",
            self._clock.now(),
        )
        self._schedules.append(schedule)
        try:
            if self._plan.model == "open":
                self._open(schedule)
            else:
                self._closed(schedule)
        finally:
            self._schedules.remove(schedule)

    def _open(self, schedule: Schedule) -> None:
        now = self._clock.now
        in_a_row = 0
        while not self._stopped:
            due = schedule.next_due
            wait = TICK_S if due is None else due - now()
            if wait > 0 or in_a_row >= BURST:
                self._clock.sleep(min(max(0.0, wait), TICK_S))
                in_a_row = 0
                continue
            due, index = schedule.take()
            in_a_row += 1
            self._calls.launch(index, due, self._rates[index])

    def _closed(self, schedule: Schedule) -> None:
        while not self._stopped:
            schedule.skip_to(self._clock.now())
            due = schedule.next_due
            wait = TICK_S if due is None else due - self._clock.now()
            self._clock.sleep(min(max(0.0, wait), TICK_S))
            if due is None or due > self._clock.now():
                continue
            due, index = schedule.take()
            greenlet = self._calls.launch(index, due, math.nan)  # its callers wait: no rate is offered
            if greenlet is not None:
                greenlet.join()
