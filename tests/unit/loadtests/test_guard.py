"""When the guard slows down, pauses or stops: pure logic."""

import pytest

from analysis.schema import Outcome
from loadtests.guard import Decision, Guard
from loadtests.plan import GuardLimits


def decided(guard: Guard, now_s: float, fine: list[int], latencies_ms: list[list[float]]) -> list[Decision]:
    guard.second(now_s, fine, latencies_ms)
    return guard.take()


def test_production_starving_pauses_as_long_as_asked_and_then_stops() -> None:
    guard = Guard(GuardLimits(rate_limited_stops=2, pause_s=60), ["A"])
    code = "dataactions:actions.concurrent.executions.max"

    guard.failure(0, Outcome.RATE_LIMITED, code, "23", 5.0, 0)
    guard.failure(0, Outcome.RATE_LIMITED, code, "23", 6.0, 0)  # in flight when the pause began
    (pause,) = decided(guard, 6.0, [0], [[]])
    assert (pause.step, pause.until_s) == ("pause", 28.0)
    assert "production" in pause.why

    guard.failure(0, Outcome.RATE_LIMITED, code, "", 30.0, 0)
    (stop,) = decided(guard, 31.0, [0], [[]])
    assert stop.step == "stop_run"


def test_a_pause_for_the_org_is_made_by_all_and_counted_once_by_each() -> None:
    code = "dataactions:requests.volume.max"
    one, other = (
        Guard(GuardLimits(rate_limited_stops=2), ["A"]),
        Guard(GuardLimits(rate_limited_stops=2), ["A"]),
    )
    one.failure(0, Outcome.RATE_LIMITED, code, "20", 5.0, 0)
    (pause,) = one.take()
    assert pause.for_all
    for _ in range(2):  # also the word that comes back to who said it
        one.paused_elsewhere(pause.why, 20.0, 5.5)
        other.paused_elsewhere(pause.why, 20.0, 5.5)
    assert one.take() == []
    (told,) = other.take()
    assert (told.step, told.until_s, told.for_all) == ("pause", 25.5, False)

    other.failure(0, Outcome.RATE_LIMITED, code, "20", 30.0, 0)
    assert [decision.step for decision in other.take()] == ["stop_run"]


def test_our_own_tokens_limit_only_pauses() -> None:
    guard = Guard(GuardLimits(rate_limited_stops=1, pause_s=60), ["A"])
    for at in (0.0, 100.0, 200.0):
        guard.failure(0, Outcome.RATE_LIMITED, "platform.api:token.rate", "", at, 0)
        (pause,) = decided(guard, at, [0], [[]])
        assert (pause.step, pause.until_s) == ("pause", at + 60)


def test_timeouts_in_a_row_stop_an_action_and_one_answer_in_between_does_not() -> None:
    guard = Guard(GuardLimits(timeouts_in_a_row=5), ["A", "B"])
    answered = 0
    for number in range(20):
        guard.failure(0, Outcome.TIMEOUT, None, "", 1.0, 3)
        answered += number % 4 == 0
        guard.failure(1, Outcome.TIMEOUT, None, "", 1.0, answered)

    decisions = decided(guard, 2.0, [0, 0], [[], []])

    assert [(one.step, one.index) for one in decisions] == [("stop_action", 0)]


@pytest.mark.parametrize(("failed_of_50", "stopped"), [(25, False), (26, True), (50, True)])
def test_errors_stop_an_action_beyond_the_share(failed_of_50: int, stopped: bool) -> None:
    guard = Guard(GuardLimits(error_share=0.5, error_calls=50), ["A"])
    decided(guard, 1.0, [50 - failed_of_50], [[]])
    for _ in range(failed_of_50):
        guard.failure(0, Outcome.BACKEND_ERROR, "x", "", 1.5, 0)

    assert [one.step for one in decided(guard, 2.0, [0], [[]])] == ["stop_action"] * stopped


def test_rising_latency_halves_the_rate_once_a_minute() -> None:
    guard = Guard(GuardLimits(latency_factor=3), ["A"])
    steps = []
    for at in range(1, 140):
        latency = 100.0 if at <= 40 else 400.0
        steps += [(at, one.step) for one in decided(guard, float(at), [2], [[latency, latency]])]

    assert [step for _, step in steps] == ["slow_action", "slow_action"]
    assert 50 <= steps[0][0] <= 60
    assert steps[1][0] - steps[0][0] == 60
