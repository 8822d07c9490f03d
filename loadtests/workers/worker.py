"""A load process that works for a master: takes its order, runs a session, delivers every row.

Each worker logs in for a token of its own, with its own credentials: no secret crosses the wire, and each
token has a limit of its own. The rates of all together stay below 80 % of ONE token's limit all the same:
workers are there for capacity, not for getting round the limits.
"""

import logging
import os
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import gevent

from analysis.format.run_folder import RunFolder
from analysis.format.schema import PLATFORM_MAX_TIMEOUT_S
from diag.errors import DiagError, UsageError
from diag.exit_codes import ExitCode, exit_code_of
from diag.genesys.client import GenesysClient
from diag.genesys.errors import ApiError
from diag.settings import load_settings
from diag.target import sandbox_connection
from loadtests.planning.plan_json import WorkerOrder, from_wire
from loadtests.recording.worker_id import host_name
from loadtests.sending.caller import GIVE_UP_AFTER_S
from loadtests.sending.transport import USER_AGENT
from loadtests.steering.session import Assignment, Session
from loadtests.workers.delivery import END, TAKEN, Delivery
from loadtests.workers.row_transfer import ACKNOWLEDGED
from loadtests.workers.user_count import workers_of_all
from loadtests.workers.worker_port import PAUSE, WorkerPort

FINISH: Final = "diag_finish"
SETTLED: Final = "diag_settled"

MASTER_LATE_S: Final = 10.0
"""So long after the run's time is over a worker waits for its master to say so."""
_LOG: Final = logging.getLogger("diag.load")


