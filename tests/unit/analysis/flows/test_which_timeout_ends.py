import pytest

from analysis.flows.flow import FlowStep, OwnTimeout
from analysis.flows.which_timeout_ends import Bites, StepWait, bites, longest_wait_of_step


def step(*, follows: bool | None, own: OwnTimeout = "literal", own_ms: int | None = 10_000) -> FlowStep:
    return FlowStep("Get", "Get Customer", "a1", follows_action=follows, own=own, own_ms=own_ms)


@pytest.mark.parametrize(
    ("one", "action_s", "which", "wait"),
    [
        (step(follows=True), 20, "action", StepWait(20_000, True)),
        (step(follows=True), 5, "action", StepWait(5_000, True)),
        (step(follows=False), 20, "step", StepWait(10_000, True)),
        (step(follows=False), 5, "action", StepWait(5_000, True)),
        (step(follows=False), 10, "both", StepWait(10_000, True)),
        (step(follows=False, own="expression", own_ms=None), 20, "unknown", StepWait(20_000, False)),
        (step(follows=False, own="empty", own_ms=None), 20, "unknown", StepWait(20_000, False)),
        (step(follows=False, own_ms=0), 20, "unknown", StepWait(20_000, False)),
        (step(follows=None), 20, "unknown", StepWait(20_000, False)),
        (step(follows=True), None, "action", StepWait(60_000, False)),
        (step(follows=False), None, "unknown", StepWait(10_000, False)),
    ],
)
def test_the_smaller_timeout_bites_and_the_longest_wait_is_never_too_short(
    one: FlowStep, action_s: int | None, which: Bites, wait: StepWait
) -> None:
    assert bites(one, action_s) == which
    assert longest_wait_of_step(one, action_s) == wait


def test_before_a_prompt_or_after_it_a_caller_hears_nothing() -> None:
    assert StepWait(20_000, True).silence_ms == 16_000
    assert StepWait(3_000, True).silence_ms == 1_000
    assert StepWait(500, True).silence_ms == 500
