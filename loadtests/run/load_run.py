"""One run, from the making of its folder to its last manifest."""

import logging
import subprocess
import sys
from dataclasses import replace
from typing import Any, Final

import gevent
from locust.runners import MasterRunner

from analysis.analysis_errors import AnalysisError
from diag.errors import DiagError, Explained, error_text
from diag.exit_codes import ExitCode, exit_code_of
from diag.genesys.api_errors import ApiError
from loadtests.planning.learnt_platform import contradiction_notes
from loadtests.planning.probe_drafts import ProbeDrafts
from loadtests.planning.production_hours import hours_not_read
from loadtests.recording.garbage_collection import run_is_over, take_stalls_now
from loadtests.recording.generator_grade import grade
from loadtests.recording.manifest_writer import ManifestWriter
from loadtests.recording.which_run_folder import folder_of_run
from loadtests.recording.worker_id import free_worker_id
from loadtests.run.direct.refuse_hosts import proxied_notes
from loadtests.run.opened_run import OpenedRun
from loadtests.run.run_phase import RunPhase, Step
from loadtests.run.single_process_link import SingleProcessLink
from loadtests.run.sla import broken_thresholds
from loadtests.run.status_and_exit_code import ending_of
from loadtests.run.too_late import refuse_what_is_too_late
from loadtests.sending.watching.audit_lines import new_audit_key
from loadtests.sending.watching.chosen_watchers import watch_order
from loadtests.steering.run_outcome import RunOutcome, outcome_of
from loadtests.steering.session import Assignment, Session
from loadtests.steering.settled_actions import start_watcher
from loadtests.steering.unsent_calls import unsent_note
from loadtests.workers.joining_workers import hold_back_s
from loadtests.workers.master import MasterRun, order_for
from loadtests.workers.plan_message import to_wire
from loadtests.workers.user_count import UserCount

_LOG: Final = logging.getLogger("diag.load")


