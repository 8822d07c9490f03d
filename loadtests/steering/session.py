"""One run of the load in one process: streams of arrivals, calls in flight, the record, and the end.

Started by `loadtests.run.load_run` where this process runs the load alone, and by `loadtests.workers.worker`
where it works for a master.
"""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import gevent
from gevent.event import Event

from analysis.format.run_folder import RunFolder
from analysis.machine.processes import starter_is_gone
from loadtests.planning.plan import LoadPlan
from loadtests.recording.generator_figures import GeneratorMeter
from loadtests.recording.recorder import Recorder
from loadtests.recording.run_clock import RunClock
from loadtests.sending.arrival_streams import BURST, TICK_S, Streams
from loadtests.sending.call_budget import CallBudget
from loadtests.sending.call_context import CallContext
from loadtests.sending.caller import Caller
from loadtests.sending.direct.direct_setup import DirectSetup
from loadtests.sending.feedback import Feedback
from loadtests.sending.in_flight import InFlight
from loadtests.sending.job_watch import JobWatch
from loadtests.sending.run_faults import RunFaults
from loadtests.sending.session_link import SessionLink
from loadtests.sending.transport import Transport
from loadtests.sending.watching.chosen_watchers import ChosenWatchers, WatchOrder
from loadtests.sending.ways.left_out_way import LeftOutWay
from loadtests.sending.ways.way_of_each_action import way_of_each_action
from loadtests.steering.director import Director
from loadtests.steering.load_second import Load, SecondMeter


@dataclass(frozen=True, slots=True)
class Assignment:
    """What one process is to do, where to record it, and as whom."""

    plan: LoadPlan
    folder: RunFolder
    worker_id: str
    api_base: str
    soak_offset_s: float = 0.0
    """How long ago a soak began that goes on after an interruption."""
    ahead_s: float = 0.0
    """How far the clock of what is called is ahead of this machine's: 0 but for a time-lapsed sandbox."""
    watch: WatchOrder = field(default_factory=WatchOrder)
    """What is kept of direct calls beside their records."""
    parent_pid: int | None = None
    """The process that started this one and shows its progress: the run ends with it. None: there is none."""


