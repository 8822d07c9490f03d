"""What a master knows of its workers: who takes part, who is silent, who is lost, what each counted.

Locust gives up a worker after three silent seconds, and ends the run with the last one. But a worker whose
network is down for a minute is not lost: it goes on with its share, its rows wait on its own disk, and
arrive later. So silence is timed here, with a longer limit.
"""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from analysis.format.manifest import LeftOut
from analysis.machine.processes import is_running
from loadtests.workers.messages import Counts

AWAY_AFTER_S: Final = 5.0
"""A worker silent for so long is reported."""
LATE_S: Final = 2.0
"""Longest normal distance of two checks; beyond it the master itself was asleep."""

State = Literal["here", "away", "lost"]


@dataclass(slots=True)
class RegisteredWorker:
    """One worker of the run."""

    worker_id: str
    client_id: str
    heard_at: float
    kept_in: str | None = None
    """Folder of its rows on its own machine until they are here; None: it writes into the run folder."""
    pid: int | None = None
    """Process id where the master forked it: then its end is noticed at once."""
    over: bool = False
    """It has nothing left to do, and waits for the others."""
    counts: Counts | None = None
    """None until it has ended, and for ever when it is lost."""
    left_early: bool = False
    state: State = "here"


class WorkerRegistry:
    """All workers of one run: `ordered` of them at its start; one silent for `lost_after_s` is lost."""

    def __init__(
        self,
        lost_after_s: float,
        *,
        ordered: int = 1,
        now: Callable[[], float] = time.monotonic,
        alive: Callable[[int], bool] | None = None,
    ) -> None:
        self._lost_after_s = lost_after_s
        self._ordered = ordered
        self._now = now
        self._alive = alive or is_running
        self._workers: dict[str, RegisteredWorker] = {}
        self._checked_at = now()

    @property
    def all(self) -> tuple[RegisteredWorker, ...]:
        """Every worker that took part."""
        return tuple(self._workers.values())

    def sender(self, worker_id: str, client_id: str) -> RegisteredWorker:
        """Return the worker that sent something; its first message registers it."""
        worker = self._workers.get(worker_id)
        if worker is None:
            worker = self._workers[worker_id] = RegisteredWorker(worker_id, client_id, self._now())
        worker.client_id = client_id
        worker.heard_at = self._now()
        return worker

    def heartbeat(self, client_id: str) -> None:
        """Record that a client is alive."""
        for worker in self._workers.values():
            if worker.client_id == client_id:
                worker.heard_at = self._now()

    def waited_for(self, *, patient: bool) -> bool:
        """Whether counts of any worker are still to come; without patience only of one that answers."""
        silent = {"lost"} if patient else {"lost", "away"}
        return any(worker.counts is None and worker.state not in silent for worker in self.all)

    def all_over(self, *, idle: Callable[[str], bool]) -> bool:
        """Whether none of the workers that were ordered has anything left to do.

        `idle` returns for a client id whether that worker has no users: then it has nothing to end.
        """
        return len(self._workers) >= self._ordered and all(
            worker.over or worker.counts or worker.state == "lost" or idle(worker.client_id)
            for worker in self.all
        )

    def none_left(self) -> bool:
        """Whether there were workers and all of them have ended or are lost."""
        return bool(self._workers) and all(worker.counts or worker.state == "lost" for worker in self.all)

    def check(self) -> list[str]:
        """Update the state of every worker; return a sentence for each that changed."""
        now = self._now()
        slept_s = now - self._checked_at - LATE_S
        self._checked_at = now
        changes = []
        for worker in self._workers.values():
            if slept_s > 0:  # it was the master that did not listen
                worker.heard_at += slept_s
            before, worker.state = worker.state, self._state(worker, now - worker.heard_at)
            if worker.state != before:
                changes.append(self._sentence(worker))
        return changes

    def _state(self, worker: RegisteredWorker, silent_s: float) -> State:
        if worker.counts is not None:
            return "here"
        if silent_s >= self._lost_after_s or (worker.pid is not None and not self._alive(worker.pid)):
            return "lost"
        return "away" if silent_s >= AWAY_AFTER_S else "here"

    def _sentence(self, worker: RegisteredWorker) -> str:
        if worker.state == "lost":
            return f"worker {worker.worker_id} is lost; the others go on"
        if worker.state == "away":
            waits = "; its rows wait on its own disk" if worker.kept_in else ""
            return (
                f"worker {worker.worker_id} has been silent for {AWAY_AFTER_S:.0f} s{waits}; "
                f"it is lost after {self._lost_after_s:.0f} s"
            )
        return f"worker {worker.worker_id} is back"


def left_out_by(counts: Sequence[Counts]) -> tuple[LeftOut, ...]:
    """Return what was left out, each once; where other workers called it, in how many it was."""
    times = Counter(entry for each in counts for entry in each.left_out)
    everywhere = len(counts)
    return tuple(
        LeftOut(what, why if count == everywhere else f"{why} (in {count} of {everywhere} workers)")
        for (what, why), count in times.items()
    )
