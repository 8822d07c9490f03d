"""The arrival streams of one process: each Locust user is one, and together they hold the planned rates."""

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any, Final

import gevent

from loadtests.arrivals import Schedule
from loadtests.clock import Clock
from loadtests.directing import TICK_S
from loadtests.plan import LoadPlan

BURST: Final = 50
"""Arrivals started in one go before replies get their turn, when the generator is late."""


class Streams:
    """Schedules of all users here, and what each sends.

    `launch(index, due, offered_rate)` starts the call of an action that is due and returns its greenlet, or
    None when it was held back. `workers` processes share the load; each knows only its own users until
    `set_users_of_all` says how many there are.
    """

    def __init__(
        self,
        plan: LoadPlan,
        *,
        clock: Clock,
        worker_id: str,
        workers: int,
        launch: Callable[[int, float, float], Any],
    ) -> None:
        self._plan = plan
        self._clock = clock
        self._worker_id = worker_id
        self._workers = workers
        self._launch = launch
        self._numbers = itertools.count()
        self._schedules: list[Schedule] = []
        self._rates = [0.0] * len(plan.actions)
        self._offered = self._rates
        self._users_of_all: int | None = None
        self._stopped = False

    @property
    def users(self) -> int:
        """Streams running in this process."""
        return len(self._schedules)

    @property
    def offered_rate(self) -> float:
        """Calls/s all processes together offer now; 0 in the closed model, which offers none."""
        return 0.0 if self._plan.model == "closed" else sum(self._offered)

    def stop(self) -> None:
        """Let no further call become due."""
        self._stopped = True

    def run(self) -> None:
        """Be one arrival stream until killed."""
        schedule = Schedule(
            self._shares(),
            self._plan.arrivals,
            f"{self._plan.seed}:{self._worker_id}:{next(self._numbers)}",
            self._clock.now(),
        )
        self._schedules.append(schedule)
        self._divide()
        try:
            if self._plan.model == "open":
                self._open(schedule)
            else:
                self._closed(schedule)
        finally:
            self._schedules.remove(schedule)
            self._divide()

    def set_rates(self, rates: Sequence[float]) -> None:
        """Take in what all streams together shall send, calls/s per action."""
        if rates != self._rates:
            self._rates = list(rates)
            self._divide()

    def set_users_of_all(self, users: int) -> None:
        """Take in how many streams all processes together run."""
        self._users_of_all = users
        self._divide()

    def _open(self, schedule: Schedule) -> None:
        now = self._clock.now
        in_a_row = 0
        while not self._stopped:
            due = schedule.next_due
            wait = TICK_S if due is None else due - now()
            if wait > 0 or in_a_row >= BURST:
                gevent.sleep(min(max(0.0, wait), TICK_S))
                in_a_row = 0
                continue
            due, index = schedule.take()
            in_a_row += 1
            self._launch(index, due, self._offered[index])

    def _closed(self, schedule: Schedule) -> None:
        while not self._stopped:
            schedule.skip_to(self._clock.now())
            due = schedule.next_due
            wait = TICK_S if due is None else due - self._clock.now()
            gevent.sleep(min(max(0.0, wait), TICK_S))
            if due is None or due > self._clock.now():
                continue
            due, index = schedule.take()
            greenlet = self._launch(index, due, self._offered[index])
            if greenlet is not None:
                greenlet.join()

    def _all_users(self) -> int:
        """How many streams all processes together run, as far as this one knows."""
        if self._users_of_all is None or not self._schedules:
            return len(self._schedules) * self._workers
        return self._users_of_all

    def _shares(self) -> list[float]:
        """What each stream sends of each action: users beyond the plan's streams divide the plan further."""
        among = max(self._plan.streams, self._all_users())
        return [rate / among for rate in self._rates]

    def _divide(self) -> None:
        """Give every stream its share, after the rates or the number of streams have changed."""
        shares = self._shares()
        # No stream sleeps longer than a tick, so from then on no arrival of the new rate is late.
        begin = self._clock.now() + TICK_S
        for schedule in self._schedules:
            for index, rate in enumerate(shares):
                schedule.set_rate(index, rate, begin)
        if self._plan.model == "closed":  # its callers wait for their replies: no rate is offered
            self._offered = [math.nan] * len(shares)
        else:
            self._offered = [share * self._all_users() for share in shares]
