"""When the guard slows down, pauses or stops: pure logic."""

import pytest

from analysis.format.sample_schema import Outcome
from diag.workload.tables.guard_limits import GuardLimits
from loadtests.steering.decisions import Decision, Pause, SlowAction, StopAction, StopRun
from loadtests.steering.guard import Guard
from tests.support.seconds import failed_call, second, totals


def decided(guard: Guard, now_s: float, fine: list[int], latencies_ms: list[list[float]]) -> list[Decision]:
    return guard.second(second(now_s, fine=fine, latencies_ms=latencies_ms))


def failed(
    guard: Guard,
    outcome: Outcome,
    now_s: float,
    *,
    index: int = 0,
    code: str | None = None,
    retry_after: str = "",
    calls: int = 0,
    timeouts: int = 0,
    fine: int = 0,
) -> None:
    of = totals(calls=calls, timeouts=timeouts, fine=fine)
    guard.failed(failed_call(outcome, index=index, code=code, retry_after=retry_after, of=of), now_s)


def test_production_starving_pauses_as_long_as_asked_and_then_stops() -> None:
    guard = Guard(GuardLimits(rate_limited_stops=2, pause_s=60), ["A"])
    code = "dataactions:actions.concurrent.executions.max"

    failed(guard, Outcome.RATE_LIMITED, 5.0, code=code, retry_after="23")
    failed(guard, Outcome.RATE_LIMITED, 6.0, code=code, retry_after="23")  # in flight when the pause began
    (pause,) = decided(guard, 6.0, [0], [[]])
    assert isinstance(pause, Pause)
    assert pause.until_s == 28.0
    assert "production" in pause.why

    failed(guard, Outcome.RATE_LIMITED, 30.0, code=code, retry_after="")
    (stop,) = decided(guard, 31.0, [0], [[]])
    assert isinstance(stop, StopRun)


def test_a_pause_for_the_org_is_made_by_all_and_counted_once_by_each() -> None:
    code = "dataactions:requests.volume.max"
    one, other = (
        Guard(GuardLimits(rate_limited_stops=2), ["A"]),
        Guard(GuardLimits(rate_limited_stops=2), ["A"]),
    )
    failed(one, Outcome.RATE_LIMITED, 5.0, code=code, retry_after="20")
    (pause,) = one.take()
    assert isinstance(pause, Pause)
    assert pause.for_all
    for _ in range(2):  # also the word that comes back to who said it
        one.paused_elsewhere(pause.why, 20.0, 5.5)
        other.paused_elsewhere(pause.why, 20.0, 5.5)
    assert one.take() == []
    assert other.take() == [Pause(25.5, pause.why, for_all=False)]

    failed(other, Outcome.RATE_LIMITED, 30.0, code=code, retry_after="20")
    assert [type(decision) for decision in other.take()] == [StopRun]


def test_our_own_tokens_limit_only_pauses() -> None:
    guard = Guard(GuardLimits(rate_limited_stops=1, pause_s=60), ["A"])
    for at in (0.0, 100.0, 200.0):
        failed(guard, Outcome.RATE_LIMITED, at, code="platform.api:token.rate", retry_after="")
        (pause,) = decided(guard, at, [0], [[]])
        assert isinstance(pause, Pause)
        assert pause.until_s == at + 60


def test_timeouts_in_a_row_stop_an_action_and_one_answer_in_between_does_not() -> None:
    guard = Guard(GuardLimits(timeouts_in_a_row=5), ["A", "B"])
    answered = 0
    for number in range(20):
        failed(guard, Outcome.TIMEOUT, 1.0, calls=3 + number, timeouts=number)
        answered += number % 4 == 0
        failed(guard, Outcome.TIMEOUT, 1.0, index=1, calls=answered + number, timeouts=number)

    decisions = decided(guard, 2.0, [0, 0], [[], []])

    (stop,) = decisions
    assert isinstance(stop, StopAction)
    assert stop.index == 0


@pytest.mark.parametrize(("failed_of_50", "stopped"), [(25, False), (26, True), (50, True)])
def test_errors_stop_an_action_beyond_the_share(failed_of_50: int, stopped: bool) -> None:
    guard = Guard(GuardLimits(error_share=0.5, error_calls=50), ["A"])
    fine = 50 - failed_of_50
    decided(guard, 1.0, [fine], [[]])
    for _ in range(failed_of_50):
        failed(guard, Outcome.BACKEND_ERROR, 1.5, fine=fine)

    assert [type(one) for one in decided(guard, 2.0, [fine], [[]])] == [StopAction] * stopped


def test_a_share_is_a_share_however_many_calls_a_second_brings() -> None:
    guard = Guard(GuardLimits(error_share=0.5, error_calls=50), ["A"])
    fine = 0
    for at in range(1, 6):
        for _ in range(40):  # 400 calls a second, each tenth of them an error
            fine += 9
            failed(guard, Outcome.BACKEND_ERROR, float(at), fine=fine)
        assert decided(guard, float(at), [fine], [[]]) == []
    for _ in range(30):  # now it fails altogether
        failed(guard, Outcome.BACKEND_ERROR, 6.0, fine=fine)
    (stop,) = guard.take()
    assert isinstance(stop, StopAction)
    assert stop.why == "A: 52 % of its last 50 calls failed"


def test_rising_latency_halves_the_rate_once_a_minute() -> None:
    guard = Guard(GuardLimits(latency_factor=3), ["A"])
    steps = []
    for at in range(1, 140):
        latency = 100.0 if at <= 40 else 400.0
        steps += [(at, type(one)) for one in decided(guard, float(at), [2], [[latency, latency]])]

    assert [step for _, step in steps] == [SlowAction, SlowAction]
    assert 50 <= steps[0][0] <= 60
    assert steps[1][0] - steps[0][0] == 60
