"""The watch over a promise: quiet while it holds, quick whenever it breaks, never by one hour alone."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.production.cut_off_by_hour import HOUR_S, Clustering, HourCut
from analysis.production.promise_watch import ALARM, HEAD_START, STAKES, Break, WatchState, watch
from tests.support.examples import examples
from tests.support.watch_simulation import Hour, ManyWatches, executions_until_found, watch_many

NEW = WatchState(0.01)
QUIET = replace(NEW, bets=tuple(0.0 for _ in STAKES))
"""After a quiet time nothing of the head start is left."""


def hours(executions: "np.ndarray", cut: "np.ndarray") -> list[HourCut]:
    pairs = zip(executions, cut, strict=True)
    return [HourCut(HOUR_S * at, int(n), int(k)) for at, (n, k) in enumerate(pairs)]


def steady(share: float, rate: float, actions: int, seed: int = 1) -> Hour:
    random = np.random.default_rng(seed)

    def hour(_: int) -> tuple["np.ndarray", "np.ndarray"]:
        n = random.poisson(rate, actions)
        return n.astype(float), random.binomial(n, share).astype(float)

    return hour


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rate", "quiet_h", "most"), [(10.0, 0, 300), (10 / 24, 0, 300), (10 / 24, 336, 330), (10.0, 168, 450)]
)
def test_three_percent_are_found_soon_right_after_a_change_and_after_a_quiet_time(
    rate: float, quiet_h: int, most: float
) -> None:
    found = executions_until_found(np.random.default_rng(3), rate, quiet_h, actions=150)
    assert found.size > 140
    assert np.median(found) <= most


@pytest.mark.slow
def test_quiet_time_does_not_dilute_the_evidence() -> None:
    early, late = (
        np.median(executions_until_found(np.random.default_rng(4), 10.0, quiet_h, actions=150))
        for quiet_h in (100, 1000)
    )
    assert late <= 1.15 * early


@pytest.mark.slow
@pytest.mark.parametrize("rate", [1.0, 10.0])
def test_half_a_percent_is_hardly_ever_called_broken(rate: float) -> None:
    """Fifty action-years that begin with a hundred changes; about 0.3 alarms are expected."""
    assert (watch_many(steady(0.005, rate, 100), 4380, 100).broken >= 0).sum() <= 1


def test_a_share_at_the_very_limit_is_called_broken_no_more_often_than_is_proven() -> None:
    many, many_h = 400, 500
    broken = (watch_many(steady(0.01, 5.0, many), many_h, many).broken >= 0).mean()
    proven = (HEAD_START + many_h) / ALARM
    assert broken <= proven + 2.0 * (proven / many) ** 0.5


@pytest.mark.slow
def test_executions_that_are_cut_off_together_do_not_look_like_proof() -> None:
    random = np.random.default_rng(3)

    def clustered(_: int) -> tuple["np.ndarray", "np.ndarray"]:  # a tenth of the variance is between hours
        n = random.poisson(20.0, 40)
        return n.astype(float), random.binomial(n, random.beta(0.005 * 9, 0.995 * 9, 40)).astype(float)

    assert (watch_many(clustered, 2000, 40).broken < 0).all()


def test_the_evidence_begins_where_the_share_rose() -> None:
    random = np.random.default_rng(1)
    n = random.poisson(10.0, 1000)
    state = watch(hours(n, random.binomial(n, np.r_[np.full(720, 0.005), np.full(280, 0.03)])), NEW)
    assert state.broken_at is not None and state.broken_at > 720 * HOUR_S
    assert state.stretch is not None
    assert state.stretch.since >= 650 * HOUR_S
    assert state.stretch.share > 0.02


@pytest.mark.parametrize(("state", "needed"), [(NEW, 2), (QUIET, 4)], ids=["after a change", "quiet"])
def test_one_hour_alone_never_breaks_a_promise_and_a_few_do(state: WatchState, needed: int) -> None:
    broken = []
    for at in range(needed):
        state = state.after(HourCut(HOUR_S * at, 5000, 5000))
        broken.append(state.broken_at is not None)
    assert (broken[0], broken[-1]) == (False, True)


BROKEN = watch([HourCut(HOUR_S * at, 100, 50) for at in range(2)], NEW)


def after_break(state: WatchState, many_h: int, n: int, cut_of_hour: Callable[[int], int]) -> WatchState:
    return watch((HourCut(HOUR_S * (2 + at), n, cut_of_hour(at)) for at in range(many_h)), state)


def test_a_broken_promise_stays_broken_for_a_week_however_quiet() -> None:
    assert BROKEN.broken_at == 2 * HOUR_S
    assert after_break(BROKEN, 167, 100, lambda _: 0).broken_at == BROKEN.broken_at


def test_a_promise_is_kept_again_when_the_time_since_proves_it_and_may_break_again() -> None:
    kept = after_break(BROKEN, 168, 100, lambda at: int(at % 4 == 0))
    assert kept.broken_at is None
    assert kept.breaks == (Break(2 * HOUR_S, (2 + 168) * HOUR_S),)
    assert (kept.evidence, kept.executions) == (0.0, 200 + 16_800)
    again = watch((HourCut(HOUR_S * (170 + at), 100, 50) for at in range(4)), kept)
    assert again.broken_at is not None and len(again.breaks) == 1


def test_a_night_that_is_bad_every_night_does_not_pass_for_kept_by_day() -> None:
    nightly = after_break(BROKEN, 24 * 28, 100, lambda at: 15 if at % 24 < 2 else 0)  # 1.25 % in all
    assert nightly.broken_at == BROKEN.broken_at


def test_too_few_executions_since_prove_nothing() -> None:
    assert after_break(BROKEN, 168, 1, lambda _: 0).broken_at == BROKEN.broken_at


@pytest.mark.parametrize("hour", [HourCut(0.0, 1, 0), HourCut(3599.0, 1, 0)])
def test_an_hour_counts_once(hour: HourCut) -> None:
    with pytest.raises(ValueError, match="in order"):
        NEW.after(HourCut(0.0, 5, 0)).after(hour)


COUNTS = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), max_size=12)


@given(counts=COUNTS, at=st.integers(0, 12), accepted=st.sampled_from([0.0001, 0.001, 0.01, 0.5]))
@settings(max_examples=examples(60), deadline=None)
def test_any_hours_give_finite_evidence_and_may_be_watched_in_parts(
    counts: list[tuple[int, int]], at: int, accepted: float
) -> None:
    found = [HourCut(HOUR_S * n, total, min(cut, total)) for n, (total, cut) in enumerate(counts)]
    new = WatchState(accepted)
    whole = watch(found, new)
    assert watch(found[at:], watch(found[:at], new)) == whole
    assert 0.0 <= whole.evidence < float("inf")
    assert (whole.broken_at is not None) == (whole.evidence >= ALARM)
    assert whole.clustering.design_effect >= 1.0


@given(counts=COUNTS)
@settings(max_examples=examples(60), deadline=None)
def test_the_simulation_of_many_is_the_watch_of_one(counts: list[tuple[int, int]]) -> None:
    many, one = ManyWatches(0.01, 1), NEW
    for at, (total, cut) in enumerate(counts):
        many.after(np.array([float(total)]), np.array([float(min(total, cut))]))
        one = one.after(HourCut(HOUR_S * at, total, min(total, cut)))
        if one.broken_at is not None:
            break
        assert many.bets[:, 0] == pytest.approx(one.bets)
    assert (many.broken[0] >= 0) == (one.broken_at is not None)


@given(
    bets=st.tuples(*(st.floats(0.0, ALARM / 10.0) for _ in STAKES)),
    n=st.integers(1, 40),
    share=st.floats(1e-6, 0.01),
    spread=st.floats(0.0, 50.0),
)
@settings(max_examples=examples(60), deadline=None)
def test_while_the_promise_is_kept_an_hour_adds_at_most_one_on_average(
    bets: tuple[float, ...], n: int, share: float, spread: float
) -> None:
    state = replace(NEW, bets=bets, clustering=Clustering(spread, 1.0))
    chances = [math.comb(n, cut) * share**cut * (1.0 - share) ** (n - cut) for cut in range(n + 1)]
    expected = sum(chance * state.after(HourCut(1e6, n, cut)).evidence for cut, chance in enumerate(chances))
    assert expected <= state.evidence + n / (n + 1.0) + 1e-6 * (1.0 + state.evidence)


@pytest.mark.parametrize(
    ("executions", "tells"),
    [((), False), ((5000,), False), ((1, 1), False), ((2, 1), True), ((1, 1, 1), True), ((250, 250), True)],
)
def test_what_hours_could_have_told_takes_two_of_them(executions: tuple[int, ...], tells: bool) -> None:
    held = watch([HourCut(HOUR_S * at, n, 0) for at, n in enumerate(executions)], NEW)
    assert held.can_tell == tells


@pytest.mark.slow
@given(
    executions=st.lists(st.one_of(st.integers(0, 3), st.integers(0, 5000)), max_size=8),
    accepted=st.floats(0.0001, 0.5),
)
@settings(max_examples=examples(200), deadline=None)
def test_hours_that_could_have_told_call_a_timeout_that_cuts_off_everything_broken(
    executions: list[int], accepted: float
) -> None:
    cut = [HourCut(HOUR_S * at, n, n) for at, n in enumerate(executions)]
    state = watch(cut, WatchState(accepted))
    assert state.broken_at is not None or not state.can_tell