class Session:
    """Carries out an assignment. Made at the start of a test, `finish`ed once at its end.

    `clock` and `transport` are the real ones unless a test passes its own.
    """

    def __init__(
        self,
        assignment: Assignment,
        link: SessionLink,
        *,
        clock: RunClock | None = None,
        transport: Transport | None = None,
    ) -> None:
        self.plan = plan = assignment.plan
        self.folder = assignment.folder
        self.worker_id = assignment.worker_id
        self._parent_pid = assignment.parent_pid
        self._link = link
        self.clock = clock = clock or RunClock(assignment.ahead_s)
        # What may take a while comes before the run's own time begins: logging in, rendering requests.
        token = link.token() if plan.asks_the_platform else ""
        connections = plan.max_in_flight + BURST
        self.watch = ChosenWatchers(assignment.watch, self.folder, self.worker_id)
        self.direct = DirectSetup(
            plan, connections=connections, watchers=self.watch.watchers, tracing=self.watch.tracing
        )
        self.transport = transport or Transport(assignment.api_base, connections=connections)
        ways = way_of_each_action(plan, self.transport, self.direct, token)
        self._started = clock.now()
        self.recorder = Recorder(self.folder, self.worker_id, plan.actions)
        self.feedback = Feedback(len(plan.actions))
        self.faults = RunFaults(link)
        context = CallContext(
            link, clock, self.transport, self.recorder, self.feedback, self.faults, plan.learnt
        )
        self.budget = CallBudget(plan.max_in_flight, link, clock, plan.may_call_until)
        self.jobs = JobWatch(plan, context, self.budget)
        self.caller = Caller(plan.actions, ways, context, self.jobs)
        self.in_flight = InFlight(self.caller, self.budget, clock, self.faults)
        self.streams = Streams(plan, self.in_flight, clock, self.worker_id)
        self.director = Director(
            plan, link, self.recorder, clock, self.folder, soak_offset_s=assignment.soak_offset_s
        )
        for index, way in enumerate(ways):
            if isinstance(way, LeftOutWay):
                self.director.leave_out(index, way.why)
        self.generator_meter = GeneratorMeter(clock)
        self._meter = SecondMeter(self.recorder, self.feedback, self.in_flight.dropped, self.caller.prepared)
        self._load = Load([0.0] * len(plan.actions), 0.0)
        self._ending = False
        self._hurried = False
        self._finished = Event()
        self._background = [
            gevent.spawn(self.generator_meter.watch),
            gevent.spawn(self._tick_on),
            gevent.spawn(self._every_second),
            gevent.spawn(self.watch.keep_writing, self.clock.sleep),
        ]
        for greenlet in self._background:
            greenlet.link_exception(lambda failed: self.faults.unexpected(failed.exception))

    @property
    def calls(self) -> int:
        """Calls recorded so far."""
        return self.recorder.seq

    @property
    def not_sent(self) -> int:
        """Arrivals that were due and never sent: too many in flight, or the run ended first."""
        return sum(self.in_flight.dropped) + self.caller.unsent

    @property
    def contradicted(self) -> Mapping[str, int]:
        """Replies that did not fit what was learnt of the platform, by fact."""
        return self.caller.contradicted.counts

    # -- calls -----------------------------------------------------------------------------------------

    def stream(self) -> None:
        """Be one arrival stream until killed: one Locust user is one of these."""
        self._tick()
        self.streams.run()

    def _tick_on(self) -> None:
        while True:
            self.clock.sleep(TICK_S)
            self._steer_early()
            self._tick()

    def _tick(self) -> None:
        """Have the director decide what holds from now on, and let it hold."""
        users = self._link.users()
        failures = self.feedback.take_failures()
        try:
            orders = self.director.tick(self.clock.now() - self._started, users, failures)
        except OSError as error:  # a decision could not be written
            self.faults.unwritable(error)
            return
        if orders.new_token is not None:
            self.caller.use_token(orders.new_token)
        self.budget.on_hold = orders.on_hold
        self._load = orders.load
        if self._link.waits():  # the others send all of the load meanwhile, so nothing is left unsent
            self._load = Load([0.0] * len(self.plan.actions), orders.load.factor)
        self.streams.share_out(self._load.rates, self._link.users_at_work())

    # -- watching --------------------------------------------------------------------------------------

    def _every_second(self) -> None:
        while True:
            self.clock.sleep(1.0)
            if self._parent_pid is not None and starter_is_gone(self._parent_pid):
                self._link.end_run("the process that started this run no longer runs")
                return
            try:
                self.write_second()
                self._steer()
            except OSError as error:
                self.faults.unwritable(error)
                return

    def _steer_early(self) -> None:
        """Have it decide before the second is over where a call too many or an idle second would follow."""
        sent = [one.calls for one in self.caller.prepared]
        waiting = self.caller.in_flight + self.jobs.open_jobs
        if not self._ending and self.director.is_due(sent, self._share, waiting):
            try:
                self._steer()
            except OSError as error:
                self.faults.unwritable(error)

    @property
    def _share(self) -> float:
        """Of the arrival streams of all processes, those of this one."""
        return self.streams.users / max(1, self._link.users())

    def _steer(self) -> None:
        """Have the director decide by what was seen since it last did."""
        now_s = self.clock.now() - self._started
        in_flight = self.caller.in_flight
        second = self._meter.take(
            now_s, self._load, share=self._share, open_jobs=self.jobs.open_jobs, in_flight=in_flight
        )
        self.director.second(second)

    def write_second(self) -> None:
        """Append this second's figures to the events file: progress, and how the generator itself did.

        None once rows were lost: the last line says until when every call is on disk.
        """
        if self.faults.rows_lost:
            return
        seen = self.generator_meter.second(self.feedback.take_lags_s())
        now = self.clock.now()
        self.recorder.event(
            "second",
            at=round(self.clock.wall(now), 3),
            elapsed_s=round(now - self._started, 3),
            users=self.streams.users,
            in_flight=self.caller.in_flight,
            oldest={
                self.plan.actions[index].key: round(self.clock.wall(due), 3)
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
                action.key: [*totals, dropped]
                for action, totals, dropped in zip(
                    self.plan.actions, self.recorder.totals(), self.in_flight.dropped, strict=True
                )
            },
        )

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
                self.watch.close()
            self.transport.close()
            self.direct.close()
        finally:
            self._finished.set()

    def hurry(self) -> None:
        """Do not wait for calls in flight any longer; each is still recorded at its elapsed time."""
        self._hurried = True
        if self._ending:
            self.in_flight.give_up()
