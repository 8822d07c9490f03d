"""A run on a clock that jumps: an hour of load in a moment, in the same order every time.

Time stands still while any greenlet can run; when all wait, it jumps to the next moment one of them waits
for. With `VirtualRun` a whole session (streams, calls, recorder, guard, ramp, token, end) runs like that,
against replies a test makes up:

    with VirtualRun(plan, tmp_path, reply=lambda call: Answer(at_ms=300)) as run:
        run.pass_time(60)
    assert run.ended == ...
"""

import heapq
import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import gevent
from gevent.event import Event

from analysis.format.run_folder import RunFolder
from analysis.format.sample_schema import ActionVersion
from diag.exit_codes import ExitCode
from loadtests.planning.plan import LoadPlan
from loadtests.recording.run_clock import RunClock
from loadtests.sending.transport import Reply, Transport
from loadtests.steering.session import Assignment, Session

BEGAN_AT: float = 1_750_000_000.0
"""Unix seconds of the virtual beginning."""
OK_BODY: bytes = b'{"success":true,"finalResult":{}}'


class VirtualClock(RunClock):
    """A clock whose time passes only when everybody waits."""

    def __init__(self) -> None:
        super().__init__()
        self._time = 0.0
        self.slept_s = 0.0
        """How long the machine was asleep: only the system's clock went on."""
        self._waiting: list[tuple[float, int, Event]] = []
        self._numbers = itertools.count()
        self.now = lambda: self._time
        self.unix = lambda: BEGAN_AT + self._time + self.slept_s
        self.asleep = lambda: self.slept_s
        self._offset = BEGAN_AT
        self.sleep = self._sleep

    def join(self, greenlets: Sequence[Any], limit_s: float) -> None:
        """Wait until all greenlets have ended, for at most `limit_s` virtual seconds."""
        alarm = gevent.spawn(self._sleep, limit_s)
        every = gevent.spawn(gevent.joinall, greenlets)
        gevent.wait([alarm, every], count=1)
        gevent.killall([alarm, every])

    def _sleep(self, seconds: float) -> None:
        woken = Event()
        heapq.heappush(self._waiting, (self._time + max(0.0, seconds), next(self._numbers), woken))
        woken.wait()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Let time pass while the block runs."""
        jumping = gevent.spawn(self._jump)
        try:
            yield
        finally:
            jumping.kill()

    def _jump(self) -> None:
        while True:
            gevent.idle()  # until nothing else can run
            if self._waiting:
                self._time, _, woken = heapq.heappop(self._waiting)
                woken.set()


@dataclass(frozen=True, slots=True)
class Call:
    """A request as the platform sees it."""

    at_s: float
    action_id: str
    body: bytes
    token: str
    target: ActionVersion = ActionVersion.PUBLISHED


@dataclass(frozen=True, slots=True)
class Answer:
    """What the platform does with a call: a reply after so long, or an error of the network."""

    at_ms: float = 20.0
    status: int = 200
    body: bytes = OK_BODY
    retry_after: str = ""
    correlation_id: str = ""
    error: Exception | None = None


class ScriptedTransport(Transport):
    """Answers requests by a function instead of a network; after its limit a call times out."""

    def __init__(self, clock: RunClock, reply: Callable[[Call], Answer]) -> None:
        super().__init__("http://127.0.0.1", connections=1)
        self._clock = clock
        self._reply = reply
        self._requests: dict[bytes, tuple[str, ActionVersion, bytes, str]] = {}
        self.calls: list[Call] = []

    def prepare(self, action_id: str, target: ActionVersion, body: bytes, token: str) -> bytes:
        """Return the request as the real transport does, and remember what it means."""
        request = super().prepare(action_id, target, body, token)
        self._requests[request] = (action_id, target, body, token)
        return request

    def connect(self) -> tuple[Any, bool]:
        """Return a connection that is always open already."""
        return None, False

    def exchange(self, sock: Any, request: bytes, limit_s: float) -> Reply:
        """Return what the function answers, when its time has come."""
        action_id, target, body, token = self._requests[request]
        call = Call(self._clock.now(), action_id, body, token, target)
        self.calls.append(call)
        answer = self._reply(call)
        self._clock.sleep(min(answer.at_ms / 1000, limit_s))
        if answer.at_ms / 1000 > limit_s:
            raise TimeoutError
        if answer.error is not None:
            raise answer.error
        return Reply(answer.status, answer.body, answer.correlation_id, answer.retry_after)


@dataclass(slots=True)
class FakeLink:
    """A SessionLink that remembers what it was asked for; `renew` is what the login does."""

    renew: Callable[[bool], str] = lambda refused: "token-1"
    streams: int = 1
    processes: int = 1
    streams_elsewhere: int = 0
    """Of other processes that send calls."""
    streams_waiting: int = 0
    """Of another process that has just joined."""
    waiting: bool = False
    """This process has just joined."""
    ended: list[tuple[str, bool, int]] = field(default_factory=list)
    """Why the run ended, whether it failed, and the exit code."""
    pauses: list[tuple[str, float]] = field(default_factory=list)
    fired: list[dict[str, object]] = field(default_factory=list)

    @property
    def fire(self) -> Callable[..., None]:
        return lambda **facts: self.fired.append(facts)

    def token(self) -> str:
        return "token-1"

    def renew_token(self, refused: bool) -> str:
        return self.renew(refused)

    def users(self) -> int:
        return self.streams + self.streams_elsewhere + self.streams_waiting

    def users_at_work(self) -> int:
        return self.streams_elsewhere + (0 if self.waiting else self.streams)

    def waits(self) -> bool:
        return self.waiting

    def workers(self) -> int:
        return self.processes

    def pause_all(self, why: str, pause_s: float) -> None:
        self.pauses.append((why, pause_s))

    def end_run(self, why: str, *, failed: bool = True, exit_code: int = ExitCode.INCOMPLETE) -> None:
        self.ended.append((why, failed, int(exit_code)))


class VirtualRun:
    """A session with one stream on virtual time; leaving the block finishes it."""

    def __init__(
        self,
        plan: LoadPlan,
        folder: Path,
        *,
        reply: Callable[[Call], Answer] = lambda call: Answer(),
        link: FakeLink | None = None,
    ) -> None:
        self.clock = VirtualClock()
        self.folder = RunFolder(folder)
        self.link = link or FakeLink()
        self.transport = ScriptedTransport(self.clock, reply)
        assignment = Assignment(plan, self.folder, "w-0", "http://127.0.0.1")
        self.session = Session(assignment, self.link, clock=self.clock, transport=self.transport)
        self._running = self.clock.running()
        self._streams: list[Any] = []

    def __enter__(self) -> "VirtualRun":
        self._running.__enter__()
        self._streams = [gevent.spawn(self.session.stream) for _ in range(self.link.streams)]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            gevent.killall(self._streams)
            self.session.finish()
        finally:
            self._running.__exit__(kind, error, trace)

    @property
    def calls(self) -> list[Call]:
        """Every request so far, polls of jobs included, in the order in which they were sent."""
        return self.transport.calls

    def pass_time(self, seconds: float) -> None:
        """Let so much time pass, or less where the run asks for its end before."""
        until = self.clock.now() + seconds
        while self.clock.now() < until and not self.link.ended:
            self.clock.sleep(min(0.1, until - self.clock.now()))
