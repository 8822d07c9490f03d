import time

import pytest

from loadtests.recording.generator_figures import GeneratorMeter
from loadtests.recording.generator_grade import GeneratorFigures, grade, worst_of
from loadtests.recording.run_clock import RunClock

FINE = GeneratorFigures(1.2, 1.3, 0.01, 0.3)


@pytest.mark.parametrize(
    ("figures", "verdict", "said"),
    [
        (FINE, "OK", "1 call in 100 left 1.2 ms"),
        (GeneratorFigures(), "OK", "no calls were due"),
        (GeneratorFigures(schedule_lag_p99_ms=3.1), "WARN", "1 call in 100 left 3.1 ms"),
        (GeneratorFigures(schedule_lag_p99_ms=249.9), "WARN", "left 249.9 ms"),
        (GeneratorFigures(schedule_lag_p99_ms=250.0), "INVALID", "left 250.0 ms"),
        (GeneratorFigures(1.2, hub_lag_p99_ms=25.0), "WARN", "lain unread for 25.0 ms"),
        (GeneratorFigures(1.2, hub_lag_p99_ms=300.0), "INVALID", "lain unread for 300.0 ms"),
        (GeneratorFigures(1.2, 1.3, run_queue_share=0.27), "WARN", "waiting for a core 27 % of the time"),
        (GeneratorFigures(1.2, 1.3, run_queue_share=0.92), "INVALID", "waiting for a core 92 % of the time"),
        (GeneratorFigures(1.2, 1.3, 0.01, cpu_share=0.97), "WARN", "used 97 % of one core"),
    ],
)
def test_each_figure_decides_and_is_named(figures: GeneratorFigures, verdict: str, said: str) -> None:
    found, why = grade(figures)

    assert found == verdict
    assert said in why


def test_the_worst_figure_decides_and_every_bad_one_is_said() -> None:
    verdict, why = grade(GeneratorFigures(schedule_lag_p99_ms=3.0, hub_lag_p99_ms=400.0, run_queue_share=0.2))
    assert verdict == "INVALID"
    assert "400.0 ms" in why and "3.0 ms" not in why

    verdict, why = grade(GeneratorFigures(schedule_lag_p99_ms=3.0, hub_lag_p99_ms=40.0))
    assert verdict == "WARN"
    assert "3.0 ms" in why and "40.0 ms" in why


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
