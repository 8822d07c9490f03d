"""Which of Locust's events starts and ends what: runs on one side, the exit code on the other."""

import logging
import shutil
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, Final

import gevent
from gevent.event import Event
from locust.runners import MasterRunner, WorkerRunner

from analysis.analysis_errors import AnalysisError
from analysis.machine.own_process import wake_on_time
from analysis.machine.processes import INTERRUPTS
from analysis.machine.streams import write_every_character
from analysis.plain_text import printable
from diag.errors import DiagError
from diag.exit_codes import ExitCode
from diag.genesys.api_errors import ApiError
from loadtests.planning.run_options import add_options
from loadtests.run.direct.one_test_call import compared_lines
from loadtests.run.dry_run import describe, in_short
from loadtests.run.load_run import LoadRun, print_error
from loadtests.run.opened_run import OpenedRun, open_run
from loadtests.run.printable_log import make_log_printable
from loadtests.run.request_sentence import request_sentence
from loadtests.run.size_of_run import RunSize, asked_of_the_org, size_of_run, wait_before_calls_s
from loadtests.run.web_guard import guard_web_ui
from loadtests.run.web_tab import add_tab
from loadtests.steering.session import Session
from loadtests.workers.forked_workers import end_forked_workers
from loadtests.workers.master import MasterRun
from loadtests.workers.messages import TO_MASTER
from loadtests.workers.user_count import UserCount, count_users
from loadtests.workers.worker import WorkerProcess

_LOG: Final = logging.getLogger("diag.load")


