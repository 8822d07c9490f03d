"""A worker that joins a running load: calls in flight stay within the limit, and no call is left unsent."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gevent
import pytest
from gevent.event import Event

from analysis.format.call_record import unpack
from diag.workload.payloads_from_contract import EMPTY
from loadtests.planning.plan import ActionLoad, LoadPlan
from loadtests.recording.run_clock import RunClock
from loadtests.sending.call_budget import CallBudget
from loadtests.sending.in_flight import InFlight
from loadtests.sending.run_faults import RunFaults
from loadtests.sending.ways.platform_way import GIVE_UP_AFTER_S
from loadtests.workers.joining_workers import hold_back_s
from loadtests.workers.user_count import (
    UserCount,
    users_at_work,
    users_of_all,
    waiting_users,
    workers_of_all,
)
from tests.support.virtual_time import FakeLink, VirtualRun


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
    link = FakeLink()
    budget = CallBudget(10, link, RunClock())
    calls = InFlight(caller, budget, RunClock(), RunFaults(link))
    started = [calls.launch(0, 0.0, 1.0) for _ in range(12)]
    assert sum(one is not None for one in started) == 10

    link.processes = 3  # two have joined: nothing is sent before seven of ours have ended
    assert not budget.has_room()
    caller.let_go.set()
    gevent.joinall([one for one in started if one is not None])
    caller.let_go.clear()
    assert sum(calls.launch(0, 0.0, 1.0) is not None for _ in range(12)) == 3
    caller.let_go.set()
    assert link.ended == []  # no call crashed


PLAN = LoadPlan((ActionLoad("a", "Slow", 12, 20.0, (EMPTY,)),), arrivals="constant")


def test_a_worker_that_waits_sends_nothing_and_counts_nothing_as_unsent(tmp_path: Path) -> None:
    link = FakeLink(streams_elsewhere=1, waiting=True)
    with VirtualRun(PLAN, tmp_path, link=link) as run:
        run.pass_time(10)
        assert run.calls == []
        link.waiting = False
        run.pass_time(10)

    assert 190 <= len(run.calls) <= 200  # its half of two users' 40 calls/s
    assert run.session.not_sent == 0


@pytest.mark.slow
def test_the_others_send_all_of_the_load_until_then(tmp_path: Path) -> None:
    link = FakeLink(streams_waiting=1)
    with VirtualRun(PLAN, tmp_path, link=link) as run:
        run.pass_time(10)
        alone = len(run.calls)
        link.streams_waiting, link.streams_elsewhere = 0, 1
        run.pass_time(10)

    assert 395 <= alone <= 400
    assert 195 <= len(run.calls) - alone <= 205
    (segment,) = run.folder.segments.glob("*.seg")
    assert {call.offered_rate for call in unpack(segment.read_bytes())} == {40.0}


def counted(monkeypatch: pytest.MonkeyPatch) -> tuple[UserCount, Any, list[dict[str, int]]]:
    """Return a count whose clock is `environment.now`, and what was sent to the workers."""
    sent: list[dict[str, int]] = []
    runner = SimpleNamespace(send_message=lambda kind, data: sent.append(dict(data["users"])))
    environment: Any = SimpleNamespace(parsed_options=SimpleNamespace(), runner=runner, now=100.0)
    count = UserCount(environment)
    monkeypatch.setattr(count, "_now", lambda: environment.now)
    monkeypatch.setattr("loadtests.workers.user_count.SEND_EVERY_S", 0.001)
    return count, environment, sent


def test_a_late_worker_waits_until_the_others_have_made_room(monkeypatch: pytest.MonkeyPatch) -> None:
    count, environment, sent = counted(monkeypatch)
    count.begin(hold_back_s=hold_back_s(PLAN))
    count.take({"one": 3, "two": 3})
    assert (users_at_work(environment), waiting_users(environment)) == (6, {})

    count.take({"one": 2, "two": 2, "three": 2})
    assert (users_of_all(environment), workers_of_all(environment)) == (6, 3)
    assert (users_at_work(environment), waiting_users(environment)) == (4, {"three": 2})
    environment.now += 12 + GIVE_UP_AFTER_S - 1
    gevent.sleep(0.05)
    assert sent[-1] == {"three": 2}
    environment.now += 1
    gevent.sleep(0.05)
    assert sent[-1] == {}
    assert users_at_work(environment) == 6
    count.end()


def test_a_worker_that_replaces_another_need_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    count, environment, _ = counted(monkeypatch)
    count.begin(hold_back_s=22.0)
    count.take({"one": 3, "two": 3})
    count.take({"one": 6})
    count.take({"one": 3, "three": 3})
    assert (users_at_work(environment), waiting_users(environment)) == (6, {})


def test_the_number_of_workers_goes_with_the_options_to_all() -> None:
    environment: Any = SimpleNamespace(parsed_options=SimpleNamespace())
    assert workers_of_all(environment) == 1
    UserCount(environment).take({"one": 2, "two": 2, "three": 2})
    assert workers_of_all(environment) == 3
