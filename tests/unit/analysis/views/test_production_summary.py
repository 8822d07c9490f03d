"""Production telemetry as the tables that are drawn: whole seconds, nothing invented between them."""

import pytest

from analysis.production.hourly_counts import BucketCounts, HourCounts
from analysis.production.timeout_still_fits import Drift
from analysis.recommend_settings import RecommendSettings
from analysis.views.production_summary import beside_a_test, beside_production, summarise_production
from analysis.views.summarise import summarise
from analysis.views.summary import ProductionFinding
from tests.support.sample_tables import calls, lognormal, sample_set

START = 1_780_000_000.0 - 1_780_000_000.0 % 3600
FINDING = ProductionFinding(0, 0, START, START, Drift("fits", "fits"))
RULES = RecommendSettings()


def counts(hours: int = 30, total: int = 100) -> BucketCounts:
    below = (60, 90, 97)  # of 100, below 1, 2, 3 s; three were cut off at 3 s
    return BucketCounts("orders", tuple(HourCounts(START + 3600.0 * n, total, below) for n in range(hours)))


def test_every_execution_is_in_the_distribution_at_its_second() -> None:
    found = summarise_production(counts(), "Orders", FINDING, RULES)

    assert found.histogram is not None
    assert found.histogram.edges_ms == (0.0, 1000.0, 2000.0, 3000.0, 4000.0)
    assert found.histogram.ok == (1800, 900, 210, 0)
    assert found.histogram.timeouts == (0, 0, 0, 90)
    assert (found.calls, found.outcomes) == (3000, {"ok": 2910, "timeout": 90})


def test_the_curve_has_its_steps_at_whole_seconds() -> None:
    curve = summarise_production(counts(), "Orders", FINDING, RULES).survival

    assert curve is not None
    assert curve.t_ms == (1000.0, 2000.0, 3000.0)
    assert curve.share == pytest.approx((0.4, 0.1, 0.03))
    assert all(
        low < share < high for low, share, high in zip(curve.lower, curve.share, curve.upper, strict=True)
    )


@pytest.mark.parametrize(("hours", "slices", "width_h"), [(1, 1, 1), (30, 30, 1), (168, 84, 2), (744, 93, 8)])
def test_hours_become_equal_slices_that_can_be_drawn(hours: int, slices: int, width_h: int) -> None:
    bins = summarise_production(counts(hours), "Orders", FINDING, RULES).timeline

    assert len(bins) == slices
    assert {one.width_s for one in bins} == {width_h * 3600.0}
    assert sum(one.calls for one in bins) == 100 * hours
    assert sum(one.timeouts for one in bins) == 3 * hours


def test_few_executions_give_no_p99_of_an_hour() -> None:
    (one,) = summarise_production(counts(1), "Orders", FINDING, RULES).timeline
    few = BucketCounts("orders", (HourCounts(START, 20, (12, 19, 20)),))

    assert one.p50_ms is not None
    assert summarise_production(few, "Orders", FINDING, RULES).timeline[0].p99_ms is None


def test_no_execution_draws_nothing() -> None:
    found = summarise_production(BucketCounts("orders", ()), "Orders", FINDING, RULES)

    assert (found.histogram, found.survival, found.timeline, found.calls) == (None, None, (), 0)


def test_each_is_a_series_of_its_own_beside_the_other() -> None:
    test = summarise(sample_set(calls(lognormal(500, 2.5), timeout_s=3)))["orders"]
    production = summarise_production(counts(), "Orders", FINDING, RULES)

    with_production = beside_a_test(test, counts(), FINDING, RULES)
    with_test = beside_production(production, test)

    assert [(one.name, one.calls) for one in with_production.series] == [("production", 3000)]
    assert with_production.series[0].survival == production.survival
    assert with_production.series[0].histogram == production.histogram
    assert with_production.survival == test.survival
    assert [(one.name, one.calls) for one in with_test.series] == [("test", 500)]
    assert with_test.survival == production.survival
    nothing = beside_a_test(test, BucketCounts("orders", ()), FINDING, RULES)
    assert nothing.series == () and nothing.production == FINDING
