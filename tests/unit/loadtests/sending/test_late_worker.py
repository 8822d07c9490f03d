"""A worker that joins a running load: the calls in flight of all together stay within the limit."""

from types import SimpleNamespace
from typing import Any

import gevent
import pytest
from gevent.event import Event

from diag.workload.payloads import EMPTY
from loadtests.planning.plan import ActionLoad, LoadPlan
from loadtests.planning.plan_json import WorkerOrder
from loadtests.recording.run_clock import Clock
from loadtests.sending.call_budget import CallBudget
from loadtests.sending.caller import GIVE_UP_AFTER_S
from loadtests.sending.in_flight import InFlight
from loadtests.sending.run_faults import RunFaults
from loadtests.workers.user_count import UserCount, workers_of_all
from loadtests.workers.worker_run import hold_back_s
from tests.support.virtual_time import FakePort


class Endless:
    """A caller whose calls last until they are let go."""

    def __init__(self) -> None:
        self.prepared = [object()]
        self.unsent = 0
        self.let_go = Event()

    def call(self, *_: object) -> None:
        self.let_go.wait()


def test_the_cap_is_that_of_the_workers_there_are_now() -> None:
    caller: Any = Endless()
    port = FakePort()
    budget = CallBudget(10, port, Clock())
    calls = InFlight(caller, budget, Clock(), RunFaults(port))
    started = [calls.launch(0, 0.0, 1.0) for _ in range(12)]
    assert sum(one is not None for one in started) == 10

    port.processes = 3  # two have joined: nothing is sent before seven of ours have ended
    assert not budget.has_room()
    caller.let_go.set()
    gevent.joinall([one for one in started if one is not None])
    caller.let_go.clear()
    assert sum(calls.launch(0, 0.0, 1.0) is not None for _ in range(12)) == 3
    caller.let_go.set()
    assert port.ended == []  # no call crashed


def environment(workers: int) -> Any:
    made = SimpleNamespace(parsed_options=SimpleNamespace())
    UserCount(made).take(users=6, workers=workers)
    return made


def test_the_number_of_workers_goes_with_the_options_to_all() -> None:
    assert workers_of_all(environment(3)) == 3
    assert workers_of_all(SimpleNamespace(parsed_options=SimpleNamespace())) == 1


@pytest.mark.parametrize(("workers", "waits_s"), [(2, 0.0), (3, 12 + GIVE_UP_AFTER_S)])
def test_a_late_worker_waits_until_the_others_have_made_room(workers: int, waits_s: float) -> None:
    action = ActionLoad("a", "Slow", 12, 1.0, (EMPTY,))
    order = WorkerOrder(LoadPlan((action,)), "http://127.0.0.1", True, "/run", ".here", workers=2, part=0)
    assert hold_back_s(order, workers_of_all(environment(workers))) == waits_s
