import numpy as np
import pytest
from numpy.typing import NDArray

from analysis.estimates.load_levels import split_levels, with_known_rates
from analysis.verdicts.recommend import recommend
from tests.support.sample_tables import START, arrays, calls, lognormal, orders, sample_set


@pytest.mark.parametrize("unknown", [0.0, -1.0, float("nan")])
def test_calls_without_a_rate_belong_to_the_level_of_their_run(unknown: float) -> None:
    table = calls(lognormal(2000, 2.0))
    table.loc[1950:, "offered_rate"] = unknown
    table.loc[1950:, "latency_ms"] = 9000.0  # still in flight at the end: the slowest ones
    (found,) = recommend(sample_set(table)).actions
    assert found.left_out_by_reason == {"warm_up": 150}
    assert found.quantile_ms == 9000


def test_in_a_run_of_several_levels_the_nearest_call_decides() -> None:
    slow = calls([0.1] * 10, rate=1.0)
    fast = calls([0.1] * 10, rate=5.0, start=START + 100)
    lost = calls([0.1] * 2, start=START + 98).assign(offered_rate=0.0)
    assert with_known_rates(arrays(slow, lost, fast)).rate.tolist() == [1.0] * 10 + [5.0] * 12


def test_a_run_without_any_rate_stays_a_level_of_its_own() -> None:
    known = calls([0.1] * 10, rate=2.0)
    unknown = calls([0.1] * 10, rate=float("nan"), run="other")
    rates = [level.rate for level in split_levels(arrays(known, unknown), None).usable]
    assert rates == [2.0, None]


def test_nearly_equal_rates_are_one_level() -> None:
    found = split_levels(arrays(calls([0.1] * 9, rate=10.0), calls([0.1] * 9, rate=10.4, run="b")), None)
    assert [len(level.calls) for level in found.usable] == [18]


def test_a_slow_ramp_is_not_one_level() -> None:
    ramp = calls([0.1] * 200).assign(offered_rate=np.geomspace(1, 20, 200))
    found = split_levels(arrays(ramp), None).usable
    assert len(found) > 15
    assert sum(len(level.calls) for level in found) == 200


@pytest.mark.parametrize(
    ("peak", "order", "covered"),
    [(None, [30, 10, 2], True), (10, [10, 2], True), (5, [10, 2], True), (50, [30, 10, 2], False)],
)
def test_the_main_level_is_the_lowest_at_or_above_the_peak(
    peak: float | None, order: list[float], covered: bool
) -> None:
    tables = [calls([0.1] * 9, rate=rate, run=str(rate)) for rate in (2.0, 10.0, 30.0)]
    found = split_levels(arrays(*tables), peak)
    assert [level.rate for level in found.usable] == order
    assert found.peak_covered is covered


def test_bad_input_does_not_dilute_saturation() -> None:
    x = np.full(100, 0.1)
    outcome = np.array(["ok"] * 90 + ["rate_limited"] * 10, dtype=object)
    busy = calls(x, outcome=list(outcome))
    wrong = calls(np.full(900, 0.01), outcome="invalid_input", start=START + 50)
    assert split_levels(arrays(busy, wrong), None).usable == ()


def test_a_level_that_was_not_reached_is_judged_as_what_was_reached() -> None:
    reached = calls([0.1] * 400, rate=30.0)
    missed = calls([0.1] * 400, rate=27.0, run="b").assign(offered_rate=55.0)

    found = split_levels(arrays(reached, missed), 50.0)

    assert [(level.rate, level.missed_rate) for level in found.usable] == [(30.0, None), (27.0, 55.0)]
    assert not found.peak_covered
    said = recommend(sample_set(reached, missed), {"orders": orders(production_peak_rate=50.0)}).actions[0]
    assert "55/s were planned and only 27/s sent: judged as the load reached" in said.warnings


@pytest.mark.parametrize("seed", range(20))
def test_chance_and_pauses_do_not_make_a_level_look_missed(seed: int) -> None:
    random = np.random.default_rng(seed)
    at = START + np.cumsum(random.exponential(1 / 5.0, 300))
    at[150:] += 30.0  # the guard paused the load
    poisson = calls([0.1] * 300, rate=5.0).assign(started_at=at, scheduled_at=at)

    (level,) = split_levels(arrays(poisson), None).usable

    assert (level.rate, level.missed_rate) == (5.0, None)


def windowed(steadily: NDArray[np.float64], window_s: float, every_s: float) -> NDArray[np.float64]:
    """Times of calls that leave without a pause, as those of a soak: in windows with nothing in between."""
    return START + steadily + np.floor(steadily / window_s) * (every_s - window_s)


def level_of(
    rate: float, scheduled: NDArray[np.float64], started: NDArray[np.float64] | None = None
) -> tuple[float | None, float | None]:
    at = {"scheduled_at": scheduled, "started_at": scheduled if started is None else started}
    (level,) = split_levels(arrays(calls([0.1] * len(scheduled), rate=rate).assign(**at)), None).usable
    return level.rate, level.missed_rate


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize(("rate", "every_s"), [(0.5, 40.0), (0.5, 60.0), (2.0, 40.0), (2.0, 300.0)])
@pytest.mark.parametrize("even", [False, True])
def test_the_windows_of_a_soak_do_not_make_a_level_look_missed(
    rate: float, every_s: float, even: bool, seed: int
) -> None:
    random = np.random.default_rng(seed)
    gaps = np.ones(400) if even else random.exponential(1.0, 400)
    at = windowed((random.random() + np.cumsum(gaps)) / rate, 30.0, every_s)

    assert level_of(rate, at) == (rate, None)


@pytest.mark.parametrize("seed", range(10))
def test_a_level_missed_within_windows_is_judged_as_what_was_reached_in_them(seed: int) -> None:
    gaps = np.random.default_rng(seed).exponential(1.0, 1000)

    rate, missed = level_of(4.0, windowed(np.cumsum(gaps) / 2.0, 30.0, 40.0))

    assert missed == 4.0
    assert rate == pytest.approx(2.0, rel=0.2)


def test_calls_that_leave_late_and_in_bursts_missed_their_level_though_all_were_planned() -> None:
    scheduled = START + np.arange(1000) / 50.0
    bursts = START + 2 * np.arange(1000) / 50.0
    bursts = bursts[np.arange(1000) // 50 * 50]  # 50 at once, then none for 100 gaps

    assert level_of(50.0, scheduled) == (50.0, None)
    rate, missed = level_of(50.0, scheduled, bursts)
    assert missed == 50.0
    assert rate == pytest.approx(25.0, rel=0.06)  # the last burst has no gap after it


@pytest.mark.parametrize("share", [0.3, 0.5, 0.7])
def test_single_calls_missing_from_an_even_schedule_are_no_pauses(share: float) -> None:
    at = START + np.arange(2000) / 10.0

    rate, missed = level_of(10.0, at[np.random.default_rng(1).random(2000) < share])

    assert missed == 10.0
    assert rate == pytest.approx(10.0 * share, rel=0.1)


def test_levels_that_alternate_were_both_reached() -> None:
    alternating = calls([0.1] * 400, rate=10.0)
    alternating.loc[::2, "offered_rate"] = 12.0

    found = split_levels(arrays(alternating), None)

    assert [level.missed_rate for level in found.usable] == [None, None]
