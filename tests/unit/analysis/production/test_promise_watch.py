"""The watch over a promise: quiet while it holds, quick when it breaks, never by one hour alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import binom

from analysis.production.hourly_counts import BucketCounts, HourCounts
from analysis.production.promise_watch import ALARM, HourCut, WatchState, hours_cut, watch
from analysis.production.too_generous import enough_s

NEW = WatchState(0.01)


def hours(shares: "NDArray[np.float64]", rate: float, seed: int = 1) -> list[HourCut]:
    random = np.random.default_rng(seed)
    executions = random.poisson(rate, shares.size)
    cut = random.binomial(executions, shares)
    return [
        HourCut(3600.0 * at, int(n), int(k)) for at, (n, k) in enumerate(zip(executions, cut, strict=True))
    ]


def executions_until_broken(found: list[HourCut], from_hour: int = 0) -> float:
    state, seen = NEW, 0
    for at, hour in enumerate(found):
        state = state.after(hour)
        seen += hour.executions if at >= from_hour else 0
        if state.broken_at is not None:
            return seen if at >= from_hour else -1
    return float("inf")


def test_three_percent_after_a_change_are_found_within_300_executions() -> None:
    found = [executions_until_broken(hours(np.full(500, 0.03), 10.0, seed)) for seed in range(81)]
    assert np.median(found) <= 300


def test_half_a_percent_is_never_called_broken_in_two_years() -> None:
    states = [watch(hours(np.full(8760, 0.005), 10.0, seed), NEW) for seed in range(2)]
    assert [state.broken_at for state in states] == [None] * 2


def test_a_share_at_the_very_limit_is_called_broken_no_more_often_than_the_risk() -> None:
    found = [watch(hours(np.full(300, 0.01), 20.0, seed), NEW).broken_at for seed in range(60)]
    assert sum(moment is not None for moment in found) <= 60 * 0.05


def test_executions_that_are_cut_off_together_do_not_look_like_proof() -> None:
    random = np.random.default_rng(3)
    clustered = random.beta(0.005 * 9, 0.995 * 9, size=(4, 2000))  # a tenth of the variance is between hours
    assert all(watch(hours(each, 20.0, 5), NEW).broken_at is None for each in clustered)


def test_a_rise_after_a_quiet_month_is_found_and_the_evidence_begins_where_it_rose() -> None:
    rising = hours(np.r_[np.full(720, 0.005), np.full(400, 0.03)], 10.0)
    state = watch(rising, NEW)
    assert 0 < executions_until_broken(rising, 720) < 1500
    assert state.stretch is not None
    assert state.stretch.since >= 650 * 3600.0
    assert state.stretch.share > 0.02


def test_one_hour_alone_never_breaks_a_promise_and_a_second_does() -> None:
    first = NEW.after(HourCut(0.0, 5000, 5000))
    assert first.broken_at is None
    assert first.after(HourCut(3600.0, 5000, 5000)).broken_at == 7200.0


def test_a_broken_promise_stays_broken() -> None:
    broken = watch([HourCut(0.0, 100, 50), HourCut(3600.0, 100, 50)], NEW)
    assert broken.broken_at is not None
    assert broken.after(HourCut(9e9, 10_000, 0)) == broken


@pytest.mark.parametrize("hour", [HourCut(0.0, 1, 0), HourCut(3599.0, 1, 0)])
def test_an_hour_counts_once(hour: HourCut) -> None:
    with pytest.raises(ValueError, match="in order"):
        NEW.after(HourCut(0.0, 5, 0)).after(hour)


@given(
    counts=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), max_size=12),
    at=st.integers(0, 12),
)
@settings(max_examples=60, deadline=None)
def test_any_hours_give_finite_evidence_and_may_be_watched_in_parts(
    counts: list[tuple[int, int]], at: int
) -> None:
    found = [HourCut(3600.0 * n, total, min(cut, total)) for n, (total, cut) in enumerate(counts)]
    whole = watch(found, NEW)
    assert watch(found[at:], watch(found[:at], NEW)) == whole
    assert 0.0 < whole.evidence < float("inf")
    assert (whole.broken_at is not None) == (whole.evidence >= ALARM)
    assert whole.design_effect >= 1.0


def test_the_expected_evidence_of_the_next_hour_never_rises_while_the_promise_holds() -> None:
    state = watch(hours(np.full(30, 0.01), 20.0), NEW)
    chances = binom.pmf(np.arange(13), 12, 0.01)
    expected = sum(
        float(chance) * state.after(HourCut(1e6, 12, cut)).evidence for cut, chance in enumerate(chances)
    )
    assert expected <= state.evidence * (1.0 + 1e-9)


def test_executions_as_long_as_the_timeout_were_cut_off() -> None:
    counts = BucketCounts(
        "a", (HourCounts(3600.0, 10, (4, 7)), HourCounts(0.0, 5, (5, 5)), HourCounts(7200.0, 0, (0, 0)))
    )
    assert hours_cut(counts) == (HourCut(0.0, 5, 0), HourCut(3600.0, 10, 3))


@pytest.mark.parametrize(
    ("timeout_s", "many", "enough"), [(20, 60, 2), (3, 60, None), (20, 40, None)], ids=str
)
def test_a_timeout_far_above_what_production_needs_is_named(
    timeout_s: int, many: int, enough: int | None
) -> None:
    quick = HourCounts(0.0, 40, (40,) * timeout_s)
    counts = BucketCounts("a", tuple(HourCounts(3600.0 * n, quick.total, quick.below) for n in range(many)))
    assert enough_s(counts, timeout_s) == enough
