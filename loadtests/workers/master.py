"""The master's view of its workers: who takes part, what they delivered, who was lost."""

import logging
import math
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import gevent
from gevent.event import Event
from locust.runners import STATE_RUNNING, STATE_SPAWNING

from analysis.format.call_record import SEGMENT_SUFFIX
from analysis.format.run_folder import LeftOut, RunFolder
from diag.errors import UsageError
from loadtests.planning.plan import LoadPlan
from loadtests.planning.plan_json import WorkerOrder
from loadtests.recording.generator_grade import GeneratorFigures, worst_of
from loadtests.sending.run_port import EndRun
from loadtests.steering.run_outcome import RunOutcome
from loadtests.steering.settled_actions import SettledFile
from loadtests.workers.delivery import END, FINAL, READY, TAKEN
from loadtests.workers.row_transfer import ACKNOWLEDGED, CHUNK, Receiver
from loadtests.workers.worker import FINISH, SETTLED
from loadtests.workers.worker_port import PAUSE
from loadtests.workers.worker_registry import WorkerView, WorkerViews

MESSAGES: Final = (READY, CHUNK, FINAL, END, PAUSE)
FINISH_WITHIN_S: Final = 600.0
"""Longest wait for workers that answer but do not come to an end."""
HELD: Final = 2
"""Of the three silent seconds Locust allows a worker, so many are always left while we wait for it."""
_LOG: Final = logging.getLogger("diag.load")


def order_for(
    folder: RunFolder,
    plan: LoadPlan,
    *,
    api_base: str,
    sandbox: bool,
    workers: int,
    soak_offset_s: float = 0.0,
    run_time_s: float | None = None,
    run_key: str | None = None,
) -> WorkerOrder:
    """Return what the workers are told, and leave the mark by which they know a shared disk.

    Raises UsageError for more workers than calls may be in flight: each keeps at least one.
    """
    workers = max(1, workers)
    if workers > plan.max_in_flight:
        raise UsageError(
            _too_many(workers, plan.max_in_flight) + ".",
            hint=f"Start at most {plan.max_in_flight} workers, or raise max_in_flight in the workload.",
        )
    _LOG.info("%d workers, each with a token of its own; rates and limits hold for all together", workers)
    parts = len(list(folder.segments.glob(f"*{SEGMENT_SUFFIX}"))) if folder.segments.is_dir() else 0
    mark = folder.path / f".here-{secrets.token_hex(8)}"
    mark.touch()
    return WorkerOrder(
        plan=plan,
        api_base=api_base,
        sandbox=sandbox,
        folder=str(folder.path.resolve()),
        mark=mark.name,
        workers=workers,
        part=parts,
        soak_offset_s=soak_offset_s,
        run_time_s=run_time_s,
        run_key=run_key,
    )


