"""A lowering that could be set is surer than a raise."""

import math

from analysis.estimates.estimate import estimate
from analysis.recommend_settings import RecommendSettings
from analysis.statistics.confidence_bounds import upper_ms
from analysis.verdicts.recommendation import Recommendation, Verdict
from tests.support.sample_tables import arrays, calls, judge, lognormal, orders

EVERY_CALL = RecommendSettings(warmup_s=0)
LATENCY_S = lognormal(1200, 6.0, 2, sigma=1.2)


def judged(*, rate: float, now_s: int) -> Recommendation:
    return judge(calls(LATENCY_S, rate=rate), facts=orders(current_timeout_s=now_s), settings=EVERY_CALL)


def test_what_could_be_lowered_holds_with_99_percent_and_other_numbers_with_95() -> None:
    found = estimate(arrays(calls(LATENCY_S)), EVERY_CALL)
    surely_ms = upper_ms(found.table, 0.99, 0.99)
    assert surely_ms is not None and found.timeout_s is not None
    surely_s = math.ceil(surely_ms / 1e3)
    over_hours, in_minutes = judged(rate=0.1, now_s=60), judged(rate=10.0, now_s=60)
    raised = judged(rate=0.1, now_s=2)

    assert over_hours.verdict is Verdict.LOWER and over_hours.grade == "B"
    assert over_hours.recommended_timeout_s == surely_s > found.timeout_s
    assert (in_minutes.grade, raised.verdict) == ("C", Verdict.RAISE)
    assert in_minutes.recommended_timeout_s is not None and in_minutes.recommended_timeout_s < surely_s
    assert raised.recommended_timeout_s is not None and raised.recommended_timeout_s < surely_s


def test_a_timeout_in_force_that_a_sure_lowering_would_hardly_shorten_fits() -> None:
    lowered = judged(rate=0.1, now_s=60).recommended_timeout_s
    assert lowered is not None

    assert judged(rate=0.1, now_s=lowered + 1).verdict is Verdict.OK
