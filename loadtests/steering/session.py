"""One run of the load in one process: streams of arrivals, calls in flight, the record, and the end."""

import contextlib
import os
from collections.abc import Callable

import gevent
from gevent.event import Event

from analysis.format.run_folder import RunFolder
from diag.exit_codes import ExitCode
from loadtests.planning.plan import LoadPlan
from loadtests.recording.recorder import Recorder
from loadtests.recording.self_check import SelfCheck
from loadtests.sending.caller import Caller
from loadtests.sending.in_flight import InFlight
from loadtests.sending.job_watch import JobWatch
from loadtests.sending.run_clock import Clock
from loadtests.sending.streams import BURST, TICK_S, Streams
from loadtests.sending.transport import Transport
from loadtests.steering.director import Director, EndRun
from loadtests.steering.settled_actions import SettledFile


class Session:
    """Runs a plan. Made at the start of a test, `finish`ed once at its end.

    `end_run` is called when the run must end early: all is done, the guard says so, the disk is full, or
    `parent_pid` (the process that started this one and shows its progress) is gone. `users` tells how many
    arrival streams all processes together run; `on_pause(why, seconds)` hears of a pause that all must make.
    """

    def __init__(
        self,
        plan: LoadPlan,
        *,
        folder: RunFolder,
        worker_id: str,
        api_base: str,
        token: Callable[[], str],
        renew_token: Callable[[bool], bool],
        fire: Callable[..., None],
        end_run: EndRun,
        users: Callable[[], int],
        on_pause: Callable[[str, float], None] = lambda why, pause_s: None,
        parent_pid: int | None = None,
        soak_offset_s: float = 0.0,
        workers: Callable[[], int] = lambda: 1,
        hold_back_s: float = 0.0,
    ) -> None:
        self.plan = plan
        self.folder = folder
        self.worker_id = worker_id
        self.clock = Clock()
        self.recorder = Recorder(folder, worker_id, plan.actions)
        self.transport = Transport(api_base, connections=plan.max_in_flight + BURST)
        self.caller = Caller(
            plan.actions,
            transport=self.transport,
            recorder=self.recorder,
            clock=self.clock,
            token=token,
            fire=fire,
            on_submitted=lambda action_id, reply: self.jobs.submitted(action_id, reply),
            on_failure=lambda *details: self.director.failure(*details),
            on_broken=self._on_broken,
        )
        may_call_from = self.clock.now() + hold_back_s
        self.in_flight = InFlight(
            self.caller,
            most=lambda: plan.max_in_flight // workers() if self.clock.now() >= may_call_from else 0,
            others=lambda: self.jobs.in_flight,
            on_crash=self._on_crash,
        )
        self.director = Director(
            plan,
            recorder=self.recorder,
            caller=self.caller,
            dropped=self.in_flight.dropped,
            settled=SettledFile(folder),
            renew_token=renew_token,
            now=self.clock.now,
            end_run=end_run,
            on_pause=on_pause,
            open_jobs=lambda: self.jobs.open_jobs,
            share=lambda: self.streams.users / max(1, users()),
            soak_offset_s=soak_offset_s,
        )
        self.jobs = JobWatch(
            plan,
            transport=self.transport,
            recorder=self.recorder,
            token=token,
            clock=self.clock,
            workers=workers,
            room=lambda: self.in_flight.has_room,
            hold_s=self.director.hold_s,
            on_starving=self.director.starving,
            on_token_refused=self.director.token_refused,
            on_broken=self._on_broken,
            on_crash=self._on_crash,
        )
        self.self_check = SelfCheck(self.caller.take_lags)
        self._end_run = end_run
        self._users = users
        self._parent_pid = parent_pid
        self._broken = False
        self._ending = False
        self._hurried = False
        self._finished = Event()
        self._started = self.clock.now()
        self.streams = Streams(plan, clock=self.clock, worker_id=worker_id, launch=self.in_flight.launch)
        self._background = [
            gevent.spawn(self.self_check.watch),
            gevent.spawn(self._keep_rates),
            gevent.spawn(self._every_second),
        ]
        for greenlet in self._background:
            greenlet.link_exception(lambda dead: self._on_crash(dead.exception))

    @property
    def calls(self) -> int:
        """Rows recorded so far."""
        return self.recorder.seq

    @property
    def not_sent(self) -> int:
        """Arrivals that were due and never sent: too many in flight, or the run ended first."""
        return sum(self.in_flight.dropped) + self.caller.unsent

    # -- calls -----------------------------------------------------------------------------------------

    def stream(self) -> None:
        """Be one arrival stream until killed: one Locust user is one of these."""
        self._share_out()
        self.streams.run()

    def _keep_rates(self) -> None:
        while True:
            gevent.sleep(TICK_S)
            self._share_out()

    def _share_out(self) -> None:
        users = self._users()
        try:
            rates = self.director.rates(self.clock.now() - self._started, users)
        except OSError as error:  # what the guard decided could not be written
            self._on_broken(error)
            return
        self.streams.share_out(rates, users)

    # -- watching --------------------------------------------------------------------------------------

    def _every_second(self) -> None:
        while True:
            gevent.sleep(1.0)
            if self._parent_pid is not None and os.getppid() != self._parent_pid:
                self._end_run("the process that started this run is gone")
                return
            try:
                self.write_second()
                self.director.second(self.clock.now() - self._started)
            except OSError as error:
                self._on_broken(error)
                return

    def write_second(self) -> None:
        """Append this second's figures to the events file: progress, and how the generator itself did."""
        seen = self.self_check.second()
        now = self.clock.now()
        self.recorder.event(
            "second",
            at=round(self.clock.wall(now), 3),
            elapsed_s=round(now - self._started, 3),
            users=self.streams.users,
            in_flight=self.caller.in_flight,
            oldest={
                self.plan.actions[index].action_id: round(self.clock.wall(due), 3)
                for index, due in self.in_flight.oldest.items()
            },
            offered_rate=round(self.streams.offered_rate, 3),
            schedule_lag_p50_ms=seen.schedule_lag_p50_ms,
            schedule_lag_p99_ms=seen.schedule_lag_p99_ms,
            hub_lag_max_ms=seen.hub_lag_max_ms,
            run_queue_share=seen.run_queue_share,
            cpu_share=seen.cpu_share,
            rss_mb=seen.rss_mb,
            actions={
                action.action_id: [*totals, dropped]
                for action, totals, dropped in zip(
                    self.plan.actions, self.recorder.totals(), self.in_flight.dropped, strict=True
                )
            },
        )

    def _on_broken(self, error: OSError) -> None:
        if not self._broken:
            self._broken = True
            self._end_run(f"rows could not be written: {error.strerror or error}")

    def _on_crash(self, error: BaseException) -> None:
        if not self._broken:
            self._broken = True
            why = f"the load process failed in a way it did not expect ({type(error).__name__}: {error})"
            self._end_run(why, exit_code=ExitCode.ERROR)

    # -- the end ---------------------------------------------------------------------------------------

    def finish(self) -> None:
        """Wait for calls in flight for `drain_s`, record the rest at their elapsed time, close the files.

        May be called again, also while it is still at work: returns when everything is written.
        """
        if self._ending:
            self._finished.wait()
            return
        self._ending = True
        self.streams.stop()
        try:
            if not self._hurried:
                self.in_flight.drain(self.plan.drain_s)
            self.in_flight.give_up()
            gevent.killall(self._background)
            self.director.stop()
            self.jobs.finish()
            with contextlib.suppress(OSError):
                self.write_second()
                self.recorder.close()
            self.transport.close()
        finally:
            self._finished.set()

    def hurry(self) -> None:
        """Do not wait for calls in flight any longer; each is still recorded at its elapsed time."""
        self._hurried = True
        if self._ending:
            self.in_flight.give_up()
