"""What a run calls settled has a verdict: from the same rows, and with those that were still in flight."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.format.action_facts import ActionFacts
from analysis.recommend_settings import RecommendSettings
from analysis.samples.action_calls import ActionCalls
from analysis.samples.calls_of_each_action import by_action
from analysis.stopping.when_settled import Settled, settled
from analysis.verdicts.recommend import recommend_action
from analysis.verdicts.recommendation import Recommendation, Verdict
from tests.support.sample_tables import calls, lognormal, sample_set

DEFAULT = RecommendSettings()
FACTS = ActionFacts("orders", current_timeout_s=60)
RUNS = 20


def first(action: ActionCalls, n: int) -> ActionCalls:
    return replace(action, calls=action.calls.where(np.arange(len(action.calls)) < n))


def stopped(action: ActionCalls, step: int) -> tuple[int, Settled]:
    """How many calls were sent when a check after every `step` of them first called it settled."""
    for n in range(step, len(action.calls) + 1, step):
        state = settled(first(action, n), FACTS, DEFAULT)
        if state.settled:
            return n, state
    raise AssertionError("never settled")


def verdicts(action: ActionCalls, n: int) -> list[Recommendation]:
    """From the same rows and from 25 more, as a run that was stopped early and as a plain file."""
    return [
        recommend_action(first(action, n + more), FACTS, DEFAULT, many_looks=many)
        for more in (0, 25)
        for many in (True, False)
    ]


@pytest.mark.slow
@pytest.mark.parametrize(("rate", "sent"), [(4.0, 378), (20.0, 398)])
def test_what_is_settled_does_not_come_back_as_too_few_calls(rate: float, sent: int) -> None:
    judged = 0
    for seed in range(RUNS):
        (action,) = by_action(sample_set(calls(lognormal(sent + 25, 1.9, seed), rate=rate)).table)
        if not settled(first(action, sent), FACTS, DEFAULT).settled:
            continue
        judged += 1
        for found in verdicts(action, sent):
            assert found.verdict is not Verdict.INSUFFICIENT_SAMPLES, (seed, found.reason)
    assert judged > RUNS / 3


def test_slow_calls_in_flight_at_the_stop_do_not_take_the_number_back() -> None:
    x = lognormal(423, 1.9, 3)
    x[[402, 410, 419]] = 4.0
    (action,) = by_action(sample_set(calls(x, rate=20.0)).table)
    assert settled(first(action, 398), FACTS, DEFAULT).settled
    found = recommend_action(action, FACTS, DEFAULT, many_looks=True)
    assert found.verdict is Verdict.LOWER and found.recommended_timeout_s is not None


@pytest.mark.slow
def test_a_proof_of_few_calls_is_the_verdict_too() -> None:
    (hidden,) = by_action(sample_set(calls(lognormal(125, 8.0), timeout_s=2)).table)
    n, state = stopped(hidden, 5)
    assert state.verdict is Verdict.CENSORED_NEEDS_PROBE and n < 150
    assert {one.verdict for one in verdicts(hidden, n)[::2]} == {Verdict.CENSORED_NEEDS_PROBE}
    (beyond,) = by_action(sample_set(calls(np.full(125, 35.0))).table)
    n, state = stopped(beyond, 5)
    assert state.verdict is Verdict.OVER_CAP_USE_ASYNC
    assert {one.verdict for one in verdicts(beyond, n)[::2]} == {Verdict.OVER_CAP_USE_ASYNC}


def test_a_single_window_says_that_other_hours_were_not_seen() -> None:
    (action,) = by_action(sample_set(calls(lognormal(400, 0.8), rate=4.0)).table)
    found = recommend_action(action, FACTS, DEFAULT, many_looks=True)
    assert any(
        line.startswith("settled for these 85 s; other hours were not seen") for line in found.warnings
    )
