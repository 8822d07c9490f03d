"""A campaign decides on its calls before the first one and looks once: neither a lucky look ends it early,
nor does an unlucky one make it hurry."""

import numpy as np
import pytest

from analysis.format.action_facts import ActionFacts
from analysis.recommend_settings import RecommendSettings
from analysis.samples.calls_of_each_action import by_action
from analysis.stopping.when_settled import Settled, planned_calls, settled
from analysis.verdicts.recommendation import Verdict
from tests.support.sample_tables import calls, lognormal, sample_set

EVERY_CALL = RecommendSettings(warmup_s=0)
PLANNED = planned_calls(EVERY_CALL)


def after(
    x: np.ndarray,
    *,
    timeout_s: int = 60,
    planned: int | None = PLANNED,
    rule: RecommendSettings = EVERY_CALL,
    outcome: np.ndarray | None = None,
) -> Settled:
    """The answer after the calls `x`, one in each of as many windows."""
    (action,) = by_action(sample_set(calls(x, rate=0.005, timeout_s=timeout_s, outcome=outcome)).table)
    return settled(action, ActionFacts("orders"), rule, planned=planned)


@pytest.mark.parametrize(
    ("percentile", "confidence", "many"), [(0.99, 0.95, 368), (0.999, 0.95, 3688), (0.99, 0.99, 528)]
)
def test_the_slowest_of_the_planned_calls_bounds_the_quantile_at_half_the_risk(
    percentile: float, confidence: float, many: int
) -> None:
    assert planned_calls(RecommendSettings(percentile=percentile, confidence=confidence)) == many
    assert 1 - percentile**many >= 1 - (1 - confidence) / 2 > 1 - percentile ** (many - 1)


def test_a_number_ends_it_after_the_planned_calls_and_not_before_however_the_tail_looks() -> None:
    light, heavy = lognormal(PLANNED, 0.8), lognormal(PLANNED, 9.0, sigma=1.2)

    assert after(light[:330], planned=None).settled and not after(light[:330]).settled
    assert after(light[:330]).more_calls == PLANNED - 330
    assert not after(heavy, planned=None).settled
    assert after(heavy).settled and after(heavy).timeout_s is not None and after(heavy).verdict is None


def test_an_action_with_a_stricter_rule_of_its_own_asks_for_its_own_calls_from_the_first_on() -> None:
    """Its campaign planned for the others: asked for 368, it has no number, and asked for no more."""
    strict = RecommendSettings(warmup_s=0, percentile=0.995)
    many = planned_calls(strict)
    x = lognormal(many, 0.8)

    for n in (100, PLANNED, many - 1):
        state = after(x[:n], rule=strict)
        assert (state.settled, state.more_calls) == (False, many - n)
    assert after(x, rule=strict).timeout_s is not None


def test_calls_that_were_cut_off_ask_for_more_from_the_moment_they_are_seen() -> None:
    """No bound lies above them: of 405 calls with one cut off there is none. Asked for at the end of the
    span, the 473 that would do came too late."""
    x = np.minimum(lognormal(200, 4.0), 4.9)
    x[20] = 9.0
    early = after(x, timeout_s=5)
    x[30] = 9.0

    assert (early.settled, early.calls, early.more_calls) == (False, 200, 473 - 200)
    assert after(x, timeout_s=5).more_calls == 628 - 200
    assert after(x[:20], timeout_s=5).more_calls == PLANNED - 20


def test_without_a_number_the_planned_calls_are_no_answer_and_a_hidden_one_is_final_before() -> None:
    over_the_cap = lognormal(PLANNED, 28.0, sigma=0.9)
    hidden = lognormal(100, 8.0)

    assert not after(over_the_cap).settled
    assert after(hidden, timeout_s=2).verdict is Verdict.CENSORED_NEEDS_PROBE


def test_more_calls_are_not_chased_where_they_will_hardly_tell() -> None:
    """Of more calls more are cut off: what they then need grew with each of them, without an end."""
    x = np.minimum(lognormal(PLANNED, 4.0), 4.9)
    x[::60] = 9.0

    assert after(x[:300], timeout_s=5).more_calls is not None
    assert after(x, timeout_s=5).verdict is Verdict.CENSORED_NEEDS_PROBE


def test_errors_that_hide_the_answer_end_it_after_the_target() -> None:
    """A longer timeout than the 60 s that one of them took would not show it either."""
    rule = RecommendSettings(warmup_s=0, target_calls=700)
    x = np.where(np.arange(700) % 60 == 0, 9.0, np.minimum(lognormal(700, 4.0), 4.9))
    x[60] = 59.9
    outcome = np.where(x >= 9.0, "backend_error", "ok")

    assert after(x[:600], rule=rule, outcome=outcome[:600]).more_calls == 100
    assert after(x, rule=rule, outcome=outcome).settled
