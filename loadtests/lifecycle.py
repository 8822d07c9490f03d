"""What happens when: Locust's events on one side, our runs, manifest and exit code on the other."""

import logging
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import replace
from typing import Any, Final

import gevent
from gevent.event import Event
from locust.runners import MasterRunner, WorkerRunner

from analysis.errors import AnalysisError
from analysis.run_folder import RunFolder
from diag.errors import DiagError, Explained, error_text
from diag.exit_codes import ExitCode, exit_code_of
from diag.genesys.errors import ApiError
from loadtests.drafts import ProbeDrafts
from loadtests.dry_run import describe, in_short
from loadtests.ending import ending_of
from loadtests.grading import grade
from loadtests.master_run import MESSAGES, MasterRun, order_for
from loadtests.opening import Opened, open_run
from loadtests.plan_wire import to_wire
from loadtests.process_name import free_worker_id
from loadtests.run_options import add_options
from loadtests.run_outcome import RunOutcome, outcome_of
from loadtests.run_record import RunRecord, folder_of_run, start_watcher
from loadtests.session import Session
from loadtests.sure_listener import surely
from loadtests.thresholds import broken_thresholds
from loadtests.token_keeper import TokenKeeper
from loadtests.user_count import UserCount, count_users, users_of_all
from loadtests.web_tab import add_tab
from loadtests.worker_life import WorkerLife

_LOG: Final = logging.getLogger("diag.load")


