"""A run with workers, seen from the master: who takes part, what has arrived, who was lost."""

import logging
import math
import secrets
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import gevent
from gevent.event import Event
from locust.runners import STATE_RUNNING, STATE_SPAWNING

from analysis.format.call_record import SEGMENT_SUFFIX
from analysis.format.run_folder import RunFolder
from analysis.machine.processes import starter_is_gone
from analysis.number_words import noun, plural
from diag.errors import UsageError
from diag.target import Target
from loadtests.planning.plan import LoadPlan
from loadtests.recording.generator_figures import GeneratorFigures, worst_of
from loadtests.sending.session_link import EndRun
from loadtests.steering.run_outcome import RunOutcome
from loadtests.steering.settled_actions import SettledFile
from loadtests.workers.messages import (
    TO_MASTER,
    Chunk,
    Confirmed,
    Counts,
    End,
    Finish,
    MalformedMessageError,
    Message,
    PauseMessage,
    Ready,
    SettledMessage,
    Taken,
)
from loadtests.workers.plan_message import WorkerOrder
from loadtests.workers.row_transfer import Receiver
from loadtests.workers.worker_registry import RegisteredWorker, WorkerRegistry, left_out_by

FINISH_WITHIN_S: Final = 600.0
"""Longest wait for workers that answer but do not come to an end."""
HELD: Final = 2
"""Of the three silent seconds Locust allows a worker, this many are left as long as we wait for it."""
_LOG: Final = logging.getLogger("diag.load")


def order_for(
    folder: RunFolder,
    plan: LoadPlan,
    target: Target,
    *,
    workers: int,
    soak_offset_s: float = 0.0,
    run_time_s: float | None = None,
    run_key: str | None = None,
) -> WorkerOrder:
    """Return the order for the workers, and leave the mark by which they recognise a shared disk.

    Raises UsageError for more workers than calls may be in flight: each keeps at least one.
    """
    workers = max(1, workers)
    if workers > plan.max_in_flight:
        raise UsageError(
            _too_many(workers, plan.max_in_flight) + ".",
            hint=f"Start at most {plan.max_in_flight} workers, or raise max_in_flight in the workload.",
        )
    of_each = ", each with a token of its own" if plan.asks_the_platform else ""
    _LOG.info("%d workers%s; rates and limits hold for all together", workers, of_each)
    parts = len(list(folder.segments.glob(f"*{SEGMENT_SUFFIX}"))) if folder.segments.is_dir() else 0
    mark = folder.path / f".here-{secrets.token_hex(8)}"
    mark.touch()
    return WorkerOrder(
        plan=plan,
        api_base=target.connection.api_base,
        sandbox=target.sandbox,
        folder=str(folder.path.resolve()),
        mark=mark.name,
        workers=workers,
        part=parts,
        soak_offset_s=soak_offset_s,
        run_time_s=run_time_s,
        run_key=run_key,
    )


