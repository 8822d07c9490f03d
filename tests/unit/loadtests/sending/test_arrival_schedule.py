import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.workload.tables.load_shape import ARRIVALS, Arrivals
from loadtests.sending.arrival_schedule import Schedule

rates = st.lists(st.floats(0.5, 50), min_size=1, max_size=5)


def until(schedule: Schedule, end: float) -> list[tuple[float, int]]:
    taken = []
    while schedule.next_due is not None and schedule.next_due < end:
        taken.append(schedule.take())
    return taken


@given(rates=rates, arrivals=st.sampled_from(ARRIVALS), seed=st.integers(), start=st.floats(0, 1e6))
def test_arrivals_come_in_order_from_the_start_on_and_repeat_with_the_seed(
    rates: list[float], arrivals: Arrivals, seed: int, start: float
) -> None:
    first = until(Schedule(rates, arrivals, seed, start), start + 3)
    again = until(Schedule(rates, arrivals, seed, start), start + 3)

    assert first == again
    assert [due for due, _ in first] == sorted(due for due, _ in first)
    assert all(due >= start for due, _ in first)


@pytest.mark.slow
@given(rates=rates, seed=st.integers())
def test_constant_arrivals_are_evenly_spaced_and_never_drift(rates: list[float], seed: int) -> None:
    taken = until(Schedule(rates, "constant", seed, 0.0), 100.0)

    for index, rate in enumerate(rates):
        dues = [due for due, other in taken if other == index]
        assert abs(len(dues) - 100 * rate) <= 1
        assert dues[-1] == pytest.approx(dues[0] + (len(dues) - 1) / rate, rel=1e-9)


def test_poisson_gaps_have_the_mean_and_spread_of_an_exponential() -> None:
    dues = [due for due, _ in until(Schedule([100.0], "poisson", 7, 0.0), 200.0)]
    gaps = [b - a for a, b in itertools.pairwise(dues)]
    mean = sum(gaps) / len(gaps)
    spread = math.sqrt(sum((gap - mean) ** 2 for gap in gaps) / len(gaps))

    assert mean == pytest.approx(0.01, rel=0.03)
    assert spread == pytest.approx(mean, rel=0.05)


@given(before=st.floats(0.5, 50), after=st.floats(0.5, 50), seed=st.integers())
def test_a_changed_rate_holds_from_then_on(before: float, after: float, seed: int) -> None:
    schedule = Schedule([before], "constant", seed, 0.0)
    until(schedule, 10.0)
    schedule.set_rate(0, after, 10.0)
    later = until(schedule, 110.0)

    assert abs(len(later) - 100 * after) <= 2
    assert all(due >= 10.0 for due, _ in later)


@pytest.mark.parametrize("arrivals", ARRIVALS)
def test_no_arrival_is_lost_however_often_the_rate_changes(arrivals: Arrivals) -> None:
    """A stream's share changes from a moment a little ahead, such as each second while users are spawned."""
    schedule = Schedule([4.0], arrivals, 1, 0.0)
    taken = 0
    for second in range(1, 1001):
        taken += len(until(schedule, float(second)))
        schedule.set_rate(0, 4.0 + second * 1e-9, second + 0.2)

    assert taken == pytest.approx(4000, rel=0.05)  # three standard deviations of a Poisson count


def test_a_rate_of_zero_ends_only_that_action() -> None:
    schedule = Schedule([10.0, 10.0], "constant", 1, 0.0)
    schedule.set_rate(0, 0.0, 1.0)

    assert {index for _, index in until(schedule, 5.0)} == {1}

    schedule.set_rate(1, 0.0, 5.0)
    assert schedule.next_due is None

    schedule.set_rate(0, 10.0, 6.0)
    assert len(until(schedule, 16.0)) in (99, 100, 101)


@given(arrivals=st.sampled_from(ARRIVALS), seed=st.integers())
def test_skipping_forgets_the_past_and_keeps_the_rhythm(arrivals: Arrivals, seed: int) -> None:
    schedule = Schedule([4.0], arrivals, seed, 0.0)
    phase = schedule.next_due
    schedule.skip_to(60.0)

    assert phase is not None
    assert schedule.next_due is not None
    assert schedule.next_due >= 60.0
    if arrivals == "constant":
        assert (schedule.next_due - phase) * 4.0 == pytest.approx(round((schedule.next_due - phase) * 4.0))
        assert schedule.next_due < 60.25 + 1e-9
