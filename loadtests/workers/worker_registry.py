"""What a master knows of its workers: who takes part, who is silent, who is lost, what each said last.

Locust gives a worker up after three silent seconds, and ends the run with the last one. A network that is
down for a minute is no lost worker: it goes on with its share, its rows wait on its own disk, and are here
soon after. So silence is counted here, by a longer patience.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

AWAY_AFTER_S: Final = 5.0
"""Silent for so long: said aloud."""
LATE_S: Final = 2.0


@dataclass(slots=True)
class WorkerView:
    """One worker of the run. `final` is what it said last; None while it runs, for ever when it is lost."""

    worker_id: str
    client_id: str
    heard_at: float
    kept_in: str | None = None
    """Where its rows lie on its own machine until they are here; None: it writes into the run folder."""
    pid: int | None = None
    """A process of this machine, forked by the master: its death is known at once."""
    over: bool = False
    """It has nothing left to do, and waits for the others."""
    final: dict[str, Any] | None = None
    left_early: bool = False
    state: Literal["here", "away", "lost"] = "here"


class WorkerViews:
    """All workers of one run, of which so many were `ordered`; `lost_after_s` of silence make one lost."""

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
        self._alive = alive or _alive
        self._views: dict[str, WorkerView] = {}
        self._looked_at = now()

    @property
    def all(self) -> tuple[WorkerView, ...]:
        """Every worker that took part."""
        return tuple(self._views.values())

    def meet(self, worker_id: str, client_id: str) -> WorkerView:
        """Return the view of a worker that sent something; the first message makes it known."""
        view = self._views.get(worker_id)
        if view is None:
            view = self._views[worker_id] = WorkerView(worker_id, client_id, self._now())
        view.client_id = client_id
        view.heard_at = self._now()
        return view

    def hear(self, client_id: str) -> None:
        """Take in a sign of life."""
        for view in self._views.values():
            if view.client_id == client_id:
                view.heard_at = self._now()

    def waited_for(self, *, patient: bool) -> bool:
        """Whether any worker has still something to say; without patience only one that answers counts."""
        silent = {"lost"} if patient else {"lost", "away"}
        return any(view.final is None and view.state not in silent for view in self.all)

    def all_over(self, *, idle: Callable[[str], bool]) -> bool:
        """Whether none of the workers that were ordered has anything left to do.

        `idle` tells of a client id whether that worker has no users: it has nothing to bring to an end.
        """
        return len(self._views) >= self._ordered and all(
            view.over or view.final or view.state == "lost" or idle(view.client_id) for view in self.all
        )

    def none_left(self) -> bool:
        """Whether there were workers and none is at work any more."""
        return bool(self._views) and all(view.final or view.state == "lost" for view in self.all)

    def look(self) -> list[str]:
        """Judge every worker anew; return a sentence for each whose state changed."""
        now = self._now()
        slept_s = now - self._looked_at - LATE_S
        self._looked_at = now
        said = []
        for view in self._views.values():
            if slept_s > 0:  # it was us who did not listen
                view.heard_at += slept_s
            before, view.state = view.state, self._state(view, now - view.heard_at)
            if view.state != before:
                said.append(self._say(view))
        return said

    def _state(self, view: WorkerView, silent_s: float) -> Literal["here", "away", "lost"]:
        if view.final is not None:
            return "here"
        if silent_s >= self._lost_after_s or (view.pid is not None and not self._alive(view.pid)):
            return "lost"
        return "away" if silent_s >= AWAY_AFTER_S else "here"

    def _say(self, view: WorkerView) -> str:
        if view.state == "lost":
            return f"worker {view.worker_id} is lost; the others go on"
        if view.state == "away":
            waits = "; its rows wait on its own disk" if view.kept_in else ""
            return (
                f"worker {view.worker_id} has not been heard of for {AWAY_AFTER_S:.0f} s{waits}; "
                f"it is lost after {self._lost_after_s:.0f} s"
            )
        return f"worker {view.worker_id} is back"


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return not Path("/proc/self").exists()  # where there is no /proc, its silence must tell
    return state not in ("Z", "X")
