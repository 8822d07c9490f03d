"""A raise that rests on few calls keeps its buffer above the bound: of few calls, one bound in twenty is too
short."""

import numpy as np
import pytest

from analysis.format.action_facts import ActionFacts
from analysis.production.recommend_production import recommend_from_buckets
from analysis.recommend_settings import RecommendSettings
from analysis.samples.action_calls import ActionCalls
from analysis.timeout_rule import timeout_for
from analysis.verdicts.recommend import recommend_action
from analysis.verdicts.recommendation import Recommendation, Verdict
from tests.support.production_counts import production
from tests.support.sample_tables import arrays, calls, judge, lognormal, orders

EVERY_CALL = RecommendSettings(warmup_s=0, cap_s=60)
Z99 = 2.3263478740408408
ABOVE = RecommendSettings(warmup_s=0, cap_s=60, rule="sum")


def judged(x: np.ndarray, *, now_s: int, settings: RecommendSettings = EVERY_CALL) -> Recommendation:
    return judge(calls(x, rate=0.005), facts=orders(current_timeout_s=now_s), settings=settings)


def seconds(found: Recommendation, rule: RecommendSettings) -> int:
    assert found.quantile_ms is not None and found.quantile_upper_ms is not None
    return timeout_for(found.quantile_ms, found.quantile_upper_ms, rule)


@pytest.mark.slow
def test_only_a_raise_on_few_calls_keeps_it() -> None:
    x = lognormal(1100, 6.0, 4, sigma=1.0)
    few, many, lowered = judged(x[:405], now_s=1), judged(x, now_s=1), judged(x[:405], now_s=60)

    assert few.verdict is Verdict.RAISE and many.verdict is Verdict.RAISE
    assert few.recommended_timeout_s == seconds(few, ABOVE) > seconds(few, EVERY_CALL)
    assert many.recommended_timeout_s == seconds(many, EVERY_CALL) < seconds(many, ABOVE)
    assert lowered.verdict is Verdict.LOWER
    assert lowered.recommended_timeout_s == seconds(lowered, EVERY_CALL)


def test_it_neither_makes_a_timeout_that_fits_too_short_nor_goes_beyond_the_cap() -> None:
    x = lognormal(405, 6.0, 4, sigma=1.0)
    wanted = seconds(judged(x, now_s=1), EVERY_CALL)
    fits, at_the_cap = judged(x, now_s=wanted), judged(x, now_s=1, settings=RecommendSettings(cap_s=wanted))

    assert (fits.verdict, fits.recommended_timeout_s) == (Verdict.OK, wanted)
    assert (at_the_cap.verdict, at_the_cap.recommended_timeout_s) == (Verdict.RAISE, wanted)
    assert at_the_cap.made_how is not None and f"{wanted} s is the cap; without it" in at_the_cap.made_how


def test_production_s_whole_seconds_have_room_enough() -> None:
    (found,) = recommend_from_buckets(
        [production(2.2, per_hour=30)], {"orders": ActionFacts("orders", current_timeout_s=2)}
    ).actions

    assert found.verdict is Verdict.RAISE and "raised on" not in (found.made_how or "")


@pytest.mark.slow
def test_wrong_numbers_from_the_calls_of_a_campaign_are_rare_in_a_heavy_tail() -> None:
    """More than 1 % of calls cut off, of a lognormal with sigma 1; each call in a window of its own."""
    whole, rng = arrays(calls(np.ones(405), rate=0.005)), np.random.default_rng(8)
    whole.run[:] = np.arange(405)
    facts, wrong, without = ActionFacts("orders", current_timeout_s=1), 0, 0
    for _ in range(200):
        whole.latency_ms[:] = 10_240 * np.exp(rng.standard_normal(405) - Z99)
        found = recommend_action(ActionCalls("orders", "", whole, 0), facts, EVERY_CALL)
        wrong += found.uncapped_timeout_s is not None and found.uncapped_timeout_s < 10.24
        without += seconds(found, EVERY_CALL) < 10.24

    assert wrong <= 0.01 * 200
    assert without > 0.02 * 200
