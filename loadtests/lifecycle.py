"""What happens when: Locust's events on one side, our session, manifest and exit code on the other."""

import logging
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import gevent
from gevent.event import Event
from locust.runners import WorkerRunner

from analysis.errors import AnalysisError
from analysis.run_folder import LeftOut, RunFolder, Status, new_run_id
from diag.errors import DiagError, Explained, UsageError
from diag.exit_codes import ExitCode
from diag.genesys.client import GenesysClient
from diag.genesys.errors import ApiError
from diag.settings import Settings, load_settings
from diag.target import Target
from loadtests.drafts import ProbeDrafts
from loadtests.dry_run import describe
from loadtests.preparing import Prepared, prepare
from loadtests.run_options import add_options
from loadtests.run_record import RunRecord, start_watcher
from loadtests.self_check import grade
from loadtests.session import Session
from loadtests.target import open_target
from loadtests.thresholds import broken_thresholds, parse_thresholds
from loadtests.transport import USER_AGENT

_LOG: Final = logging.getLogger("diag.load")
_EXIT_CODES: Final = {"usage": ExitCode.USAGE, "auth": ExitCode.AUTH}


class Lifecycle:
    """Listens to Locust. Holds what outlives one test: the target, the plan, the client."""

    def __init__(self) -> None:
        self.session: Session | None = None
        self._closing: Session | None = None
        self._closed = Event()
        self._stack = ExitStack()
        self._settings: Settings
        self._target: Target
        self._client: GenesysClient
        self._prepared: Prepared
        self._options: Any = None
        self._environment: Any = None
        self._record: RunRecord | None = None
        self._drafts: ProbeDrafts | None = None
        self._watcher: subprocess.Popen[bytes] | None = None
        self._main: Any = None
        self._interrupts = 0
        self._interrupted = False
        self._failure: str | None = None
        self._end_reason: str | None = None
        self._exit_code: int = ExitCode.OK
        self._runs_started = 0

    def register(self, events: Any) -> None:
        """Listen to the events of a Locust environment."""
        logging.getLogger("httpx").setLevel(logging.WARNING)
        events.init_command_line_parser.add_listener(add_options)
        events.init.add_listener(self._on_init)
        events.test_start.add_listener(self._on_test_start)
        events.test_stop.add_listener(self._on_test_stop)
        events.quitting.add_listener(self._on_quitting)
        events.quit.add_listener(self._on_quit)

    # -- before ----------------------------------------------------------------------------------------

    def _on_init(self, environment: Any, runner: Any, **_: Any) -> None:
        if isinstance(runner, WorkerRunner):
            raise SystemExit(_say(DiagError("Workers are not supported yet.")))
        self._main = gevent.getcurrent()
        gevent.signal_handler(signal.SIGINT, self._on_sigint)
        self._environment = environment
        self._options = environment.parsed_options
        try:
            self._prepare()
        except (DiagError, AnalysisError, ApiError) as error:
            self._stack.close()
            raise SystemExit(_say(error)) from None
        except KeyboardInterrupt:
            self._stack.close()
            raise SystemExit(ExitCode.INTERRUPTED) from None
        plan = self._prepared.plan
        environment.host = self._target.connection.api_base
        if plan.duration_s is not None and self._options.run_time is None:
            self._options.run_time = plan.duration_s
        for one in plan.left_out:
            _LOG.warning("left out: %s (%s)", one.what, one.why)
        if self._options.dry_run:
            sys.stdout.write(describe(self._prepared, self._target, self._options.run_time))
            self._stack.close()
            raise SystemExit(ExitCode.OK)
        _LOG.info(
            "%d actions, %.4g calls/s, %s arrivals, %s model",
            *(len(plan.actions), plan.calls_per_s, plan.arrivals, plan.model),
        )

    def _prepare(self) -> None:
        self._settings = load_settings()
        for warning in self._settings.warnings:
            _LOG.warning(warning)
        self._target = self._stack.enter_context(open_target(self._settings))
        self._client = self._stack.enter_context(
            GenesysClient(self._target.connection, user_agent=USER_AGENT)
        )
        self._prepared = prepare(self._options, self._target, self._client)
        parse_thresholds(self._prepared.plan.sla)
        name = self._prepared.org_name
        if self._settings.protected and not self._target.sandbox and self._options.confirm_org != name:
            raise UsageError(
                f"This profile is protected, and calls run real requests in the org {name!r}.",
                hint=f"To go on, name the org: --confirm-org {name!r}",
            )

    def _on_test_start(self, environment: Any, **_: Any) -> None:
        self._failure = self._end_reason = None
        self._record = RunRecord(RunFolder(self._run_path()), self._prepared, self._target)
        folder = self._record.folder
        plan = self._prepared.plan
        try:
            self._record.begin()
            if self._options.probe:
                self._drafts = ProbeDrafts(folder, self._client, self._target.connection.api_base)
                self._drafts.open(plan.actions)
            self.session = Session(
                plan,
                folder=folder,
                worker_id=_worker_id(folder),
                api_base=self._target.connection.api_base,
                token=lambda: self._client.access_token().reveal(),
                renew_token=self._renew_token,
                fire=environment.events.request.fire,
                end_run=self._end_run,
                parent_pid=self._options.parent_pid,
                soak_offset_s=max(0.0, time.time() - self._record.created_at),
            )
            if self._options.until_settled:
                self._watcher = start_watcher(folder)
        except (ApiError, DiagError, AnalysisError) as error:
            self._fail(_say(error), error.message)
        except OSError as error:
            said = DiagError(f"{folder.path} cannot be written ({error.strerror}).")
            self._fail(_say(said), said.message)

    def _run_path(self) -> Path:
        self._runs_started += 1
        given = self._options.run_dir
        if given is None:
            return self._settings.runs / new_run_id()
        path = Path(given)
        return path if self._runs_started == 1 else path.with_name(f"{path.name}-{self._runs_started}")

    def _renew_token(self, refused: bool) -> bool:
        """Return whether the token is a new one now; `refused`: the platform did not accept the old one."""
        before = self._client.access_token()
        if refused:
            self._client.token_info()  # a 401 makes the client log in again
        return self._client.access_token() != before

    # -- ending ----------------------------------------------------------------------------------------

    def _fail(self, code: int, why: str) -> None:
        self._close_drafts()
        if self._record is not None:
            self._record.end("incomplete", status_reason=why)
        self._end_run(why, exit_code=code)

    def _end_run(self, why: str, *, failed: bool = True, exit_code: int = ExitCode.INCOMPLETE) -> None:
        """End the run from anywhere; Locust's own greenlets do the stopping."""
        if failed:
            _LOG.error("stopping: %s", why)
            self._failure = self._failure or why
            self._exit_code = exit_code
        else:
            _LOG.info("ending: %s", why)
            self._end_reason = why
        runner = self._environment.runner
        gevent.spawn(runner.quit if self._options.headless else runner.stop)

    def _on_test_stop(self, **_: Any) -> None:
        session, self.session = self.session, None
        if session is None or self._record is None:
            return
        self._closing = session
        if self._watcher is not None:
            self._watcher.terminate()
        session.finish()
        left = self._close_drafts()
        verdict, why = grade(session.self_check.lag_p99_ms())
        status, reason = self._status(session.calls, verdict, why)
        broken = broken_thresholds(session.folder, session.plan)
        if broken and self._exit_code == ExitCode.OK:
            self._exit_code = ExitCode.THRESHOLD
        for line in broken:
            _LOG.error("threshold broken: %s", line)
        left_out: list[LeftOut] = session.director.left_out
        self._record.end(
            status,
            status_reason="; ".join([*filter(None, [reason]), *broken, *left]) or None,
            calls=session.calls,
            dropped=sum(session.dropped),
            grade=verdict,
            grade_reason=why,
            left_out=(*session.plan.left_out, *left_out),
            notes=tuple(session.director.notes),
        )
        if session.calls:
            self._record.convert_in_background()
        self._closing = None
        self._closed.set()
        _LOG.info("%d calls recorded in %s", session.calls, session.folder.path)
        _LOG.info("the load generator: %s, %s", verdict, why)

    def _status(self, calls: int, verdict: str, why: str) -> tuple[Status, str | None]:
        if self._failure is not None:
            return "incomplete", self._failure
        if self._interrupted:
            return "interrupted", "stopped by a signal"
        if calls == 0:
            self._exit_code = ExitCode.INCOMPLETE
            return "incomplete", "not one call was made"
        if verdict == "INVALID":
            self._exit_code = ExitCode.INCOMPLETE
            return "invalid", why
        return "complete", self._end_reason

    def _close_drafts(self) -> tuple[str, ...]:
        drafts, self._drafts = self._drafts, None
        left = drafts.close() if drafts else ()
        for line in left:
            _LOG.error("%s. Fix: diag doctor", line)
        return left

    def _on_sigint(self) -> None:
        """Ctrl-C once: Locust's main greenlet ends the run. Again: without waiting for what is in flight."""
        self._interrupts += 1
        if self._interrupts == 1:
            gevent.kill(self._main, KeyboardInterrupt)
            return
        session = self._closing or self.session
        if session is not None:
            session.hurry()

    def _on_quitting(self, environment: Any, **_: Any) -> None:
        if self.session is not None:  # a signal, in the middle of a run
            self._interrupted = True
            self._exit_code = ExitCode.INTERRUPTED
            environment.runner.stop()
        elif self._closing is not None:  # another signal, while calls in flight are waited for
            self._closing.hurry()
            self._closed.wait()
        environment.process_exit_code = int(self._exit_code)

    def _on_quit(self, **_: Any) -> None:
        self._stack.close()


def _say(error: Explained) -> int:
    """Write an error for people to stderr; return the exit code of its category."""
    lines = [f"Error: {error.message}", *(f"│ {line}" for line in error.details)]
    if error.hint:
        lines.append(f"│ Fix: {error.hint}")
    sys.stderr.write("\n".join(lines) + "\n")
    return int(_EXIT_CODES.get(error.category, ExitCode.ERROR))


def _worker_id(folder: RunFolder) -> str:
    """Return `<host>-<number>`: a number of its own when a soak goes on after a restart."""
    host = socket.gethostname().split(".")[0] or f"pid{os.getpid()}"
    number = 0
    while (folder.segments / f"{host}-{number}.seg").exists():
        number += 1
    return f"{host}-{number}"
