"""The clock of a run dates what is measured after the machine slept, on clocks that a test moves."""

import time

import pytest

from analysis.machine.own_process import clock_that_goes_on
from loadtests.recording.run_clock import RunClock, Sleeps


class Machine:
    """Its three clocks, seconds; asleep, only the monotonic one stands still."""

    def __init__(self) -> None:
        self.boot, self.monotonic, self.unix = 500.0, 100.0, 1_790_000_000.0

    def pass_time(self, seconds: float, *, asleep: bool = False) -> None:
        self.boot += seconds
        self.unix += seconds
        self.monotonic += 0.0 if asleep else seconds


def clock_of(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> RunClock:
    monkeypatch.setattr("loadtests.recording.run_clock.clock_that_goes_on", lambda: lambda: machine.boot)
    monkeypatch.setattr("loadtests.recording.run_clock.time.perf_counter", lambda: machine.monotonic)
    monkeypatch.setattr("loadtests.recording.run_clock.time.time", lambda: machine.unix)
    return RunClock()


def test_what_is_measured_after_the_machine_slept_is_dated_after_its_sleep(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    machine = Machine()
    clock = clock_of(machine, monkeypatch)
    machine.pass_time(20.0)
    sent, slept_s = clock.now(), clock.asleep()
    before = machine.unix
    machine.pass_time(0.2)
    machine.pass_time(7200.0, asleep=True)
    machine.pass_time(0.2)

    assert clock.wall(clock.now()) == pytest.approx(machine.unix, abs=1e-3)
    assert clock.wall(sent, slept_s) == pytest.approx(before, abs=1e-3)  # it was sent before the sleep
    assert clock.now() - sent == pytest.approx(0.4)


def test_a_clock_that_is_set_moves_no_call_against_another(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine()
    clock = clock_of(machine, monkeypatch)
    first = clock.wall(clock.now())
    machine.unix += 3600.0
    machine.pass_time(1.0)

    assert clock.wall(clock.now()) - first == pytest.approx(1.0)


def test_clocks_read_one_after_the_other_on_a_busy_machine_are_no_sleep() -> None:
    machine = Machine()
    sleeps = Sleeps(lambda: machine.boot, lambda: machine.monotonic)
    machine.boot += 0.3  # preempted between the two

    assert sleeps() == 0.0
    machine.boot += 5.0
    assert sleeps() == pytest.approx(5.3)


def test_the_clock_of_this_machine_that_goes_on_goes_on() -> None:
    goes_on = clock_that_goes_on()
    first, monotonic = goes_on(), time.perf_counter()

    assert goes_on() - first == pytest.approx(time.perf_counter() - monotonic, abs=0.4)