class Lifecycle:
    """Listens to Locust. Holds what outlives one test: the target, the plan, the client."""

    def __init__(self) -> None:
        self._worker: WorkerLife | None = None
        self._run: Session | MasterRun | None = None
        self._ending: Session | MasterRun | None = None
        self._ended = Event()
        self._stack = ExitStack()
        self._opened: Opened
        self._options: Any = None
        self._runner: Any = None
        self._environment: Any = None
        self._record: RunRecord | None = None
        self._drafts: ProbeDrafts | None = None
        self._watcher: subprocess.Popen[bytes] | None = None
        self._users = UserCount()
        self._main: Any = None
        self._interrupts = 0
        self._interrupted = False
        self._failure: str | None = None
        self._end_reason: str | None = None
        self._exit_code: int = ExitCode.OK
        self._runs_started = 0

    @property
    def session(self) -> Session | None:
        """The session of this process, if it is one that makes calls and a test is running."""
        if self._worker is not None:
            return self._worker.session
        return self._run if isinstance(self._run, Session) else None

    def register(self, events: Any) -> None:
        """Listen to the events of a Locust environment."""
        logging.getLogger("httpx").setLevel(logging.WARNING)
        events.init_command_line_parser.add_listener(add_options)
        events.init.add_listener(self._on_init)
        events.quit.add_listener(self._on_quit)

    def _on_init(self, environment: Any, runner: Any, web_ui: Any = None, **_: Any) -> None:
        self._runner = runner
        self._environment = environment
        if isinstance(runner, WorkerRunner):
            self._worker = WorkerLife(environment, runner)
            return
        self._listen(environment, runner)
        self._options = options = environment.parsed_options
        shaped = environment.shape_class is not None
        divided_among = 1
        if isinstance(runner, MasterRunner) and options.headless and options.num_users is None and not shaped:
            # Nobody asked for a number: one planned load, of which each worker has its share.
            divided_among = options.num_users = options.spawn_rate = options.expect_workers
        self._users = count_users(environment)
        try:
            self._opened = open_run(options, self._stack, shaped=shaped).divided_among(divided_among)
        except (DiagError, AnalysisError, ApiError) as error:
            self._leave(_say(error))
        except KeyboardInterrupt:
            self._leave(ExitCode.INTERRUPTED)
        if web_ui is not None:
            add_tab(web_ui, lambda: self._record.folder if self._record else None)
        plan = self._opened.plan
        environment.host = self._opened.api_base
        if plan.duration_s is not None and options.run_time is None:
            options.run_time = plan.duration_s
        if options.dry_run:
            users = None if shaped else options.num_users or 1
            sys.stdout.write(describe(self._opened.prepared, self._opened.target, options.run_time, users))
            self._leave(ExitCode.OK)
        _LOG.info(in_short(plan))

    def _listen(self, environment: Any, runner: Any) -> None:
        self._main = gevent.getcurrent()
        gevent.signal_handler(signal.SIGINT, self._on_sigint)
        environment.events.test_start.add_listener(surely(self._on_test_start, self._failed))
        environment.events.test_stop.add_listener(surely(self._on_test_stop, self._failed))
        # Here and not earlier: Locust's own listener would end a master before ours knows of a signal.
        environment.events.quitting.add_listener(surely(self._on_quitting, self._failed))
        if isinstance(runner, MasterRunner):
            for kind in MESSAGES:
                runner.register_message(kind, self._on_message)

    def _failed(self, error: Exception) -> None:
        """A mistake of ours in a listener: the run ends, and says so."""
        why = f"the load process failed in a way it did not expect ({type(error).__name__}: {error})"
        if self._record is not None:
            self._record.end("incomplete", status_reason=why)
        self._run = self._ending = None
        self._ended.set()
        self._end_run(why, exit_code=ExitCode.ERROR)
        self._environment.process_exit_code = int(self._exit_code)

    def _leave(self, code: int) -> None:
        self._stack.close()
        raise SystemExit(int(code))

    def _on_test_start(self, environment: Any, **_: Any) -> None:
        self._failure = self._end_reason = None
        self._ended.clear()
        opened = self._opened
        self._users.most = 0
        self._runs_started += 1
        folder = folder_of_run(opened.settings.runs, self._options.run_dir, self._runs_started, opened.plan)
        self._record = RunRecord(folder, opened.prepared, opened.target)
        try:
            self._record.begin()
            if self._options.probe:
                self._drafts = ProbeDrafts(folder, opened.client, opened.api_base)
                self._drafts.open(opened.plan.actions)
            if isinstance(self._runner, MasterRunner):
                self._run = self._start_master(folder, self._record)
            else:
                self._run = self._start_session(environment, folder, self._record)
            if self._options.until_settled:
                self._watcher = start_watcher(folder)
        except (ApiError, DiagError, AnalysisError) as error:
            self._fail(_say(error), error.message)
        except OSError as error:
            why = f"{folder.path} cannot be written ({error.strerror})."
            self._fail(_say(DiagError(why)), why)

    def _start_session(self, environment: Any, folder: RunFolder, record: RunRecord) -> Session:
        keeper = TokenKeeper(self._opened.client)
        return Session(
            self._opened.plan,
            folder=folder,
            worker_id=free_worker_id(folder),
            api_base=self._opened.api_base,
            token=keeper.token,
            renew_token=keeper.renew,
            fire=environment.events.request.fire,
            end_run=self._end_run,
            users=lambda: users_of_all(environment),
            parent_pid=self._options.parent_pid,
            soak_offset_s=max(0.0, time.time() - record.created_at),
        )

    def _start_master(self, folder: RunFolder, record: RunRecord) -> MasterRun:
        order = order_for(
            folder,
            self._opened.plan,
            api_base=self._opened.api_base,
            sandbox=self._opened.target.sandbox,
            workers=self._runner.worker_count,
            soak_offset_s=max(0.0, time.time() - record.created_at),
        )
        self._options.diag_order = to_wire(order)
        return MasterRun(
            folder,
            self._runner,
            mark=order.mark,
            end_run=self._end_run,
            lost_after_s=self._options.lost_after,
            parent_pid=self._options.parent_pid,
        )

    def _on_message(self, environment: Any, msg: Any, **_: Any) -> None:
        run = self._run or self._ending
        if isinstance(run, MasterRun):
            run.take(msg)

    def _fail(self, code: int, why: str) -> None:
        self._close_drafts()
        if self._record is not None and self._record.begun:
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
        gevent.spawn(self._runner.quit if self._options.headless else self._runner.stop)

    def _on_test_stop(self, **_: Any) -> None:
        run, self._run = self._run, None
        if run is None or self._record is None:
            return
        self._ending = run
        if self._watcher is not None:
            self._watcher.terminate()
        if isinstance(run, Session):
            run.finish()
            outcome = outcome_of(run)
        else:
            outcome = run.finish()
        left = self._close_drafts()
        self._conclude(self._record, outcome, left)
        self._ending = None
        self._ended.set()

    def _conclude(self, record: RunRecord, outcome: RunOutcome, left: tuple[str, ...]) -> None:
        plan = self._opened.plan
        outcome = replace(outcome, calls=record.rows())  # with those of earlier parts of a soak
        verdict, why = grade(outcome.figures)
        ending = ending_of(
            outcome,
            grade=verdict,
            grade_reason=why,
            failure=self._failure,
            end_reason=self._end_reason,
            interrupted=self._interrupted,
            exit_code=self._exit_code,
        )
        broken = broken_thresholds(record.folder, plan)
        self._exit_code = ending.exit_code
        if broken and self._exit_code == ExitCode.OK:
            self._exit_code = ExitCode.THRESHOLD
        for line in (*outcome.gaps, *broken):
            _LOG.error(line)
        record.end(
            ending.status,
            status_reason="; ".join([*filter(None, [ending.reason]), *broken, *left]) or None,
            calls=outcome.calls,
            dropped=outcome.dropped,
            streams=max(1, self._users.most // plan.divided_among),
            grade=verdict,
            grade_reason=why,
            generator=outcome.figures.known(),
            left_out=(*plan.left_out, *outcome.left_out),
            notes=outcome.notes,
        )
        if outcome.calls:
            alone = self._options.parent_pid is None  # else whoever started us writes the report
            record.finish_in_background(report=alone)
            if alone:
                _LOG.info("in a moment: %s (again: diag report %s)", record.folder.report, record.folder.path)
        _LOG.info("%d calls recorded in %s", outcome.calls, record.folder.path)
        _LOG.info("the load generator: %s, %s", verdict, why)

    def _close_drafts(self) -> tuple[str, ...]:
        drafts, self._drafts = self._drafts, None
        return drafts.close() if drafts else ()

    def _on_sigint(self) -> None:
        """Ctrl-C once: Locust's main greenlet ends the run. Again: without waiting for what is in flight."""
        self._interrupts += 1
        if self._interrupts == 1:
            gevent.kill(self._main, KeyboardInterrupt)
            return
        run = self._ending or self._run
        if run is not None:
            run.hurry()

    def _on_quitting(self, environment: Any, **_: Any) -> None:
        if self._run is not None:  # a signal, in the middle of a run
            self._interrupted = True
            self._exit_code = ExitCode.INTERRUPTED
            if isinstance(self._runner, MasterRunner):
                self._runner.stop(send_stop_to_client=False)
            else:
                self._runner.stop()
        elif self._ending is not None:  # another signal, while calls in flight are waited for
            self._ending.hurry()
            self._ended.wait()
        environment.process_exit_code = int(self._exit_code)

    def _on_quit(self, **_: Any) -> None:
        self._stack.close()


def _say(error: Explained) -> int:
    """Write an error for people to stderr; return the exit code of its category."""
    sys.stderr.write(error_text(error.message, error.hint, error.details) + "\n")
    return int(exit_code_of(error.category))