class LocustEvents:
    """Listens to Locust, begins a `LoadRun` per test. Holds what outlives a test: target, plan, client."""

    def __init__(self) -> None:
        self._worker: WorkerProcess | None = None
        self._latest: LoadRun | None = None
        self._run: LoadRun | None = None
        self._ending: LoadRun | None = None
        self._ended = Event()
        self._stack = ExitStack()
        self._opened: OpenedRun
        self._options: Any = None
        self._runner: Any = None
        self._environment: Any = None
        self._users: UserCount
        self._main: Any = None
        self._interrupts = 0
        self._exit_code: int = ExitCode.OK
        self._runs_started = 0

    @property
    def session(self) -> Session | None:
        """The session of this process, if it is one that makes calls and a test is running."""
        if self._worker is not None:
            return self._worker.session
        work = self._run.work if self._run is not None else None
        return work if isinstance(work, Session) else None

    def register(self, events: Any) -> None:
        """Listen to the events of a Locust environment."""
        write_every_character()
        wake_on_time()
        make_log_printable()
        logging.getLogger("httpx").setLevel(logging.WARNING)
        events.init_command_line_parser.add_listener(add_options)
        events.init.add_listener(self._on_init)
        events.quit.add_listener(self._on_quit)

    def _on_init(self, environment: Any, runner: Any, web_ui: Any = None, **_: Any) -> None:
        self._runner = runner
        self._environment = environment
        if isinstance(runner, WorkerRunner):
            if environment.parsed_options.dry_run:  # the master prints it; this would hold its output open
                raise SystemExit(int(ExitCode.OK))
            self._worker = WorkerProcess(environment, runner)
            return
        self._listen(environment, runner)
        self._options = options = environment.parsed_options
        shaped = environment.shape_class is not None
        divided_among = 1
        if isinstance(runner, MasterRunner) and options.headless and options.num_users is None and not shaped:
            # No number of users was asked for: one planned load, of which each worker has its share.
            divided_among = options.num_users = options.spawn_rate = options.expect_workers
        self._users = count_users(environment, lambda user: getattr(user, "locust_events", None) is self)
        began = time.monotonic()
        try:
            self._opened = open_run(options, self._stack, shaped=shaped).divided_among(divided_among)
            self._opened.refuse_hosts(options)
        except (DiagError, AnalysisError, ApiError) as error:
            self._leave(print_error(error))
        except KeyboardInterrupt:
            self._leave(ExitCode.INTERRUPTED)
        if web_ui is not None:
            guard_web_ui(web_ui, str(options.web_host or ""))
            add_tab(web_ui, lambda: self._latest.phase if self._latest else None, options)
        plan = self._opened.plan
        environment.host = self._opened.api_base
        if plan.duration_s is not None and options.run_time is None:
            options.run_time = plan.duration_s
        if options.dry_run:
            self._leave(self._dry_run(None if shaped else options.num_users or 1))
        _LOG.info(in_short(plan))
        if self._opened.target.counts_as_org and not shaped:
            prepared = self._opened.prepared
            size = size_of_run(plan, prepared.lasts_s(options.run_time), options.num_users or 1)
            _LOG.info("requests: %s", request_sentence(prepared, size))
            if options.headless:
                self._wait_before_calls(asked_of_the_org(size, plan), time.monotonic() - began)

    def _wait_before_calls(self, size: RunSize, took_s: float) -> None:
        requests, limits = self._opened.client.requests, self._opened.prepared.limits
        wait_s = wait_before_calls_s(requests, took_s, size, limits)
        if wait_s <= 0.0:
            return
        _LOG.info("waiting %.0f s: %d requests to begin are part of this minute's limit", wait_s, requests)
        try:
            gevent.sleep(wait_s)
        except KeyboardInterrupt:
            self._leave(ExitCode.INTERRUPTED)

    def _dry_run(self, users: int | None) -> int:
        """Write what would be done, and what `--compare` tells; return the exit code."""
        options, prepared, target = self._options, self._opened.prepared, self._opened.target
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        words = describe(prepared, target, options.run_time, users, width=width, compare=options.compare)
        sys.stdout.write(words)
        try:
            for line in compared_lines(prepared, self._opened.client) if options.compare else ():
                sys.stdout.write(printable(line) + "\n")
        except (DiagError, ApiError) as error:
            return print_error(error)
        return ExitCode.OK

    def _listen(self, environment: Any, runner: Any) -> None:
        self._main = gevent.getcurrent()
        for number in INTERRUPTS:
            gevent.signal_handler(number, self._on_sigint)
        environment.events.test_start.add_listener(self._or_fail(self._on_test_start))
        environment.events.test_stopping.add_listener(self._or_fail(self._on_test_stopping))
        environment.events.test_stop.add_listener(self._or_fail(self._on_test_stop))
        # Here and not earlier: Locust's own listener would end a master before this one sees a signal.
        environment.events.quitting.add_listener(self._or_fail(self._on_quitting))
        if isinstance(runner, MasterRunner):
            for kind in TO_MASTER:
                runner.register_message(kind, self._on_message)

    def _or_fail(self, listener: Callable[..., None]) -> Callable[..., None]:
        """Return the listener; when it raises, the run ends. Locust itself would only log it, and hang."""

        def guarded(**details: object) -> None:
            try:
                listener(**details)
            except Exception as error:  # whatever a defect of this program raises
                _LOG.exception("unexpected")
                self._failed(error)

        return guarded

    def _failed(self, error: Exception) -> None:
        """End the run because of a defect of this program, and write that into the manifest."""
        why = f"the load process failed in a way it did not expect ({type(error).__name__}: {error})"
        self._run = self._ending = None
        self._ended.set()
        self._exit_code = ExitCode.ERROR
        if self._latest is not None:
            self._latest.crashed(why)
        else:
            gevent.spawn(self._runner.quit)
        self._environment.process_exit_code = int(self._exit_code)

    def _leave(self, code: int) -> None:
        self._stack.close()
        if isinstance(self._runner, MasterRunner):
            end_forked_workers()
        raise SystemExit(int(code))

    def _on_test_start(self, environment: Any, **_: Any) -> None:
        self._ended.clear()
        self._exit_code = ExitCode.OK
        self._runs_started += 1
        self._latest = self._run = LoadRun(
            self._opened, environment, number=self._runs_started, users=self._users
        )
        self._run.begin()

    def _on_message(self, environment: Any, msg: Any, **_: Any) -> None:
        run = self._run or self._ending
        if run is not None and isinstance(run.work, MasterRun):
            run.work.on_message(msg)

    def _on_test_stopping(self, **_: Any) -> None:
        if self._run is not None:
            self._run.stopping()

    def _on_test_stop(self, **_: Any) -> None:
        run, self._run = self._run, None
        if run is None:
            return
        self._ending = run
        run.finish()
        self._ending = None
        self._exit_code = run.exit_code
        self._ended.set()

    def _on_sigint(self) -> None:
        """End the run by Locust's main greenlet; at the second Ctrl-C wait no longer for calls in flight."""
        self._interrupts += 1
        if self._interrupts == 1 or (self._latest is not None and self._latest.is_showing):
            gevent.kill(self._main, KeyboardInterrupt)
            return
        run = self._ending or self._run
        if run is not None:
            run.hurry()

    def _on_quitting(self, environment: Any, **_: Any) -> None:
        if self._run is not None:  # a signal, in the middle of a run
            if self._run.work is not None:
                self._run.interrupt()
            if isinstance(self._runner, MasterRunner):
                self._runner.stop(send_stop_to_client=False)
            else:
                self._runner.stop()
            if self._run is not None:  # it had not begun, so there was nothing to stop
                self._exit_code = self._run.exit_code
        elif self._ending is not None:  # another signal, while calls in flight are waited for
            self._ending.hurry()
            self._ended.wait()
        environment.process_exit_code = int(self._exit_code)

    def _on_quit(self, **_: Any) -> None:
        """Locust has printed its own summary."""
        self._stack.close()
        if self._latest is not None:
            self._latest.show_verdicts()
