"""A worker that must decide by itself: its master has ended, or someone pressed Ctrl-C."""

from types import SimpleNamespace
from typing import Any

import gevent
import pytest

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
    worker: Any = SimpleNamespace(
        _interrupts=0,
        _context=SimpleNamespace(forked=forked),
        _runner=SimpleNamespace(quit=lambda: steps.append("quit")),
        _run=run,
    )

    WorkerProcess._on_sigint(worker)
    gevent.sleep(0)
    assert steps == first
    WorkerProcess._on_sigint(worker)
    assert steps == [*first, "hurry calls", "hurry delivery"]
