import pytest

from loadtests.self_check import SelfCheck, grade, lag_p99_ms


@pytest.mark.parametrize(
    ("lag_ms", "expected"), [(None, "OK"), (1.9, "OK"), (2.0, "WARN"), (249.0, "WARN"), (250.0, "INVALID")]
)
def test_the_grade_follows_how_late_calls_left(lag_ms: float | None, expected: str) -> None:
    verdict, why = grade(lag_ms)

    assert verdict == expected
    assert why


def test_the_lag_of_the_whole_run_is_kept_over_seconds() -> None:
    waiting = [[0.001] * 97, [0.050] * 3, []]
    check = SelfCheck(lambda: waiting.pop(0))

    first, second, third = check.second(), check.second(), check.second()

    assert first.schedule_lag_p99_ms == 1.0
    assert second.schedule_lag_p50_ms == 50.0
    assert third.schedule_lag_p99_ms is None
    assert lag_p99_ms(check.histogram) == 50.0
    assert lag_p99_ms({}) is None
    assert third.rss_mb > 1
