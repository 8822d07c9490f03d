"""A load process that works for a master: takes its order, runs a session, delivers every row."""

import logging
import os
import shutil
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import gevent

from analysis.run_folder import RunFolder
from diag.errors import DiagError
from diag.exit_codes import ExitCode, exit_code_of
from diag.genesys.client import GenesysClient
from diag.genesys.errors import ApiError
from diag.settings import load_settings
from diag.target import sandbox_connection
from loadtests.plan_wire import WorkerOrder, from_wire
from loadtests.process_name import host_name
from loadtests.session import Session
from loadtests.shipping import ACKNOWLEDGED, CHUNK, Shipper
from loadtests.token_keeper import TokenKeeper
from loadtests.transport import USER_AGENT
from loadtests.user_count import users_of_all

READY: Final = "diag_ready"
FINISH: Final = "diag_finish"
FINAL: Final = "diag_final"
END: Final = "diag_end"
SETTLED: Final = "diag_settled"

DELIVER_WITHIN_S: Final = 60.0
"""How long a worker goes on trying to deliver its rows when the run is over."""
_LOG: Final = logging.getLogger("diag.load")


class WorkerLife:
    """The listeners of a worker."""

    def __init__(self, environment: Any, runner: Any) -> None:
        self.session: Session | None = None
        self._environment = environment
        self._runner = runner
        self._stack = ExitStack()
        self._order: WorkerOrder | None = None
        self._shipper: Shipper | None = None
        self._shipping: Any = None
        # Read now: when a test starts, Locust replaces a worker's options by the master's.
        self._spool_below: str | None = environment.parsed_options.spool
        self._spool: Path | None = None
        self._finished = False
        if environment.parsed_options.processes:  # one started by hand may be a child of anything
            gevent.spawn(self._leave_with, os.getppid())
        runner.register_message(ACKNOWLEDGED, self._on_acknowledged)
        runner.register_message(FINISH, self._on_finish, concurrent=True)
        runner.register_message(SETTLED, self._on_settled)
        events = environment.events
        events.test_start.add_listener(self._on_test_start)
        events.test_stop.add_listener(self._on_test_stop)
        events.quitting.add_listener(self._on_quitting)

    def _on_test_start(self, environment: Any, **_: Any) -> None:
        self._finished = False
        order = self._order = from_wire(environment.parsed_options.diag_order)
        try:
            self._begin(order)
        except (ApiError, DiagError) as error:
            self._tell(
                END, {"why": error.message, "failed": True, "exit_code": int(exit_code_of(error.category))}
            )
        except OSError as error:
            why = f"a worker cannot write its rows ({error.strerror})"
            self._tell(END, {"why": why, "failed": True, "exit_code": int(ExitCode.INCOMPLETE)})

    def _begin(self, order: WorkerOrder) -> None:
        connection = sandbox_connection(order.api_base) if order.sandbox else load_settings().connection()
        client = self._stack.enter_context(GenesysClient(connection, user_agent=USER_AGENT))
        keeper = TokenKeeper(client)
        folder = self._folder(order)
        worker_id = f"{host_name()}-{self._runner.worker_index}" + (f"p{order.part}" if order.part else "")
        self.session = Session(
            order.plan,
            folder=folder,
            worker_id=worker_id,
            api_base=order.api_base,
            token=keeper.token,
            renew_token=keeper.renew,
            fire=self._environment.events.request.fire,
            end_run=self._end_run,
            users=lambda: users_of_all(self._environment),
            workers=order.workers,
        )
        self._tell(READY, {"worker": worker_id})
        if self._spool is not None:
            self._shipper = Shipper(folder, worker_id, lambda data: self._tell(CHUNK, data))
            self._shipping = gevent.spawn(self._shipper.run)

    def _folder(self, order: WorkerOrder) -> RunFolder:
        """The master's own folder where the disk is shared, else a spool whose rows are shipped."""
        spool = self._spool_below
        if spool is None and (Path(order.folder) / order.mark).exists():
            return RunFolder(Path(order.folder))
        self._spool = Path(tempfile.mkdtemp(prefix="diag-rows-", dir=spool))
        return RunFolder(self._spool)

    def _end_run(self, why: str, *, failed: bool = True, exit_code: int = ExitCode.INCOMPLETE) -> None:
        self._tell(END, {"why": why, "failed": failed, "exit_code": int(exit_code)})

    def _leave_with(self, parent_pid: int) -> None:
        """End when the master that forked us is gone, also before a test: Locust takes a minute to notice."""
        while os.getppid() == parent_pid:
            gevent.sleep(1.0)
        self._runner.quit()

    def _on_settled(self, msg: Any, **_: Any) -> None:
        if self.session is not None and self._spool is not None:
            self.session.director.settle(msg.data)

    def _on_acknowledged(self, msg: Any, **_: Any) -> None:
        if self._shipper is not None:
            self._shipper.acknowledge(msg.data["suffix"], msg.data["size"])

    def _on_finish(self, msg: Any, **_: Any) -> None:
        if msg.data["hurry"] and self.session is not None:
            self.session.hurry()
        self._finish()

    def _on_test_stop(self, **_: Any) -> None:
        self._finish()

    def _on_quitting(self, environment: Any, **_: Any) -> None:
        self._finish()
        self._stack.close()
        environment.process_exit_code = 0  # what happened is the master's to say

    def _finish(self) -> None:
        session = self.session
        if session is None:
            return
        session.finish()
        if self._finished:
            return
        self._finished = True
        self.session = None
        undelivered = self._deliver()
        self._tell(
            FINAL,
            {
                "worker": session.worker_id,
                "rows": session.calls,
                "dropped": session.not_sent,
                "lags": session.self_check.histogram,
                "left_out": [[one.what, one.why] for one in session.director.left_out],
                "notes": session.director.notes,
            },
        )
        if undelivered is not None:
            _LOG.error("rows could not be delivered to the master; they are kept in %s", undelivered)
        elif self._spool is not None:
            shutil.rmtree(self._spool, ignore_errors=True)
            self._spool = None

    def _deliver(self) -> Path | None:
        """Ship until everything is acknowledged; return the spool when that did not come about."""
        shipper, self._shipper_greenlet = self._shipper, None
        if shipper is None:
            return None
        self._shipping.kill()
        end = time.monotonic() + DELIVER_WITHIN_S
        while not shipper.delivered:
            if time.monotonic() > end:
                return self._spool
            shipper.ship(0.1)
            gevent.sleep(0.1)
        return None

    def _tell(self, kind: str, data: dict[str, Any]) -> None:
        try:
            self._runner.send_message(kind, data)
        except Exception as error:  # whatever the RPC layer raises: the rows are on disk and are sent again
            sys.stderr.write(f"the master could not be reached ({type(error).__name__})\n")
