from dataclasses import replace

import pytest

from loadtests.workers.messages import Counts
from loadtests.workers.worker_registry import AWAY_AFTER_S, WorkerRegistry, left_out_by

COUNTS = Counts("host-0", 3, 0, {}, (), (), time_is_over=False)


class World:
    """Workers `a` and `b`, heard of each second unless somebody is silent."""

    def __init__(self) -> None:
        self.now = 100.0
        self.dead: set[int] = set()
        self.registry = WorkerRegistry(30.0, now=lambda: self.now, alive=lambda pid: pid not in self.dead)
        self.a, self.b = self.registry.sender("host-0", "a"), self.registry.sender("host-1", "b")

    def pass_time(self, seconds: int, *, silent: str = "") -> list[str]:
        said = []
        for _ in range(seconds):
            self.now += 1.0
            for client in {"a", "b"} - {*silent}:
                self.registry.heartbeat(client)
            said += self.registry.check()
        return said


def test_a_silent_worker_is_waited_for_and_may_come_back() -> None:
    world = World()
    assert world.pass_time(int(AWAY_AFTER_S) - 1, silent="a") == []
    (said,) = world.pass_time(5, silent="a")
    assert "host-0 has been silent for 5 s" in said
    assert "lost after 30 s" in said
    assert world.registry.waited_for(patient=True)
    assert world.pass_time(1) == ["worker host-0 is back"]


def test_patience_ends_and_a_lost_worker_may_still_come_back() -> None:
    world = World()
    assert world.pass_time(31, silent="ab")[-2:] == [
        "worker host-0 is lost; the others go on",
        "worker host-1 is lost; the others go on",
    ]
    assert world.registry.none_left()
    assert not world.registry.waited_for(patient=True)
    assert world.pass_time(1, silent="b") == ["worker host-0 is back"]
    assert not world.registry.none_left()


def test_a_second_interrupt_waits_only_for_workers_that_answer() -> None:
    world = World()
    world.b.counts = COUNTS
    world.pass_time(8, silent="a")
    assert world.registry.waited_for(patient=True)
    assert not world.registry.waited_for(patient=False)


def test_a_forked_worker_that_died_is_lost_at_once() -> None:
    world = World()
    world.a.pid = 4711
    world.dead.add(4711)
    assert world.pass_time(1, silent="a") == ["worker host-0 is lost; the others go on"]


def test_a_worker_that_is_done_may_be_silent_for_ever() -> None:
    world = World()
    world.a.counts = COUNTS
    assert world.pass_time(100, silent="a") == []


def test_while_the_master_itself_slept_nobody_was_silent() -> None:
    world = World()
    world.now += 300.0  # the lid was closed
    assert world.registry.check() == []
    assert world.a.state == "here"


@pytest.mark.parametrize("client", ["a", "new-connection"])
def test_a_worker_is_known_by_its_name_whatever_its_connection(client: str) -> None:
    world = World()
    world.pass_time(10, silent="a")
    assert world.registry.sender("host-0", client) is world.a
    assert world.registry.check() == ["worker host-0 is back"]


def test_a_run_is_over_when_every_worker_that_was_ordered_says_so() -> None:
    registry = WorkerRegistry(30.0, ordered=3)
    for number in range(3):
        assert not registry.all_over(idle=lambda _: False)
        registry.sender(f"host-{number}", str(number)).over = True
    assert registry.all_over(idle=lambda _: False)
    registry.sender("host-0", "0").over = False
    assert not registry.all_over(idle=lambda _: False)
    assert registry.all_over(idle=lambda client_id: client_id == "0")  # it has no users


def test_what_some_workers_called_is_not_left_out_everywhere() -> None:
    stopped, no_login = ("Failing", "its calls failed"), ("Ledger (backend)", "its login failed")
    found = left_out_by(
        [replace(COUNTS, left_out=(stopped, no_login)), replace(COUNTS, worker="host-1", left_out=(stopped,))]
    )

    assert [(one.what, one.why) for one in found] == [
        stopped,
        ("Ledger (backend)", "its login failed (in 1 of 2 workers)"),
    ]