class MasterRun:
    """One run with workers, owned by `LoadRun`. Messages come through Locust's own connection."""

    def __init__(
        self,
        folder: RunFolder,
        runner: Any,
        order: WorkerOrder,
        *,
        end_run: EndRun,
        lost_after_s: float,
        parent_pid: int | None = None,
    ) -> None:
        self.folder = folder
        self._runner = runner
        self._order = order
        self._end_run = end_run
        self._parent_pid = parent_pid
        self._hurried = False
        self._finishing = False
        self._receiver = Receiver(folder)
        self._registry = WorkerRegistry(lost_after_s, ordered=order.workers)
        self._settled = SettledFile(folder)
        runner.environment.events.heartbeat_sent.add_listener(self._on_heartbeat)
        self._watching = gevent.spawn(self._watch)

    def on_message(self, msg: Any) -> None:
        """Handle a message of a worker: a Locust `Message` whose type is a key of TO_MASTER."""
        try:
            message = TO_MASTER[msg.type].from_wire(msg.data)
        except MalformedMessageError as error:
            _LOG.warning(str(error))
            return
        match message:
            case Ready():
                self._on_ready(message, msg.node_id)
            case Chunk():
                self._on_chunk(message, msg.node_id)
            case Counts():
                self._on_counts(message, msg.node_id)
            case End():
                self._on_end(message, msg.node_id)
            case PauseMessage():  # one worker met the org's limits: all pause, and each counts it
                self._send(message)

    def _on_ready(self, ready: Ready, client_id: str) -> None:
        worker = self._registry.sender(ready.worker, client_id)
        worker.kept_in, worker.pid = ready.kept_in, ready.pid
        self._confirm(ready, client_id)
        at_work = sum(each.state != "lost" and each.counts is None for each in self._registry.all)
        if at_work > self._order.plan.max_in_flight:
            self._end_run(_too_many(at_work, self._order.plan.max_in_flight))

    def _on_heartbeat(self, client_id: str, **_: Any) -> None:
        self._registry.heartbeat(client_id)

    def _on_chunk(self, chunk: Chunk, client_id: str) -> None:
        try:
            answer = self._receiver.append(chunk)
        except OSError as error:
            self._end_run(f"rows could not be written: {error.strerror or error}")
            return
        self._registry.sender(chunk.worker, client_id)
        self._send(answer, client_id)

    def _on_counts(self, counts: Counts, client_id: str) -> None:
        worker = self._registry.sender(counts.worker, client_id)
        if worker.counts is None:
            worker.counts = counts
            worker.left_early = not (self._finishing or counts.time_is_over) and self._is_running()
        self._confirm(counts, client_id)

    def _on_end(self, end: End, client_id: str) -> None:
        """A failure ends the run at once; otherwise it is over when no worker has anything left to do."""
        if end.worker is not None:  # else it failed before it took part
            self._registry.sender(end.worker, client_id).over = True
            self._confirm(end, client_id)
        if end.failed or self._registry.all_over(idle=self._is_idle):
            self._end_run(end.why, failed=end.failed, exit_code=end.exit_code)

    def _confirm(self, message: Confirmed, client_id: str) -> None:
        self._send(Taken(message.KIND), client_id)

    def _send(self, message: Message, client_id: str | None = None) -> None:
        """Send a message to one worker, or to all."""
        self._runner.send_message(message.KIND, message.to_wire(), client_id=client_id)

    def _is_idle(self, client_id: str) -> bool:
        client = self._runner.clients.get(client_id)
        return client is not None and client.user_count == 0

    def _watch(self) -> None:
        while True:
            gevent.sleep(1.0)
            self._check_workers()
            self._pass_on_settled()
            if self._parent_pid is not None and starter_is_gone(self._parent_pid):
                self._end_run("the process that started this run no longer runs")
                return
            if self._registry.none_left() and self._is_running():
                self._end_run("no worker is left")
                return

    def _is_running(self) -> bool:
        return self._runner.state in (STATE_RUNNING, STATE_SPAWNING)

    def _check_workers(self) -> None:
        """Report whose state changed, and keep Locust from giving up a worker that is only silent."""
        for sentence in self._registry.check():
            _LOG.warning(sentence)
        for worker in self._registry.all:
            client = self._runner.clients.get(worker.client_id)
            if client is not None and worker.state != "lost":
                client.heartbeat = max(client.heartbeat, HELD)

    def _pass_on_settled(self) -> None:
        """Pass on to workers of other machines which actions are settled."""
        settled = self._settled.news()
        if settled is not None:
            self._send(SettledMessage(settled))

    def hurry(self) -> None:
        """Have the workers wait no longer for calls in flight; every row is still delivered."""
        self._hurried = True
        self._send(Finish(hurry=True))

    def finish(self) -> RunOutcome:
        """Have every worker end, drain and deliver; wait for them; count what is here."""
        self._finishing = True
        self._watching.kill()
        with self._quit_later():
            self._wait_for_counts()
        self._runner.environment.events.heartbeat_sent.remove_listener(self._on_heartbeat)
        (self.folder.path / self._order.mark).unlink(missing_ok=True)
        return self._reconcile()

    @contextmanager
    def _quit_later(self) -> Iterator[None]:
        """Delay a second `quit` (Locust's own time limit): it would close the connection at once."""
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

    def _wait_for_counts(self) -> None:
        asked_at = -math.inf
        end = time.monotonic() + FINISH_WITHIN_S
        while time.monotonic() < end:
            if time.monotonic() - asked_at >= 1.0:  # again and again: one that was away has not received it
                asked_at = time.monotonic()
                self._send(Finish(self._hurried))
                self._check_workers()
            if not self._registry.waited_for(patient=not self._hurried):
                return
            gevent.sleep(0.1)

    def _reconcile(self) -> RunOutcome:
        """Compare what each worker counted with what arrived."""
        workers = self._registry.all
        rows = {worker.worker_id: self._receiver.rows(worker.worker_id) for worker in workers}
        counts = [worker.counts for worker in workers if worker.counts is not None]
        gaps = [gap for worker in workers if (gap := _gap(worker, rows[worker.worker_id])) is not None]
        return RunOutcome(
            calls=sum(rows.values()),
            dropped=sum(each.dropped for each in counts),
            figures=worst_of([GeneratorFigures(**each.figures) for each in counts]),
            left_out=left_out_by(counts),
            notes=tuple(dict.fromkeys(note for each in counts for note in each.notes)),
            gaps=tuple(gaps) if workers else ("no worker took part",),
            contradicted=_added(counts),
        )


def _added(counts: Sequence[Counts]) -> dict[str, int]:
    """Return how many replies did not fit each fact, all workers together."""
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each.contradicted)
    return dict(total)


def _gap(worker: RegisteredWorker, rows: int) -> str | None:
    """Return one sentence where rows of a worker are missing, or it left early; None where all is well."""
    if worker.counts is None:
        first = f"its first {plural(rows, 'row')} {noun(rows, 'is', 'are')} here, later ones are not"
        return f"worker {worker.worker_id} was lost: {first}{_kept(worker)}"
    if rows != worker.counts.rows:
        recorded = f"recorded {plural(worker.counts.rows, 'row')}, {rows} {noun(rows, 'is', 'are')} here"
        return f"worker {worker.worker_id} {recorded}{_kept(worker)}"
    if worker.left_early:
        return f"worker {worker.worker_id} left before the end; its rows are all here ({rows})"
    return None


def _kept(worker: RegisteredWorker) -> str:
    return "" if worker.kept_in is None else f" (they may still be on the worker, in {worker.kept_in})"


def _too_many(workers: int, max_in_flight: int) -> str:
    return f"{workers} workers cannot keep within {max_in_flight} calls in flight"
