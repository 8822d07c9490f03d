"""What happens when: Locust's events on one side, our session, manifest and exit code on the other."""

import logging
import platform
import signal
import socket
import sys
import time
from contextlib import ExitStack
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import gevent
from gevent.event import Event
from locust.runners import WorkerRunner

from analysis.errors import AnalysisError
from analysis.run_folder import Manifest, RunFolder, new_run_id, write_manifest
from diag.errors import DiagError, Explained
from diag.exit_codes import ExitCode
from diag.genesys.client import GenesysClient
from diag.genesys.errors import ApiError
from diag.settings import Settings, load_settings
from diag.target import Target
from loadtests.drafts import ProbeDrafts
from loadtests.preparing import Prepared, prepare
from loadtests.run_options import add_options
from loadtests.self_check import grade
from loadtests.session import Session
from loadtests.target import open_target
from loadtests.transport import USER_AGENT

_LOG: Final = logging.getLogger("diag.load")
RESERVE_BYTES: Final = 64 * 1024
_EXIT_CODES: Final = {"usage": ExitCode.USAGE, "auth": ExitCode.AUTH}


class Lifecycle:
    """Listens to Locust. Holds what outlives one test: the destination, the plan, the client."""

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
        self._folder: RunFolder
        self._manifest: Manifest | None = None
        self._drafts: ProbeDrafts | None = None
        self._interrupted = False
        self._interrupts = 0
        self._main: Any = None
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

    def _on_init(self, environment: Any, runner: Any, **_: Any) -> None:
        if isinstance(runner, WorkerRunner):
            raise SystemExit(_say(DiagError("Workers are not supported yet.")))
        self._main = gevent.getcurrent()
        gevent.signal_handler(signal.SIGINT, self._on_sigint)
        self._environment = environment
        self._options = environment.parsed_options
        try:
            self._settings = load_settings()
            for warning in self._settings.warnings:
                _LOG.warning(warning)
            self._target = self._stack.enter_context(open_target(self._settings))
            self._client = self._stack.enter_context(
                GenesysClient(self._target.connection, user_agent=USER_AGENT)
            )
            self._prepared = prepare(self._options, self._target, self._client)
        except (DiagError, AnalysisError, ApiError) as error:
            self._stack.close()
            raise SystemExit(_say(error)) from None
        except KeyboardInterrupt:
            self._stack.close()
            raise SystemExit(ExitCode.INTERRUPTED) from None
        environment.host = self._target.connection.api_base
        plan = self._prepared.plan
        for one in plan.left_out:
            _LOG.warning("left out: %s (%s)", one.what, one.why)
        _LOG.info(
            "%d actions, %.4g calls/s in all, %s arrivals, %s model",
            len(plan.actions),
            plan.calls_per_s,
            plan.arrivals,
            plan.model,
        )

    def _on_test_start(self, environment: Any, **_: Any) -> None:
        folder = self._folder = RunFolder(self._run_path())
        plan = self._prepared.plan
        self._manifest = self._first_manifest(folder)
        try:
            write_manifest(folder, self._manifest)
            _reserve(folder).write_bytes(b"\0" * RESERVE_BYTES)
            if self._options.probe:
                self._drafts = ProbeDrafts(folder, self._client, self._target.connection.api_base)
                self._drafts.open(plan.actions)
            self.session = Session(
                plan,
                folder=folder,
                worker_id=f"{socket.gethostname().split('.')[0]}-0",
                api_base=self._target.connection.api_base,
                token=lambda: self._client.access_token().reveal(),
                fire=environment.events.request.fire,
                stop_run=self._stop_run,
                parent_pid=self._options.parent_pid,
            )
        except (ApiError, DiagError) as error:
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

    def _first_manifest(self, folder: RunFolder) -> Manifest:
        plan = self._prepared.plan
        return Manifest(
            run_id=folder.path.name,
            created_at=time.time(),
            status="running",
            sandbox=self._target.sandbox,
            host=self._target.connection.host,
            model=plan.model,
            actions=plan.facts,
            left_out=plan.left_out,
            org_name=self._prepared.org_name,
            org_id=self._prepared.org_id,
            workload=plan.workload,
            arrivals=plan.arrivals,
            rates=tuple((action.action_id, action.rate) for action in plan.actions),
            versions=_versions(),
            concurrency_limit=plan.concurrency_limit,
        )

    def _fail(self, code: int, why: str) -> None:
        self._exit_code = code
        self._close_drafts()
        self._save_manifest(status="incomplete", status_reason=why, ended_at=time.time())
        self._stop_run(why)

    def _stop_run(self, why: str) -> None:
        """End the run from anywhere; Locust's own greenlets do the stopping."""
        _LOG.error("stopping: %s", why)
        runner = self._environment.runner
        headless = self._options.headless
        gevent.spawn(runner.quit if headless else runner.stop)

    def _on_test_stop(self, **_: Any) -> None:
        session, self.session = self.session, None
        if session is None:
            return
        self._closing = session
        session.finish()
        left = self._close_drafts()
        lag = session.self_check.lag_p99_ms()
        verdict, why = grade(lag)
        status, reason = "complete", None
        if session.broken:
            status, reason = "incomplete", session.broken
            self._exit_code = ExitCode.INCOMPLETE
        elif self._interrupted:
            status, reason = "interrupted", "stopped by a signal"
        elif verdict == "INVALID":
            status, reason = "invalid", why
            self._exit_code = ExitCode.INCOMPLETE
        self._save_manifest(
            status=status,
            status_reason="; ".join([*filter(None, [reason]), *left]) or None,
            ended_at=time.time(),
            calls=session.calls,
            dropped=sum(session.dropped),
            grade=verdict,
            grade_reason=why,
        )
        self._closing = None
        self._closed.set()
        _LOG.info("%d calls recorded in %s", session.calls, session.folder.path)
        _LOG.info("the load generator: %s, %s", verdict, why)

    def _close_drafts(self) -> tuple[str, ...]:
        drafts, self._drafts = self._drafts, None
        left = drafts.close() if drafts else ()
        for line in left:
            _LOG.error("%s. Fix: diag doctor", line)
        return left

    def _save_manifest(self, **changes: Any) -> None:
        if self._manifest is None:
            return
        self._manifest = replace(self._manifest, **changes)
        try:
            _reserve(self._folder).unlink(missing_ok=True)
            write_manifest(self._folder, self._manifest)
        except OSError as error:
            _LOG.error("the manifest could not be written (%s)", error.strerror)

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


def _reserve(folder: RunFolder) -> Path:
    """Return the path of the space kept back so that the last manifest fits on a full disk."""
    return folder.path / ".reserve"


def _versions() -> tuple[tuple[str, str], ...]:
    names = ("genesys-diag", "locust", "gevent", "geventhttpclient")
    return (("python", platform.python_version()), *((name, metadata.version(name)) for name in names))
