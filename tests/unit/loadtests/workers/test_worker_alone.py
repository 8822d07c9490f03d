"""A worker that must decide by itself: its master has ended, or someone pressed Ctrl-C."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gevent
import pytest
from gevent.event import Event

from diag.exit_codes import ExitCode
from loadtests.workers.messages import End, Finish
from loadtests.workers.spool_folder import spool_for
from loadtests.workers.worker import WorkerProcess
from loadtests.workers.worker_run import MASTER_LATE_S, WorkerRun


def test_a_worker_calls_no_longer_than_was_agreed(monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[object] = []
    monkeypatch.setattr(gevent, "sleep", steps.append)
    streams = SimpleNamespace(stop=lambda: steps.append("calls end"))
    run: Any = SimpleNamespace(session=SimpleNamespace(streams=streams), finish=lambda: steps.append("end"))

    WorkerRun._end_in_time(run, 40.0)

    assert steps == [41.0, "calls end", MASTER_LATE_S, "end"]
    assert run._time_is_over


def pressed_in(steps: list[str], *, forked: bool, run: Any) -> Any:
    """As much of a worker process as Ctrl-C touches."""
    return SimpleNamespace(
        _interrupts=0,
        _context=SimpleNamespace(forked=forked),
        _runner=SimpleNamespace(quit=lambda: steps.append("quit")),
        _run=run,
    )


@pytest.mark.parametrize(("forked", "first"), [(True, []), (False, ["quit"])])
def test_ctrl_c_once_leaves_the_end_to_the_master_and_twice_does_not_wait(
    forked: bool, first: list[str]
) -> None:
    steps: list[str] = []
    run: Any = SimpleNamespace(
        session=SimpleNamespace(hurry=lambda: steps.append("hurry calls")),
        delivery=SimpleNamespace(hurry=lambda: steps.append("hurry delivery")),
    )
    run.hurry = lambda: WorkerRun.hurry(run)
    worker = pressed_in(steps, forked=forked, run=run)

    WorkerProcess._on_sigint(worker)
    gevent.sleep(0)
    assert steps == first
    WorkerProcess._on_sigint(worker)
    assert steps == [*first, "hurry calls", "hurry delivery"]


def test_ctrl_c_before_a_run_ends_a_forked_worker_whose_master_waits_for_that() -> None:
    steps: list[str] = []
    worker = pressed_in(steps, forked=True, run=None)

    WorkerProcess._on_sigint(worker)
    gevent.sleep(0)

    assert steps == ["quit"]


class Hook:
    """One of Locust's events."""

    def __init__(self) -> None:
        self.listeners: list[Callable[..., None]] = []

    def add_listener(self, listener: Callable[..., None]) -> None:
        self.listeners.append(listener)

    def fire(self, **details: object) -> None:
        for listener in self.listeners:
            listener(**details)


class Runner:
    """Locust's runner of a worker, with the messages it was given to send."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.listeners: dict[str, Callable[..., None]] = {}
        self.has_quit = False

    def register_message(self, kind: str, listener: Callable[..., None], *, concurrent: bool) -> None:
        self.listeners[kind] = listener

    def send_message(self, kind: str, data: dict[str, Any]) -> None:
        self.sent.append((kind, data))

    def quit(self) -> None:
        self.has_quit = True


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> WorkerProcess:
    monkeypatch.setattr(gevent, "signal_handler", lambda *_: None)
    options = SimpleNamespace(processes=None, spool=None, deliver_within=1.0, diag_order="{}")
    events = SimpleNamespace(test_start=Hook(), test_stop=Hook(), quitting=Hook())
    environment = SimpleNamespace(parsed_options=options, events=events)
    return WorkerProcess(environment, Runner())


def test_a_worker_that_cannot_start_tells_its_master_instead_of_leaving_it_waiting(
    worker: Any,
) -> None:
    worker._context.environment.events.test_start.fire(environment=worker._context.environment)

    ((kind, end),) = worker._runner.sent
    assert (kind, end["failed"], end["exit_code"]) == (End.KIND, True, ExitCode.USAGE)
    assert "order is not one" in end["why"]
    gevent.sleep(0)
    assert not worker._runner.has_quit  # it can take part in another run


def raises(**_: object) -> None:
    raise RuntimeError("boom")


@pytest.mark.parametrize("by", ["test_stop", "message", "message of Locust 2.46"])
def test_a_worker_whose_end_fails_says_so_and_leaves(worker: Any, by: str) -> None:
    worker._run = SimpleNamespace(over=False, session=None, finish=raises)
    message = SimpleNamespace(data={"hurry": False})
    if by == "message":
        worker._runner.listeners[Finish.KIND](environment=None, msg=message)
    elif by == "message of Locust 2.46":
        worker._runner.listeners[Finish.KIND](None, message)
    else:
        worker._context.environment.events.test_stop.fire()
        gevent.sleep(0)

    ((kind, end),) = worker._runner.sent
    assert (kind, end["exit_code"]) == (End.KIND, ExitCode.ERROR)
    assert "boom" in end["why"]
    gevent.sleep(0)
    assert worker._runner.has_quit  # its master waits no longer for its counts


def test_the_end_of_a_run_waits_for_answers_where_nothing_keeps_them_from_being_read(worker: Any) -> None:
    """Locust stops the test in the greenlet that reads the master's messages: Stop on its page does so."""
    answered = Event()
    over: list[bool] = []

    def finish() -> None:
        if not over:
            over.append(answered.wait(5.0))

    worker._run = SimpleNamespace(over=False, session=None, undelivered=None, finish=finish)
    environment = worker._context.environment

    environment.events.test_stop.fire()  # as Locust's loop does, which reads the answer after it
    gevent.sleep(0)
    assert not over
    gevent.spawn(answered.set)
    environment.events.quitting.fire(environment=environment)

    assert over == [True]


def test_a_spool_folder_is_made_and_one_that_cannot_be_is_named(worker: Any, tmp_path: Path) -> None:
    order: Any = SimpleNamespace(folder=str(tmp_path), mark="a-mark")
    made = spool_for(order, str(tmp_path / "not" / "there"))
    assert made is not None and made.parent == tmp_path / "not" / "there"

    (tmp_path / "file").touch()
    with pytest.raises(OSError) as caught:
        spool_for(order, str(tmp_path / "file" / "below"))
    end = worker._end_because_of(caught.value)

    assert str(tmp_path / "file" / "below") in end.why
    assert end.exit_code == ExitCode.INCOMPLETE
