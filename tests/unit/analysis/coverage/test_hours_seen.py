"""How much of production's calls comes in hours that were seen, and which hours are slow."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analysis.coverage.hours_seen import (
    SHARE_FOR_A,
    SHARE_FOR_B,
    HoursSeen,
    any_working_day_will_do,
    hours_of_week,
    hours_seen,
    slow_hours,
    unseen_shares,
)
from analysis.coverage.time_coverage import time_coverage
from analysis.coverage.week_of_hours import hour_of_week, stated_week
from analysis.format.action_facts import HOURS_A_WEEK, ProductionWeek
from analysis.format.json_to_dataclass import WrongShapeError
from tests.support.examples import examples
from tests.support.latency_shapes import SHAPES, Shape

MONDAY = datetime(2026, 11, 23, tzinfo=UTC).timestamp()
HOUR_S = 3600.0
UNIFORM = ProductionWeek("UTC", (1.0,) * HOURS_A_WEEK, "telemetry")
OFFICE = stated_week(["mon-fri 09:00-17:00"], "UTC")
NIGHTS = stated_week(["01:00-05:00"], "UTC")


def calls_in(*hours: int, each: int = 80) -> np.ndarray:
    """Return the starts of calls spread over these hours of a week, Unix seconds."""
    spread = np.linspace(0, HOUR_S - 1, each)
    return np.sort(np.concatenate([MONDAY + HOUR_S * hour + spread for hour in hours]))


def day(number: int, first: int = 0, last: int = 24) -> list[int]:
    return [24 * number + hour for hour in range(first, last)]


def seen(started_at: np.ndarray, production: ProductionWeek) -> HoursSeen:
    hours = hours_of_week(started_at, production.zone)
    return hours_seen(hours, np.zeros(hours.size, dtype=bool), production, production.zone)


def grade(started_at: np.ndarray, production: ProductionWeek) -> str:
    return time_coverage(started_at, seen(started_at, production)).grade


def test_a_nightly_batch_measured_by_day_is_not_b() -> None:
    by_day = calls_in(*day(1, 8, 18))
    assert time_coverage(by_day).grade == "B"  # ten hours of calls: windows enough
    assert grade(by_day, NIGHTS) == "C"
    assert grade(calls_in(*day(1, 1, 5)), NIGHTS) == "B"


def test_a_day_of_windows_sees_the_hours_of_a_week_like_it() -> None:
    """A campaign over one day must be able to end: Tuesday stands for the other working days."""
    tuesday = calls_in(*day(1))
    assert seen(tuesday, OFFICE).share == pytest.approx(1.0)
    assert grade(tuesday, OFFICE) == "B"  # A has seen Monday, too
    assert seen(tuesday, UNIFORM).share == pytest.approx(5 / 7)


def test_a_weekend_does_not_stand_for_working_days_nor_a_quiet_day_for_a_busy_one() -> None:
    assert grade(calls_in(*day(5), *day(6)), OFFICE) == "C"
    mondays = stated_week(["mon 09:00-17:00"], "UTC")
    assert grade(calls_in(*day(1)), mondays) == "C"
    assert grade(calls_in(*day(0, 9, 17)), mondays) != "C"


def test_a_week_seen_hour_by_hour_is_a() -> None:
    assert grade(calls_in(*range(HOURS_A_WEEK)), UNIFORM) == "A"


def test_runs_of_several_days_count_together() -> None:
    night, by_day = calls_in(*day(1, 1, 5)), calls_in(*day(2, 8, 18))
    both = stated_week(["mon-fri 01:00-05:00", "mon-fri 08:00-18:00"], "UTC")
    assert grade(by_day, both) == "B" and grade(night, both) == "C"
    assert seen(np.concatenate([by_day, night]), both).share == pytest.approx(1.0)


def test_one_stray_call_does_not_stand_for_the_night() -> None:
    by_day = calls_in(*day(1, 8, 18))
    stray = np.concatenate([by_day, MONDAY + 86_400 + HOUR_S * np.array([1.5, 2.5, 3.5, 4.5])])
    assert grade(stray, NIGHTS) == "C"


def test_where_production_is_not_known_the_windows_decide_alone() -> None:
    starts = calls_in(*day(1, 8, 18))
    hours = hours_seen(hours_of_week(starts, "UTC"), np.zeros(starts.size, dtype=bool), None, "UTC")
    assert hours.grade is None and hours.share is None
    assert time_coverage(starts, hours).grade == time_coverage(starts).grade == "B"


def test_hours_never_lift_a_grade_that_the_windows_do_not_give() -> None:
    short = MONDAY + np.arange(0, 80, 0.2)
    at_midnight = stated_week(["mon 00:00-01:00"], "UTC")
    assert seen(short, at_midnight).grade == "A"
    assert grade(short, at_midnight) == "C"


def week(usual: list[int], others: list[tuple[int, int]]) -> list[int]:
    """Production's calls by hour: as usual on each day, but for some hours."""
    weights = np.repeat(usual, 24).tolist()
    for hour, many in others:
        weights[hour] = many
    return weights


week_weights = st.builds(
    week,
    st.just([0] * 7) | st.lists(st.integers(0, 8), min_size=7, max_size=7),
    st.lists(st.tuples(st.integers(0, HOURS_A_WEEK - 1), st.integers(0, 50)), max_size=40),
).filter(any)
week_hours = st.lists(st.integers(0, HOURS_A_WEEK - 1), min_size=1, max_size=60)