class WorkerLife:
    """The listeners of a worker."""

    def __init__(self, environment: Any, runner: Any) -> None:
        self.session: Session | None = None
        self._environment = environment
        self._runner = runner
        self._stack = ExitStack()
        self._order: WorkerOrder | None = None
        self._delivery: Delivery | None = None
        # Read now: when a test starts, Locust replaces a worker's options by the master's.
        self._spool_below: str | None = environment.parsed_options.spool
        self._deliver_within_s: float = environment.parsed_options.deliver_within
        self._spool: Path | None = None
        self._undelivered: Path | None = None
        self._finished = False
        self._time_is_over = False
        self._clock: Any = None
        self._interrupts = 0
        self._master_is_gone = False
        self._forked = bool(environment.parsed_options.processes)
        self._run_key: str | None = getattr(environment.parsed_options, "diag_run_key", None)
        if self._forked:  # one started by hand may be a child of anything
            gevent.spawn(self._leave_with, os.getppid())
        gevent.signal_handler(signal.SIGINT, self._on_sigint)
        runner.register_message(ACKNOWLEDGED, self._on_acknowledged)
        runner.register_message(TAKEN, self._on_taken)
        runner.register_message(FINISH, self._on_finish, concurrent=True)
        runner.register_message(SETTLED, self._on_settled)
        runner.register_message(PAUSE, self._on_pause)
        events = environment.events
        events.test_start.add_listener(self._on_test_start)
        events.test_stop.add_listener(self._on_test_stop)
        events.quitting.add_listener(self._on_quitting)

    def _on_test_start(self, environment: Any, **_: Any) -> None:
        self._finished = False
        order = self._order = from_wire(environment.parsed_options.diag_order)
        if self._forked and order.run_key != self._run_key:
            _LOG.error("this worker was started by another run than its master's: it takes no part")
            gevent.spawn(self._runner.quit)
            return
        try:
            self._begin(order)
        except (ApiError, DiagError) as error:
            self._tell(
                END, {"why": error.message, "failed": True, "exit_code": int(exit_code_of(error.category))}
            )
        except OSError as error:
            why = f"a worker cannot write its rows to {error.filename or self._spool_below}: {error.strerror}"
            self._tell(END, {"why": why, "failed": True, "exit_code": int(ExitCode.INCOMPLETE)})

    def _begin(self, order: WorkerOrder) -> None:
        connection = sandbox_connection(order.api_base) if order.sandbox else load_settings().connection()
        if connection.api_base != order.api_base:
            raise UsageError(
                f"The master calls {order.api_base}, and a worker is set up for {connection.api_base}: "
                "its token goes nowhere else.",
                hint="Give workers and master the same GENESYSCLOUD_REGION or GENESYSCLOUD_API_BASE.",
            )
        client = self._stack.enter_context(GenesysClient(connection, user_agent=USER_AGENT))
        folder = self._folder(order)
        worker_id = f"{host_name()}-{self._runner.worker_index}" + (f"p{order.part}" if order.part else "")
        assignment = Assignment(
            order.plan,
            folder,
            worker_id,
            order.api_base,
            soak_offset_s=order.soak_offset_s,
            hold_back_s=self._hold_back_s(order),
        )
        port = WorkerPort(self._environment, client, tell=self._tell, end_run=self._end_run)
        self.session = Session(assignment, port)
        self._delivery = Delivery(
            worker_id,
            folder,
            spool=self._spool,
            forked=self._forked,
            tell=self._tell,
            within_s=self._deliver_within_s,
        )
        self._time_is_over = False
        self._clock = None if order.run_time_s is None else gevent.spawn(self._end_in_time, order.run_time_s)

    def _hold_back_s(self, order: WorkerOrder) -> float:
        """How long a worker that joins a running load waits: the others still have its calls in flight."""
        if workers_of_all(self._environment) <= order.workers:
            return 0.0
        longest_s = max(action.timeout_s or PLATFORM_MAX_TIMEOUT_S for action in order.plan.actions)
        _LOG.info("the load runs already: calls from here begin in %d s", longest_s + GIVE_UP_AFTER_S)
        return longest_s + GIVE_UP_AFTER_S

    def _folder(self, order: WorkerOrder) -> RunFolder:
        """The master's own folder where the disk is shared, else a spool whose rows are shipped."""
        spool = self._spool_below
        if spool is None and (Path(order.folder) / order.mark).exists():
            return RunFolder(Path(order.folder))
        if spool is not None:
            Path(spool).mkdir(parents=True, exist_ok=True)
        self._spool = Path(tempfile.mkdtemp(prefix="diag-rows-", dir=spool))
        return RunFolder(self._spool)

    def _end_run(self, why: str, *, failed: bool = True, exit_code: int = ExitCode.INCOMPLETE) -> None:
        words = {"why": why, "failed": failed, "exit_code": int(exit_code)}
        if self._delivery is not None:
            self._delivery.say(END, words)
        else:
            self._tell(END, words)

    def _leave_with(self, parent_pid: int) -> None:
        """End when the master that forked us is gone, also before a test: Locust takes a minute to notice."""
        while os.getppid() == parent_pid:
            gevent.sleep(1.0)
        self._master_is_gone = True
        self._runner.quit()

    def _on_sigint(self) -> None:
        """A terminal's Ctrl-C reaches us and our master: it says when to end, unless it is elsewhere."""
        self._interrupts += 1
        if self._interrupts == 1:
            if not self._forked:
                gevent.spawn(self._runner.quit)
            return
        if self.session is not None:
            self.session.hurry()
        if self._delivery is not None:
            self._delivery.hurry()

    def _end_in_time(self, run_time_s: float) -> None:
        """Call no longer than was agreed when the master cannot be heard any more."""
        gevent.sleep(run_time_s + 1.0)
        if self.session is not None:
            self.session.streams.stop()
        gevent.sleep(MASTER_LATE_S)
        _LOG.warning("the run's time is over and the master does not say so: ending")
        self._time_is_over = True
        self._finish()

    def _on_settled(self, msg: Any, **_: Any) -> None:
        if self.session is not None and self._spool is not None:
            self.session.director.settle(msg.data)

    def _on_pause(self, msg: Any, **_: Any) -> None:
        if self.session is not None:
            self.session.director.paused_elsewhere(str(msg.data["why"]), float(msg.data["pause_s"]))

    def _on_acknowledged(self, msg: Any, **_: Any) -> None:
        if self._delivery is not None:
            self._delivery.acknowledged(msg.data["suffix"], msg.data["size"])

    def _on_taken(self, msg: Any, **_: Any) -> None:
        if self._delivery is not None:
            self._delivery.taken(msg.data)

    def _on_finish(self, msg: Any, **_: Any) -> None:
        if msg.data["hurry"] and self.session is not None:
            self.session.hurry()
        self._finish()

    def _on_test_stop(self, **_: Any) -> None:
        self._finish()

    def _on_quitting(self, environment: Any, **_: Any) -> None:
        self._finish()
        self._stack.close()
        # What happened is the master's to say, unless it never heard of it.
        environment.process_exit_code = int(ExitCode.INCOMPLETE if self._undelivered else ExitCode.OK)

    def _finish(self) -> None:
        session = self.session
        if session is None:
            return
        session.finish()
        if self._finished:
            return
        self._finished = True
        if self._clock is not None and self._clock is not gevent.getcurrent():
            self._clock.kill(block=False)
        self.session = None
        final = {
            "worker": session.worker_id,
            "rows": session.calls,
            "dropped": session.not_sent,
            "figures": session.self_check.figures().known(),
            "left_out": [[one.what, one.why] for one in session.director.left_out],
            "notes": session.director.notes,
            "time_is_over": self._time_is_over,
        }
        assert self._delivery is not None
        self._undelivered = self._delivery.finish(final, master_is_gone=self._master_is_gone)
        self._spool = None
        if self._undelivered is not None:
            _LOG.error(
                "rows could not be delivered to the master; they are kept in %s. Copy that folder to the "
                "master's machine, then: diag report RUN --add-rows %s",
                self._undelivered,
                self._undelivered.name,
            )

    def _tell(self, kind: str, data: dict[str, Any]) -> None:
        try:
            self._runner.send_message(kind, data)
        except Exception as error:  # whatever the RPC layer raises: the rows are on disk and are sent again
            sys.stderr.write(f"the master could not be reached ({type(error).__name__})\n")
