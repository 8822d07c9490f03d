"""The master's view of its workers: who takes part, what they delivered, who was lost."""

import json
import logging
import os
import secrets
import time
from dataclasses import dataclass
from typing import Any, Final

import gevent
from locust.runners import STATE_MISSING

from analysis.record import SEGMENT_SUFFIX
from analysis.run_folder import LeftOut, RunFolder
from diag.errors import UsageError
from loadtests.directing import SETTLED_FILE, EndRun
from loadtests.plan import LoadPlan
from loadtests.plan_wire import WorkerOrder
from loadtests.run_outcome import RunOutcome
from loadtests.self_check import lag_p99_ms
from loadtests.shipping import ACKNOWLEDGED, CHUNK, Receiver
from loadtests.worker_life import END, FINAL, FINISH, READY, SETTLED

MESSAGES: Final = (READY, CHUNK, FINAL, END)
WAIT_BEYOND_DRAIN_S: Final = 30.0
_LOG: Final = logging.getLogger("diag.load")


def order_for(
    folder: RunFolder, plan: LoadPlan, *, api_base: str, sandbox: bool, workers: int
) -> WorkerOrder:
    """Return what the workers are told, and leave the mark by which they know a shared disk.

    Raises UsageError for more workers than calls may be in flight: each keeps at least one.
    """
    workers = max(1, workers)
    if workers > plan.max_in_flight:
        raise UsageError(
            f"{workers} workers cannot keep within {plan.max_in_flight} calls in flight.",
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
    )


@dataclass(slots=True)
class WorkerView:
    """One worker of the run. `final` is what it said last; None while it runs, for ever when it is lost."""

    worker_id: str
    client_id: str
    final: dict[str, Any] | None = None
    lost: bool = False


class MasterRun:
    """One run with workers. Messages come through `Locust`'s own connection."""

    def __init__(
        self,
        folder: RunFolder,
        runner: Any,
        *,
        mark: str,
        drain_s: float,
        end_run: EndRun,
        parent_pid: int | None = None,
    ) -> None:
        self.folder = folder
        self._runner = runner
        self._mark = folder.path / mark
        self._drain_s = drain_s
        self._end_run = end_run
        self._parent_pid = parent_pid
        self._hurried = False
        self._receiver = Receiver(folder)
        self._workers: dict[str, WorkerView] = {}
        self._settled_seen: list[str] = []
        self._watching = gevent.spawn(self._watch)

    def take(self, msg: Any) -> None:
        """Take in a message of a worker (a Locust `Message` of one of MESSAGES)."""
        {READY: self._on_ready, CHUNK: self._on_chunk, FINAL: self._on_final, END: self._on_end}[msg.type](
            msg
        )

    def _on_ready(self, msg: Any) -> None:
        worker_id = str(msg.data["worker"])
        self._workers[worker_id] = WorkerView(worker_id, msg.node_id)

    def _on_chunk(self, msg: Any) -> None:
        try:
            answer = self._receiver.take(msg.data)
        except OSError as error:
            self._end_run(f"rows could not be written: {error.strerror or error}")
            return
        if answer is not None:
            self._runner.send_message(ACKNOWLEDGED, answer, client_id=msg.node_id)

    def _on_final(self, msg: Any) -> None:
        view = self._workers.get(str(msg.data["worker"]))
        if view is not None:
            view.final, view.lost = msg.data, False

    def _on_end(self, msg: Any) -> None:
        self._end_run(
            str(msg.data["why"]), failed=bool(msg.data["failed"]), exit_code=int(msg.data["exit_code"])
        )

    def _spread_settled(self) -> None:
        """Tell workers on other machines which actions are settled."""
        try:
            action_ids = json.loads((self.folder.path / SETTLED_FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return  # not there (yet)
        if action_ids != self._settled_seen:
            self._settled_seen = action_ids
            self._runner.send_message(SETTLED, action_ids)

    def _watch(self) -> None:
        while True:
            gevent.sleep(1.0)
            self._look_for_lost()
            self._spread_settled()
            if self._parent_pid is not None and os.getppid() != self._parent_pid:
                self._end_run("the process that started this run is gone")
                return
            if self._workers and all(view.lost for view in self._workers.values()):
                self._end_run("every worker was lost")
                return

    def _look_for_lost(self) -> None:
        for view in self._workers.values():
            client = self._runner.clients.get(view.client_id)
            gone = client is None or client.state == STATE_MISSING
            if gone and view.final is None and not view.lost:
                view.lost = True
                _LOG.error("worker %s does not answer; the others go on", view.worker_id)
            elif not gone and view.lost:
                view.lost = False
                _LOG.info("worker %s is back", view.worker_id)

    def hurry(self) -> None:
        """Have the workers wait no longer for calls in flight; every row is still delivered."""
        self._hurried = True
        self._runner.send_message(FINISH, {"hurry": True})

    def finish(self) -> RunOutcome:
        """Have every worker end, drain and deliver; wait for them; count what is here."""
        self._watching.kill()
        self._runner.send_message(FINISH, {"hurry": self._hurried})
        end = time.monotonic() + self._drain_s + WAIT_BEYOND_DRAIN_S
        while time.monotonic() < end and any(
            view.final is None and not view.lost for view in self._workers.values()
        ):
            gevent.sleep(0.1)
            self._look_for_lost()
        self._mark.unlink(missing_ok=True)
        return self._reconcile()

    def _reconcile(self) -> RunOutcome:
        gaps: list[str] = []
        lags: dict[int, int] = {}
        calls = dropped = 0
        left_out: list[LeftOut] = []
        notes: list[str] = []
        for view in self._workers.values():
            rows = self._receiver.rows(view.worker_id)
            calls += rows
            final = view.final
            if final is None:
                gaps.append(
                    f"worker {view.worker_id} was lost: its first {rows} rows are here, later ones are not"
                )
                continue
            if rows != final["rows"]:
                gaps.append(f"worker {view.worker_id} recorded {final['rows']} rows, {rows} are here")
            dropped += final["dropped"]
            for bucket, count in final["lags"].items():
                lags[int(bucket)] = lags.get(int(bucket), 0) + count
            left_out += [LeftOut(what, why) for what, why in final["left_out"]]
            notes += final["notes"]
        if not self._workers:
            gaps.append("no worker took part")
        return RunOutcome(
            calls=calls,
            dropped=dropped,
            lag_p99_ms=lag_p99_ms(lags),
            left_out=tuple(dict.fromkeys(left_out)),
            notes=tuple(dict.fromkeys(notes)),
            gaps=tuple(gaps),
        )
