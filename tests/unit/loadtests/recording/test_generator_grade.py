import pytest

from loadtests.recording.generator_figures import GeneratorFigures
from loadtests.recording.generator_grade import grade

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
