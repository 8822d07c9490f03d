"""A load process that works for a master: Locust's events and the master's messages on one side, its runs
on the other."""

import logging
import sys
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, Final

import gevent

from analysis.machine.processes import INTERRUPTS, parent_pid, starter_is_gone
from diag.errors import DiagError, UsageError
from diag.exit_codes import ExitCode, exit_code_of
from diag.genesys.api_errors import ApiError
from diag.genesys.client import GenesysClient
from diag.settings import load_settings
from diag.target import sandbox_connection
from loadtests.sending.transport import USER_AGENT
from loadtests.steering.session import Session
from loadtests.workers.messages import (
    Acknowledged,
    End,
    Finish,
    Message,
    PauseMessage,
    SettledMessage,
    Taken,
    Waiting,
)
from loadtests.workers.plan_message import WorkerOrder, from_wire
from loadtests.workers.user_count import record_waiting
from loadtests.workers.worker_run import WorkerContext, WorkerRun

_LOG: Final = logging.getLogger("diag.load")


class WorkerProcess:
    """Made once per worker process, by `LocustEvents`; starts a `WorkerRun` for each test."""

    def __init__(self, environment: Any, runner: Any) -> None:
        options = environment.parsed_options
        self._runner = runner
        # Read now: when a test starts, Locust replaces a worker's options by the master's.
        self._context = WorkerContext(
            environment=environment,
            send=self._send,
            runner=runner,
            forked=bool(options.processes),
            spool_below=options.spool,
            deliver_within_s=options.deliver_within,
            telemetry=bool(getattr(options, "otel", False)),
        )
        self._run_key: str | None = getattr(options, "diag_run_key", None)
        self._stack = ExitStack()
        self._run: WorkerRun | None = None
        """The latest."""
        self._ending: gevent.Greenlet | None = None
        """Ends the latest run where Locust stopped the test."""
        self._interrupts = 0
        self._master_is_gone = False
        if self._context.forked:  # one started by hand may be a child of anything
            parent = getattr(options, "diag_forked_by", None)
            gevent.spawn(self._leave_with, parent or parent_pid())
        self._listen(environment.events)

    @property
    def session(self) -> Session | None:
        """The session that makes calls now, if any."""
        run = self._run
        return None if run is None or run.over else run.session

    def _listen(self, events: Any) -> None:
        for number in INTERRUPTS:
            gevent.signal_handler(number, self._on_sigint)
        for message, listener, concurrent in (
            (Acknowledged, self._on_acknowledged, False),
            (Taken, self._on_taken, False),
            (SettledMessage, self._on_settled, False),
            (PauseMessage, self._on_pause, False),
            (Waiting, self._on_waiting, False),
            (Finish, self._or_report(self._on_finish, leave=True), True),
        ):
            self._runner.register_message(message.KIND, listener, concurrent=concurrent)
        events.test_start.add_listener(self._or_report(self._on_test_start, leave=False))
        events.test_stop.add_listener(self._on_test_stop)
        events.quitting.add_listener(self._on_quitting)

    def _on_test_start(self, environment: Any, **_: Any) -> None:
        order = from_wire(getattr(environment.parsed_options, "diag_order", ""))
        if self._context.forked and order.run_key != self._run_key:
            _LOG.error("this worker was started by another run than its master's: it takes no part")
            gevent.spawn(self._runner.quit)
            return
        self._run = WorkerRun(order, self._context, self._client(order))

    def _or_report(self, listener: Callable[..., None], *, leave: bool) -> Callable[..., None]:
        """Return the listener; when it raises, the master is informed why, and ends the run.

        Locust itself would only log it, and the master would wait for rows and counts that never come.
        `leave`: this process has nothing more to give, and ends.
        """

        def guarded(*arguments: object, **details: object) -> None:
            try:
                listener(*arguments, **details)
            except Exception as error:  # whatever a defect of this program raises
                self._send(self._end_because_of(error))
                if leave:
                    self._run = None
                    gevent.spawn(self._runner.quit)

        return guarded

    def _end_because_of(self, error: Exception) -> End:
        if isinstance(error, (ApiError, DiagError)):
            return End(error.message, failed=True, exit_code=int(exit_code_of(error.category)))
        if isinstance(error, OSError):
            where = error.filename or self._context.spool_below
            why = f"a worker cannot write its rows to {where}: {error.strerror}"
            return End(why, failed=True, exit_code=int(ExitCode.INCOMPLETE))
        _LOG.error("unexpected", exc_info=error)
        why = f"a worker failed in a way it did not expect ({type(error).__name__}: {error})"
        return End(why, failed=True, exit_code=int(ExitCode.ERROR))

    def _client(self, order: WorkerOrder) -> GenesysClient:
        connection = sandbox_connection(order.api_base) if order.sandbox else load_settings().connection()
        if connection.api_base != order.api_base:
            raise UsageError(
                f"The master calls {order.api_base}, and a worker is set up for {connection.api_base}: "
                "its token goes nowhere else.",
                hint="Give workers and master the same GENESYSCLOUD_REGION or GENESYSCLOUD_API_BASE.",
            )
        return self._stack.enter_context(GenesysClient(connection, user_agent=USER_AGENT))

    def _leave_with(self, master_pid: int) -> None:
        """End when the master that forked this process has ended, also before a test.

        Locust itself takes a minute to notice.
        """
        while not starter_is_gone(master_pid):
            gevent.sleep(1.0)
        self._master_is_gone = True
        self._runner.quit()

    def _on_sigint(self) -> None:
        """Leave the first Ctrl-C to the master where the terminal sends it to both; hurry at the second."""
        self._interrupts += 1
        if self._interrupts == 1:
            # Before a run the master has left already (a refusal), and may wait for this process to end.
            if not self._context.forked or self._run is None:
                gevent.spawn(self._runner.quit)
            return
        if self._run is not None:
            self._run.hurry()

    # -- messages of the master --------------------------------------------------------------------------

    def _on_settled(self, msg: Any, **_: Any) -> None:
        if self.session is not None and self._run is not None and self._run.ships_rows:
            self.session.director.settle(SettledMessage.from_wire(msg.data).action_ids)

    def _on_pause(self, msg: Any, **_: Any) -> None:
        if self.session is not None:
            pause = PauseMessage.from_wire(msg.data)
            self.session.director.paused_elsewhere(pause.why, pause.pause_s)

    def _on_waiting(self, msg: Any, **_: Any) -> None:
        record_waiting(self._context.environment, Waiting.from_wire(msg.data).users)

    def _on_acknowledged(self, msg: Any, **_: Any) -> None:
        if self._run is not None:
            self._run.delivery.acknowledged(Acknowledged.from_wire(msg.data))

    def _on_taken(self, msg: Any, **_: Any) -> None:
        if self._run is not None:
            self._run.delivery.confirmed(Taken.from_wire(msg.data).of)

    def _on_finish(self, environment: Any, msg: Any) -> None:
        """Locust passes both by place until 2.46, and by name from 2.47 on."""
        if Finish.from_wire(msg.data).hurry and self.session is not None:
            self.session.hurry()
        self._finish()

    # -- the end -----------------------------------------------------------------------------------------

    def _on_test_stop(self, **_: Any) -> None:
        """End the run, beside Locust's own loop: it stops the test where it reads the master's messages.

        Waiting there would be for answers that nobody reads: rows and counts would count as undelivered.
        """
        self._ending = gevent.spawn(self._or_report(self._finish, leave=True))

    def _on_quitting(self, environment: Any, **_: Any) -> None:
        if self._ending is not None:
            self._ending.join()
        self._finish()
        self._stack.close()
        # The master reports what happened, unless it does not know.
        undelivered = self._run is not None and self._run.undelivered
        environment.process_exit_code = int(ExitCode.INCOMPLETE if undelivered else ExitCode.OK)

    def _finish(self) -> None:
        if self._run is not None and not self._run.over:
            self._run.master_is_gone = self._master_is_gone
            self._run.finish()

    def _send(self, message: Message) -> None:
        try:
            self._runner.send_message(message.KIND, message.to_wire())
        except Exception as error:  # whatever the RPC layer raises: the rows are on disk and are sent again
            sys.stderr.write(f"the master could not be reached ({type(error).__name__})\n")