class MasterRun:
    """One run with workers. Messages come through `Locust`'s own connection."""

    def __init__(
        self,
        folder: RunFolder,
        runner: Any,
        *,
        mark: str,
        end_run: EndRun,
        lost_after_s: float,
        workers: int,
        max_in_flight: int,
        parent_pid: int | None = None,
    ) -> None:
        self.folder = folder
        self._runner = runner
        self._mark = folder.path / mark
        self._end_run = end_run
        self._parent_pid = parent_pid
        self._hurried = False
        self._finishing = False
        self._receiver = Receiver(folder)
        self._workers = WorkerViews(lost_after_s, ordered=workers)
        self._most_workers = max_in_flight
        self._settled = SettledFile(folder)
        runner.environment.events.heartbeat_sent.add_listener(self._on_heartbeat)
        self._watching = gevent.spawn(self._watch)

    def take(self, msg: Any) -> None:
        """Take in a message of a worker (a Locust `Message` of one of MESSAGES)."""
        {
            READY: self._on_ready,
            CHUNK: self._on_chunk,
            FINAL: self._on_final,
            END: self._on_end,
            PAUSE: self._on_pause,
        }[msg.type](msg)

    def _on_ready(self, msg: Any) -> None:
        view = self._workers.meet(str(msg.data["worker"]), msg.node_id)
        view.kept_in, view.pid = msg.data["kept_in"], msg.data["pid"]
        self._runner.send_message(TAKEN, READY, client_id=msg.node_id)
        at_work = sum(one.state != "lost" and one.final is None for one in self._workers.all)
        if at_work > self._most_workers:
            self._end_run(_too_many(at_work, self._most_workers))

    def _on_heartbeat(self, client_id: str, **_: Any) -> None:
        self._workers.hear(client_id)

    def _on_chunk(self, msg: Any) -> None:
        try:
            answer = self._receiver.take(msg.data)
        except OSError as error:
            self._end_run(f"rows could not be written: {error.strerror or error}")
            return
        if answer is not None:
            self._workers.meet(str(msg.data["worker"]), msg.node_id)
            self._runner.send_message(ACKNOWLEDGED, answer, client_id=msg.node_id)

    def _on_final(self, msg: Any) -> None:
        view = self._workers.meet(str(msg.data["worker"]), msg.node_id)
        if view.final is None:
            view.final = msg.data
            view.left_early = not (self._finishing or msg.data["time_is_over"]) and self._is_running()
        self._runner.send_message(TAKEN, FINAL, client_id=msg.node_id)

    def _on_end(self, msg: Any) -> None:
        """A failure ends the run at once; else it is over when every worker says so."""
        why, failed = str(msg.data["why"]), bool(msg.data["failed"])
        worker_id = msg.data.get("worker")  # none: it failed before it took part
        if worker_id is not None:
            self._workers.meet(str(worker_id), msg.node_id).over = True
            self._runner.send_message(TAKEN, END, client_id=msg.node_id)
        if failed or self._workers.all_over(idle=self._is_idle):
            self._end_run(why, failed=failed, exit_code=int(msg.data["exit_code"]))

    def _is_idle(self, client_id: str) -> bool:
        client = self._runner.clients.get(client_id)
        return client is not None and client.user_count == 0

    def _on_pause(self, msg: Any) -> None:
        """One worker met the org's limits: all pause, and each counts it (Guard.paused_elsewhere)."""
        self._runner.send_message(PAUSE, msg.data)

    def _spread_settled(self) -> None:
        """Tell workers on other machines which actions are settled."""
        settled = self._settled.news()
        if settled is not None:
            self._runner.send_message(SETTLED, list(settled))

    def _watch(self) -> None:
        while True:
            gevent.sleep(1.0)
            self._look()
            self._spread_settled()
            if self._parent_pid is not None and os.getppid() != self._parent_pid:
                self._end_run("the process that started this run no longer runs")
                return
            if self._workers.none_left() and self._is_running():
                self._end_run("no worker is left")
                return

    def _is_running(self) -> bool:
        return self._runner.state in (STATE_RUNNING, STATE_SPAWNING)

    def _look(self) -> None:
        """Say whose state changed, and keep Locust from giving up a worker that is only silent."""
        for sentence in self._workers.look():
            _LOG.warning(sentence)
        for view in self._workers.all:
            client = self._runner.clients.get(view.client_id)
            if client is not None and view.state != "lost":
                client.heartbeat = max(client.heartbeat, HELD)

    def hurry(self) -> None:
        """Have the workers wait no longer for calls in flight; every row is still delivered."""
        self._hurried = True
        self._runner.send_message(FINISH, {"hurry": True})

    def finish(self) -> RunOutcome:
        """Have every worker end, drain and deliver; wait for them; count what is here."""
        self._finishing = True
        self._watching.kill()
        with self._nobody_quits():
            self._wait_for_last_words()
        self._runner.environment.events.heartbeat_sent.remove_listener(self._on_heartbeat)
        self._mark.unlink(missing_ok=True)
        return self._reconcile()

    @contextmanager
    def _nobody_quits(self) -> Iterator[None]:
        """Let a second `quit` wait (Locust's own time limit): it would close our ears at once."""
        over, quit_now = Event(), self._runner.quit

        def quit_later() -> None:
            over.wait()
            quit_now()

        self._runner.quit = quit_later
        try:
            yield
        finally:
            self._runner.quit = quit_now
            over.set()

    def _wait_for_last_words(self) -> None:
        asked_at = -math.inf
        end = time.monotonic() + FINISH_WITHIN_S
        while time.monotonic() < end:
            if time.monotonic() - asked_at >= 1.0:  # again and again: one that was away has not heard it
                asked_at = time.monotonic()
                self._runner.send_message(FINISH, {"hurry": self._hurried})
                self._look()
            if not self._workers.waited_for(patient=not self._hurried):
                return
            gevent.sleep(0.1)

    def _reconcile(self) -> RunOutcome:
        gaps: list[str] = []
        figures: list[GeneratorFigures] = []
        calls = dropped = 0
        left_out: list[LeftOut] = []
        notes: list[str] = []
        for view in self._workers.all:
            rows = self._receiver.rows(view.worker_id)
            calls += rows
            final = view.final
            if final is None:
                gaps.append(_lost(view, rows))
                continue
            if rows != final["rows"]:
                recorded = f"worker {view.worker_id} recorded {final['rows']} rows, {rows} are here"
                gaps.append(recorded + _kept(view))
            elif view.left_early:
                gaps.append(f"worker {view.worker_id} left before the end; all its {rows} rows are here")
            dropped += final["dropped"]
            figures.append(GeneratorFigures(**final["figures"]))
            left_out += [LeftOut(what, why) for what, why in final["left_out"]]
            notes += final["notes"]
        if not self._workers.all:
            gaps.append("no worker took part")
        return RunOutcome(
            calls=calls,
            dropped=dropped,
            figures=worst_of(figures),
            left_out=tuple(dict.fromkeys(left_out)),
            notes=tuple(dict.fromkeys(notes)),
            gaps=tuple(gaps),
        )


def _lost(view: WorkerView, rows: int) -> str:
    said = f"worker {view.worker_id} was lost: its first {rows} rows are here, later ones are not"
    return said + _kept(view)


def _kept(view: WorkerView) -> str:
    return "" if view.kept_in is None else f" (if its disk still is, they lie there in {view.kept_in})"


def _too_many(workers: int, max_in_flight: int) -> str:
    return f"{workers} workers cannot keep within {max_in_flight} calls in flight"
