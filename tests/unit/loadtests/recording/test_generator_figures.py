import time

import pytest

from loadtests.recording.generator_figures import GeneratorFigures, GeneratorMeter, worst_of
from loadtests.recording.run_clock import RunClock

FINE = GeneratorFigures(1.2, 1.3, 0.01, 0.3)


def test_the_worst_worker_counts() -> None:
    bad = GeneratorFigures(schedule_lag_p99_ms=2.5, hub_lag_p99_ms=30.0, run_queue_share=0.4, cpu_share=0.2)

    assert worst_of([FINE, bad]) == GeneratorFigures(2.5, 30.0, 0.4, 0.3)
    assert worst_of([]) == GeneratorFigures()
    assert worst_of([GeneratorFigures(**bad.known())]) == bad


def test_the_figures_of_the_whole_run_are_kept_over_seconds() -> None:
    meter = GeneratorMeter(RunClock())

    first, second, third = meter.second([0.001] * 97), meter.second([0.050] * 3), meter.second([])

    assert first.schedule_lag_p99_ms == 1.0
    assert second.schedule_lag_p50_ms == 50.0
    assert third.schedule_lag_p99_ms is None
    assert third.rss_mb > 1
    found = meter.figures()
    assert found.schedule_lag_p99_ms == 50.0
    assert found.hub_lag_p99_ms is None  # nobody watched
    assert found.cpu_share is None  # no second was over


def test_cpu_is_told_of_whole_seconds_not_of_the_moment_before_the_last_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clocks = {"wall": 0.0, "cpu": time.process_time()}
    clock = RunClock()
    clock.now = lambda: clocks["wall"]
    meter = GeneratorMeter(clock)
    monkeypatch.setattr(time, "process_time", lambda: clocks["cpu"])
    for wall_s, cpu_s in ((1.0, 0.03), (1.0, 0.05), (0.001, 0.001)):
        clocks["wall"] += wall_s
        clocks["cpu"] += cpu_s
        meter.second([])

    assert meter.figures().cpu_share == pytest.approx(0.05, abs=0.005)


def test_a_few_looks_at_the_event_loop_say_nothing_of_the_run() -> None:
    meter = GeneratorMeter(RunClock())
    meter.woke(0.4)  # one stall, as at the start of a run
    for _ in range(98):
        meter.woke(0.001)
    assert meter.second([]).hub_lag_max_ms == 400.0
    assert meter.figures().hub_lag_p99_ms is None

    meter.woke(0.001)
    assert meter.figures().hub_lag_p99_ms == 1.0
    meter.woke(0.3)
    assert meter.figures().hub_lag_p99_ms == 300.0
