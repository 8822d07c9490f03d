"""A worker that nobody tells what to do: its master is gone, or somebody pressed Ctrl-C."""

from types import SimpleNamespace
from typing import Any

import gevent
import pytest

from loadtests.workers.worker import MASTER_LATE_S, WorkerLife


def test_a_worker_calls_no_longer_than_was_agreed(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = []
    monkeypatch.setattr(gevent, "sleep", told.append)
    streams = SimpleNamespace(stop=lambda: told.append("calls end"))
    life: Any = SimpleNamespace(session=SimpleNamespace(streams=streams), _finish=lambda: told.append("end"))

    WorkerLife._end_in_time(life, 40.0)

    assert told == [41.0, "calls end", MASTER_LATE_S, "end"]
    assert life._time_is_over


@pytest.mark.parametrize(("forked", "first"), [(True, []), (False, ["quit"])])
def test_ctrl_c_once_leaves_the_end_to_the_master_and_twice_does_not_wait(
    forked: bool, first: list[str]
) -> None:
    told: list[str] = []
    life: Any = SimpleNamespace(
        _interrupts=0,
        _forked=forked,
        _runner=SimpleNamespace(quit=lambda: told.append("quit")),
        session=SimpleNamespace(hurry=lambda: told.append("hurry calls")),
        _delivery=SimpleNamespace(hurry=lambda: told.append("hurry delivery")),
    )

    WorkerLife._on_sigint(life)
    gevent.sleep(0)
    assert told == first
    WorkerLife._on_sigint(life)
    assert told == [*first, "hurry calls", "hurry delivery"]
