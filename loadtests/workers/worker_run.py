"""One run in a process that works for a master: a session that makes the calls, a delivery for its rows.

Each worker logs in for a token of its own, with its own credentials: no secret crosses the wire, and each
token has a limit of its own. The rates of all together stay below 80 % of ONE token's limit all the same:
workers are there for capacity, not for getting round the limits.
"""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import gevent

from analysis.format.run_folder import RunFolder
from diag.exit_codes import ExitCode
from diag.genesys.client import GenesysClient
from loadtests.recording.garbage_collection import run_is_over, take_stalls_now
from loadtests.recording.worker_id import host_name
from loadtests.sending.watching.chosen_watchers import watch_order
from loadtests.steering.session import Assignment, Session
from loadtests.workers.delivery import Delivery
from loadtests.workers.joining_workers import hold_back_s
from loadtests.workers.link_to_master import LinkToMaster
from loadtests.workers.messages import Counts, End, Send
from loadtests.workers.plan_message import WorkerOrder
from loadtests.workers.spool_folder import spool_for

MASTER_LATE_S: Final = 10.0
"""A worker waits so long after the run's time is over for its master to end it."""
_LOG: Final = logging.getLogger("diag.load")


@dataclass(frozen=True, slots=True)
class WorkerContext:
    """What holds for every run of a worker process."""

    environment: Any
    runner: Any
    """Both are Locust's."""
    send: Send
    """Sends the master a message."""
    forked: bool
    """The master of this machine started this process."""
    spool_below: str | None
    """`--spool`: keep rows below this folder, even on a shared disk."""
    deliver_within_s: float
    telemetry: bool = False
    """`--otel`: Locust has set up OpenTelemetry in this process."""


class WorkerRun:
    """Made when the master starts a test, by `WorkerProcess`; `finish`ed at its end.

    Raises ApiError (no token) and OSError (`filename` says which folder cannot be written).
    """

    def __init__(self, order: WorkerOrder, context: WorkerContext, client: GenesysClient) -> None:
        self._send = context.send
        self._delivery: Delivery | None = None
        self._spool = spool_for(order, context.spool_below)
        folder = RunFolder(Path(order.folder) if self._spool is None else self._spool)
        worker_id = f"{host_name()}-{context.runner.worker_index}" + (f"p{order.part}" if order.part else "")
        assignment = Assignment(
            order.plan,
            folder,
            worker_id,
            order.api_base,
            soak_offset_s=order.soak_offset_s,
            ahead_s=order.ahead_s,
            watch=watch_order(
                order.plan, key=order.audit_key, telemetry=context.telemetry, worker_id=worker_id
            ),
        )
        link = LinkToMaster(context.environment, client, send=context.send, end_run=self.end_run)
        if link.waits():
            _LOG.info("the load runs already: calls from here begin in %.0f s", hold_back_s(order.plan))
        self.session = Session(assignment, link)
        take_stalls_now()
        self.delivery = self._delivery = Delivery(
            worker_id,
            folder,
            spool=self._spool,
            forked=context.forked,
            send=context.send,
            within_s=context.deliver_within_s,
        )
        self.over = False
        self.master_is_gone = False
        self.undelivered: Path | None = None
        """Folder of the rows that could not be delivered at the end."""
        self._time_is_over = False
        self._timer = None if order.run_time_s is None else gevent.spawn(self._end_in_time, order.run_time_s)

    @property
    def ships_rows(self) -> bool:
        """Whether this worker writes elsewhere than the master."""
        return self._spool is not None

    def hurry(self) -> None:
        """Wait no longer for calls in flight, and only a moment for the delivery."""
        self.session.hurry()
        self.delivery.hurry()

    def end_run(self, why: str, *, failed: bool = True, exit_code: int = ExitCode.INCOMPLETE) -> None:
        """Ask the master for the end of the whole run."""
        if self._delivery is None:
            self._send(End(why, failed, int(exit_code)))
        else:
            self._delivery.send(End(why, failed, int(exit_code), self.session.worker_id))

    def finish(self) -> None:
        """End the calls, then deliver rows and counts; returns at once when that has begun already."""
        self.session.finish()
        if self.over:
            return
        self.over = True
        run_is_over()
        if self._timer is not None and self._timer is not gevent.getcurrent():
            self._timer.kill(block=False)
        self.undelivered = self.delivery.finish(self._counts(), master_is_gone=self.master_is_gone)
        if self.undelivered is not None:
            _LOG.error(
                "rows could not be delivered to the master; they are kept in %s. Copy that folder to the "
                "master's machine, then: diag report RUN --add-rows %s",
                self.undelivered,
                self.undelivered.name,
            )

    def _counts(self) -> Counts:
        session = self.session
        return Counts(
            worker=session.worker_id,
            rows=session.calls,
            dropped=session.not_sent,
            figures=session.generator_meter.figures().known(),
            left_out=tuple((action.what, action.why) for action in session.director.left_out),
            notes=tuple(session.director.notes),
            time_is_over=self._time_is_over,
            contradicted=dict(session.contradicted),
        )

    def _end_in_time(self, run_time_s: float) -> None:
        """Call no longer than planned where the master cannot be reached any more."""
        gevent.sleep(run_time_s + 1.0)
        self.session.streams.stop()
        gevent.sleep(MASTER_LATE_S)
        _LOG.warning("the run's time is over and the master has not ended it: ending")
        self._time_is_over = True
        self.finish()
