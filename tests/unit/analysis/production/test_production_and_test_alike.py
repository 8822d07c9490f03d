"""Production beside a test: the same, faster, slower, not to be told."""

import pytest

from analysis.production.hourly_counts import BucketCounts
from analysis.production.production_and_test_alike import resembles
from analysis.samples.action_calls import Calls
from analysis.samples.calls_of_each_action import by_action
from tests.support.production_counts import production
from tests.support.sample_tables import calls, lognormal, sample_set


def measured(p99_s: float, n: int = 3000) -> Calls:
    (action,) = by_action(sample_set(calls(lognormal(n, p99_s, seed=11))).table)
    return action.calls


@pytest.mark.parametrize(("p99_s", "verdict"), [(4.0, "same"), (2.0, "test faster"), (8.0, "test slower")])
def test_a_test_is_compared_with_production(p99_s: float, verdict: str) -> None:
    found = resembles(production(4.0), measured(p99_s))
    assert found.verdict == verdict
    assert found.production_share is not None and found.test_share is not None


@pytest.mark.slow
def test_resemblance_false_alarms_are_rare() -> None:
    alarms = sum(
        resembles(production(4.0, hours=12, seed=seed), measured(4.0, 1500 + seed)).verdict != "same"
        for seed in range(60)
    )
    assert alarms <= 9  # 5 % of 60 is 3


def test_too_few_calls_cannot_tell() -> None:
    assert resembles(production(4.0), measured(4.0, 100)).verdict == "cannot tell"
    assert resembles(BucketCounts("orders", ()), measured(4.0)).verdict == "cannot tell"