@pytest.mark.slow
@settings(max_examples=examples(60), deadline=None)
@given(week_weights, week_hours, week_hours)
def test_more_hours_seen_never_lower_the_grade(weights: list[int], first: list[int], more: list[int]) -> None:
    production = ProductionWeek("UTC", tuple(weights), "telemetry")
    before = seen(calls_in(*first, each=2), production)
    after = seen(calls_in(*first, *more, each=2), production)
    assert (after.share or 0.0) >= (before.share or 0.0) - 1e-12
    assert (after.days_share or 0.0) >= (before.days_share or 0.0) - 1e-12
    assert before.grade is not None and after.grade is not None and after.grade <= before.grade


@pytest.mark.slow
@settings(max_examples=examples(60), deadline=None)
@given(week_weights, week_weights, week_hours)
def test_own_calls_never_raise_what_was_seen_whether_production_counts_them_or_not(
    weights: list[int], own: list[int], hours: list[int]
) -> None:
    true = ProductionWeek("UTC", tuple(weights), "telemetry")
    for counted in (tuple(map(sum, zip(weights, own, strict=True))), tuple(weights)):
        others = tuple(max(all_of_it - ours, 0) for all_of_it, ours in zip(counted, own, strict=True))
        read = ProductionWeek("UTC", counted, "telemetry", others if sum(others) else ())
        found, expected = seen(calls_in(*hours, each=4), read), seen(calls_in(*hours, each=4), true)
        assert found.share is not None and expected.share is not None
        assert found.days_share is not None and expected.days_share is not None
        assert found.share <= expected.share + 1e-9 and found.days_share <= expected.days_share + 1e-9
        assert any_working_day_will_do(read) <= any_working_day_will_do(true)
        assert unseen_shares(found.calls, read).sum() == pytest.approx(1.0 - found.share)


@pytest.mark.slow
@settings(max_examples=examples(60), deadline=None)
@given(week_weights, week_hours, st.floats(1e-6, 1e6))
@example(week([0, 0, 0, 0, 6, 0, 0], [(0, 36)]), [0], 1e-6)  # a quarter as often on Monday as on Friday
def test_only_shares_of_production_count(weights: list[int], hours: list[int], scale: float) -> None:
    production = ProductionWeek("UTC", tuple(weights), "telemetry")
    scaled = replace(production, calls=tuple(scale * one for one in weights))
    starts = calls_in(*hours, each=2)
    assert seen(starts, scaled).share == pytest.approx(seen(starts, production).share, abs=1e-9)
    assert seen(starts, scaled).grade == seen(starts, production).grade


@settings(max_examples=examples(60), deadline=None)
@given(week_weights, week_hours)
def test_what_is_seen_where_production_never_calls_counts_for_nothing(
    weights: list[int], hours: list[int]
) -> None:
    quiet = [hour for hour in hours if not any(weights[hour % 24 :: 24])]
    production = ProductionWeek("UTC", tuple(weights), "telemetry")
    if quiet:
        assert seen(calls_in(*quiet), production).share == pytest.approx(0.0)


@settings(max_examples=examples(80), deadline=None)
@given(
    st.lists(st.floats(1.4e9, 1.9e9), min_size=1, max_size=30),
    st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe"]),
)
def test_many_calls_get_the_hours_that_each_alone_would_get(moments: list[float], zone: str) -> None:
    clock = ZoneInfo(zone)
    found = hours_of_week(np.array(moments), zone)
    assert found.tolist() == [hour_of_week(at, clock) for at in moments]


@pytest.mark.slow
@pytest.mark.parametrize(("share", "slower"), [(SHARE_FOR_B, 1.5), (SHARE_FOR_A, 2.0)])
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_why_so_much_of_production_must_be_seen(shape: Shape, share: float, slower: float) -> None:
    """What a timeout with the usual buffer cuts off, where the hours not seen are so many times as slow."""
    timeout = 1.2 * shape.p99
    cut_off = share * shape.above(timeout) + (1 - share) * shape.above(timeout / slower)
    assert cut_off < 0.015


def test_an_hour_is_slow_where_chance_does_not_explain_it() -> None:
    calls = np.zeros(HOURS_A_WEEK, dtype=np.int64)
    slower = np.zeros(HOURS_A_WEEK, dtype=np.int64)
    calls[30:40], slower[30:40] = 200, 8
    slower[33] = 40
    assert slow_hours(calls, slower) == (33,)
    assert slow_hours(calls, slower, design_effect=30.0) == ()
    assert slow_hours(calls * (np.arange(HOURS_A_WEEK) == 33), slower) == ()
    assert slow_hours(calls, np.zeros(HOURS_A_WEEK, dtype=np.int64)) == ()


def test_a_forged_week_of_hours_is_refused() -> None:
    for wrong in ({"calls": (1,) * 167}, {"calls": (1,) * HOURS_A_WEEK, "slow": (168,)}):
        with pytest.raises(WrongShapeError):
            HoursSeen("UTC", **wrong)


@pytest.mark.parametrize("less_own", [(1.0,) * 5, (0.0,) * HOURS_A_WEEK, (1.0,) * (HOURS_A_WEEK + 1)])
def test_a_forged_week_less_own_calls_is_refused(less_own: tuple[float, ...]) -> None:
    with pytest.raises(WrongShapeError, match="less_own"):
        replace(UNIFORM, less_own=less_own)