class LoadRun:
    """The `number`th run of this process, owned by `LocustEvents`: made, begun, finished."""

    def __init__(self, opened: OpenedRun, environment: Any, *, number: int, users: UserCount) -> None:
        self._opened = opened
        self._environment = environment
        self._runner = environment.runner
        self._options = environment.parsed_options
        self._users = users
        self._users.begin(hold_back_s=hold_back_s(opened.plan))
        self.folder = folder_of_run(opened.settings.runs, self._options.run_dir, number, opened.plan)
        self._record = ManifestWriter(self.folder, opened.prepared, opened.target, ahead_s=opened.ahead_s)
        self._drafts: ProbeDrafts | None = None
        self._watcher: subprocess.Popen[bytes] | None = None
        self._is_ending = False
        self._step: Step = "measuring"
        self._result: str | None = None
        self._reporting: subprocess.Popen[bytes] | None = None
        self._to_show = False
        self._shows = False
        self._failure: str | None = None
        self._end_reason: str | None = None
        self._interrupted = False
        self.exit_code: int = ExitCode.OK
        self.work: Session | MasterRun | None = None
        """Who makes the calls; None when the run could not begin."""

    def begin(self) -> None:
        """Make the folder and start the work; a run that cannot begin reports why, and ends."""
        try:
            refuse_what_is_too_late(self._opened.plan, self._options.parent_pid, ahead_s=self._opened.ahead_s)
            self._record.begin()
            if self._options.probe:
                self._drafts = ProbeDrafts(self.folder, self._opened.client, self._opened.api_base)
                self._drafts.open(self._opened.plan.actions)
            if isinstance(self._runner, MasterRunner):
                self.work = self._master()
            else:
                self.work = self._session()
                take_stalls_now()
            if self._options.until_settled:
                self._watcher = start_watcher(self.folder, self._options.rules)
        except (ApiError, DiagError, AnalysisError) as error:
            self._refuse(print_error(error), error.message)
        except OSError as error:
            why = f"{self.folder.path} cannot be written ({error.strerror})."
            self._refuse(print_error(DiagError(why)), why)

    def end_early(self, why: str, *, failed: bool = True, exit_code: int = ExitCode.INCOMPLETE) -> None:
        """End the run from anywhere; Locust's own greenlets do the stopping."""
        if failed:
            _LOG.error("stopping: %s", why)
            self._failure = self._failure or why
            self.exit_code = exit_code
        else:
            _LOG.info("ending: %s", why)
            self._end_reason = why
        if not self._is_ending:  # Locust would not wait for the first one before it carries out a second
            self._is_ending = True
            gevent.spawn(self._runner.quit if self._options.headless else self._runner.stop)

    def interrupt(self) -> None:
        """Record that it is ended by a signal, from the user or the system."""
        self._interrupted = True
        self.exit_code = ExitCode.INTERRUPTED

    @property
    def phase(self) -> RunPhase:
        """How far the run has come."""
        step = self._step
        if step == "over" and self._reporting is not None and self._reporting.poll() is None:
            step = "reporting"
        return RunPhase(self.folder, step, self._result, reports=self._reporting is not None)

    def stopping(self) -> None:
        """Record that no further call leaves."""
        self._step = "ending"

    def hurry(self) -> None:
        """Wait no longer for calls in flight; each is still recorded."""
        if self.work is not None:
            self.work.hurry()

    def finish(self) -> None:
        """Let calls in flight end, count what is here, write the last manifest."""
        if self.work is None:
            self._step = "over"
            return
        self.stopping()
        if self._watcher is not None:
            self._watcher.terminate()
        self._users.end()
        if isinstance(self.work, Session):
            self.work.finish()
            run_is_over()
            outcome = outcome_of(self.work)
        else:
            outcome = self.work.finish()
        self._conclude(outcome, self._close_drafts())
        self._step = "over"

    @property
    def is_showing(self) -> bool:
        """Whether nothing but the verdicts is still to come."""
        return self._shows

    def show_verdicts(self) -> None:
        """Print the verdicts, of a run without a page that nobody else shows; a Ctrl-C leaves them out."""
        if not self._to_show:
            return
        sys.stdout.flush()
        self._shows = True
        process = self._record.show_verdicts()
        try:
            process.wait()
        except KeyboardInterrupt:
            process.terminate()
            _LOG.info("the verdicts: diag recommend %s", self.folder.path)

    def crashed(self, why: str) -> None:
        """End the run because of a defect of this program; the manifest has the reason."""
        self._record.end("incomplete", status_reason=why)
        self._step, self._result = "over", f"incomplete: {why}"
        self.end_early(why, exit_code=ExitCode.ERROR)

    def _session(self) -> Session:
        assignment = Assignment(
            self._opened.plan,
            self.folder,
            free_worker_id(self.folder),
            self._opened.api_base,
            soak_offset_s=self._record.age_s,
            ahead_s=self._opened.ahead_s,
            watch=watch_order(
                self._opened.plan, key=new_audit_key(), telemetry=bool(getattr(self._options, "otel", False))
            ),
            parent_pid=self._options.parent_pid,
        )
        return Session(assignment, SingleProcessLink(self._environment, self._opened.client, self.end_early))

    def _master(self) -> MasterRun:
        order = order_for(
            self.folder,
            self._opened.plan,
            self._opened.target,
            workers=self._runner.worker_count,
            soak_offset_s=self._record.age_s,
            run_time_s=None if self._options.run_time is None else float(self._options.run_time),
            run_key=getattr(self._options, "diag_run_key", None),
        )
        order = replace(order, ahead_s=self._opened.ahead_s, audit_key=new_audit_key())
        self._options.diag_order = to_wire(order)
        return MasterRun(
            self.folder,
            self._runner,
            order,
            end_run=self.end_early,
            lost_after_s=self._options.lost_after,
            parent_pid=self._options.parent_pid,
        )

    def _refuse(self, code: int, why: str) -> None:
        self._close_drafts()
        if self._record.begun:
            self._record.end("incomplete", status_reason=why)
        self._result = f"incomplete: {why}"
        self.end_early(why, exit_code=code)

    def _conclude(self, outcome: RunOutcome, left: tuple[str, ...]) -> None:
        plan, record = self._opened.plan, self._record
        outcome = replace(outcome, calls=record.rows())  # with those of earlier parts of a soak
        verdict, why = grade(outcome.figures)
        ending = ending_of(
            outcome,
            grade=verdict,
            grade_reason=why,
            failure=self._failure,
            end_reason=self._end_reason,
            interrupted=self._interrupted,
            exit_code=self.exit_code,
        )
        broken = broken_thresholds(self.folder, plan)
        self.exit_code = ending.exit_code
        if broken and self.exit_code == ExitCode.OK:
            self.exit_code = ExitCode.THRESHOLD
        for line in (*outcome.gaps, *broken):
            _LOG.error(line)
        contradictions = contradiction_notes(outcome.contradicted, plan.platform_facts)
        for line in contradictions:
            _LOG.warning(line)
        held = unsent_note(outcome, plan.max_in_flight)
        if held:
            _LOG.warning(held[0])
        reason = "; ".join([*filter(None, [ending.reason]), *broken, *left]) or None
        self._result = ending.status if reason is None else f"{ending.status}: {reason}"
        record.end(
            ending.status,
            status_reason=reason,
            calls=outcome.calls,
            dropped=outcome.dropped,
            streams=max(1, self._users.most // plan.divided_among),
            grade=verdict,
            grade_reason=why,
            generator=outcome.figures.known(),
            left_out=(*plan.left_out, *outcome.left_out),
            platform_contradicted=dict(outcome.contradicted),
            notes=(
                *outcome.notes,
                *held,
                *contradictions,
                *hours_not_read(plan.facts),
                *proxied_notes(self._opened.prepared),
            ),
        )
        alone = self._options.parent_pid is None  # else who started this process writes the report
        self._to_show = bool(outcome.calls) and alone and self._options.headless and not self._options.json
        if outcome.calls and self._options.turns is None and not self._to_show:
            # Of a window, the file is made by its campaign.
            finishing = record.finish_in_background(report=alone)
            if alone:
                self._reporting = finishing
                _LOG.info("the report is being written: %s", self.folder.report)
                _LOG.info("the verdicts: diag recommend %s", self.folder.path)
        _LOG.info("%d calls recorded in %s", outcome.calls, self.folder.path)
        _LOG.info("the load generator: %s, %s", verdict, why)

    def _close_drafts(self) -> tuple[str, ...]:
        drafts, self._drafts = self._drafts, None
        return drafts.close() if drafts else ()


def print_error(error: Explained) -> int:
    """Write an error to stderr with its hint; return the exit code of its category."""
    sys.stderr.write(error_text(error.message, error.hint, error.details) + "\n")
    return int(exit_code_of(error.category))
