"""When calls leave: an absolute schedule, so that a slow reply or a busy moment never moves the next call.

The schedule of a stream is the merge of one arrival process per action. Due times are computed from
due times, never from "now", so there is no drift (k6 does the same; Locust's `constant_pacing` does not:
see Locust pull request 1281). Streams with the same seed give the same schedule.
"""

import heapq
import random
from collections.abc import Sequence

from diag.workload.tables.load_shape import Arrivals


class Schedule:
    """Merged arrival processes of one stream. Times are seconds on the caller's own clock, rates calls/s.

    `constant`: evenly spaced, each action with a random phase so that actions do not fire together.
    `poisson`: exponential gaps, what independent callers produce.
    """

    def __init__(self, rates: Sequence[float], arrivals: Arrivals, seed: int | str, start: float) -> None:
        self._random = random.Random(seed)
        self._poisson = arrivals == "poisson"
        self._rates = [0.0] * len(rates)
        self._heap: list[tuple[float, int]] = []
        for index, rate in enumerate(rates):
            self.set_rate(index, rate, start)

    @property
    def next_due(self) -> float | None:
        """When the next call is due, or None when every rate is zero."""
        return self._heap[0][0] if self._heap else None

    def take(self) -> tuple[float, int]:
        """Remove and return the next arrival as (due time, action index); IndexError when none is left."""
        due, index = self._heap[0]
        heapq.heapreplace(self._heap, (due + self._gap(self._rates[index]), index))
        return due, index

    def set_rate(self, index: int, rate: float, now: float) -> None:
        """Change one action's rate from `now` on; 0 ends its arrivals. What is due before `now` stays due."""
        old = self._rates[index]
        if rate == old:
            return
        due = next((due for due, other in self._heap if other == index), None)
        if rate > 0 and due is not None and due < now:
            self._rates[index] = rate
            return
        first = self._first_gap(index, rate, now)
        self._heap = [entry for entry in self._heap if entry[1] != index]
        self._rates[index] = rate
        if rate > 0:
            self._heap.append((now + first, index))
        heapq.heapify(self._heap)

    def skip_to(self, now: float) -> None:
        """Forget what was due before `now`: for the closed model, which never makes up for missed calls."""
        while self._heap and self._heap[0][0] < now:
            due, index = self._heap[0]
            gap = self._gap(self._rates[index])
            if not self._poisson:
                gap *= 1 + (now - due) // gap
            heapq.heapreplace(self._heap, (due + gap, index))

    def _gap(self, rate: float) -> float:
        return self._random.expovariate(rate) if self._poisson else 1.0 / rate

    def _first_gap(self, index: int, rate: float, now: float) -> float:
        if rate <= 0:
            return 0.0
        if self._poisson:
            return self._random.expovariate(rate)
        old = self._rates[index]
        if old > 0:  # keep the share of the gap that has already passed
            due = next(due for due, other in self._heap if other == index)
            return max(0.0, due - now) * old / rate
        return self._random.random() / rate
