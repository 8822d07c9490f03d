"""Hours of the week: from telemetry and from words, on the clock of a zone."""

from dataclasses import asdict
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.coverage.week_of_hours import FEWEST_EXECUTIONS, hour_of_week, stated_week, week_of_counts
from analysis.format.action_facts import ProductionWeek
from analysis.format.json_to_dataclass import WrongShapeError, typed

BERLIN = "Europe/Berlin"


def utc(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def hours_with_calls(week: ProductionWeek | None) -> list[int]:
    assert week is not None
    return [hour for hour, calls in enumerate(week.calls) if calls]


def test_an_hour_counts_where_the_clock_of_its_own_day_shows_it() -> None:
    """Germany put its clocks back on 25 October 2026: a batch at 02:00 there is at 00:00 UTC, then 01:00."""
    summer, winter = utc("2026-10-19T00:00"), utc("2026-10-26T01:00")  # both a Monday

    week = week_of_counts([(summer, 20), (winter, 30)], BERLIN)

    assert hours_with_calls(week) == [2]
    assert week is not None and week.calls[2] == 50


def test_the_hour_that_comes_twice_counts_twice_and_the_one_that_is_missing_never() -> None:
    back, forward = utc("2026-10-25T00:00"), utc("2026-03-29T00:00")
    twice = week_of_counts([(back + 3600 * hour, 10) for hour in range(4)], BERLIN)
    skipped = week_of_counts([(forward + 3600 * hour, 10) for hour in range(4)], BERLIN)

    assert twice is not None and [twice.calls[144 + hour] for hour in (2, 3, 4)] == [20, 10, 10]
    assert skipped is not None and [skipped.calls[144 + hour] for hour in (1, 2, 3, 4)] == [10, 0, 10, 10]


def test_an_hour_of_utc_is_shared_out_where_clocks_differ_by_half_an_hour() -> None:
    week = week_of_counts([(utc("2026-11-23T00:00"), 40)], "Asia/Kolkata")
    assert week is not None and (week.calls[5], week.calls[6]) == (20, 20)


def test_few_executions_are_no_pattern() -> None:
    assert week_of_counts([(0.0, FEWEST_EXECUTIONS - 1)], "UTC") is None
    assert week_of_counts([(0.0, FEWEST_EXECUTIONS), (3600.0, -5)], "UTC") is not None


def test_an_absurd_count_makes_a_week_that_can_be_read_again() -> None:
    week = week_of_counts([(3600.0 * hour, 2**53) for hour in range(672)], "UTC")
    assert week is not None and typed(ProductionWeek, asdict(week)) == week


@pytest.mark.parametrize(
    ("when", "hours"),
    [
        (["mon 01:00-03:00"], [1, 2]),
        (["Monday 1:00 - 3:00"], [1, 2]),
        (["sat,sun 23:00-24:00"], [143, 167]),
        (["sun 23:00-01:00"], [0, 167]),
        (["sat-mon 05:00-06:00"], [5, 125, 149]),
        (["mon 00:30-01:00", "mon 00:00-01:00"], [0]),
        (["00:00-24:00"], list(range(168))),
    ],
)
def test_words_say_when_production_calls(when: list[str], hours: list[int]) -> None:
    week = stated_week(when, BERLIN)
    assert hours_with_calls(week) == hours
    assert max(week.calls) == 1.0
    assert week.known_from == "stated"


def test_a_part_of_an_hour_counts_in_part() -> None:
    assert stated_week(["mon 01:30-02:15"], "UTC").calls[1:3] == (0.5, 0.25)


@pytest.mark.parametrize(
    "text",
    ["", "daily", "mon", "mon 1-3", "xyz 01:00-02:00", "mon-xyz 01:00-02:00", "mon-tue-wed 01:00-02:00",
     "mon 24:00-25:00", "mon 01:60-02:00", "mon 01:00-01:00", "mon 01:00-02:00 UTC", "mon 01:00-24:30",
     "mon" + " " * 100_000 + "01:00-02:00"],
)  # fmt: skip
def test_what_is_not_understood_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(WrongShapeError, match=r"mon-fri 08:00-18:00"):
        stated_week([text], "UTC")


@pytest.mark.parametrize("zone", ["", "Mars/Base", "../etc/passwd", "UTC\0", "x" * 5000])
def test_a_zone_must_be_one(zone: str) -> None:
    with pytest.raises(WrongShapeError, match="time zone"):
        stated_week(["mon 01:00-02:00"], zone)


@pytest.mark.parametrize(
    "body",
    [
        {"zone": "UTC", "calls": [1] * 167, "known_from": "telemetry"},
        {"zone": "UTC", "calls": [0] * 168, "known_from": "telemetry"},
        {"zone": "Mars/Base", "calls": [1] * 168, "known_from": "telemetry"},
        {"zone": "UTC", "calls": [-1] * 168, "known_from": "telemetry"},
        {"zone": "UTC", "calls": [1] * 168, "known_from": "a friend"},
    ],
)
def test_a_forged_week_is_refused(body: dict[str, object]) -> None:
    with pytest.raises(WrongShapeError):
        typed(ProductionWeek, body)


SINCE_2012 = 1_325_376_000.0
"""Until 2011 the clocks of St. John's changed at 00:01."""


@given(
    st.floats(SINCE_2012, 4e9),
    st.sampled_from(["UTC", BERLIN, "Asia/Kolkata", "America/St_Johns", "Asia/Kathmandu"]),
)
def test_a_quarter_of_an_hour_lies_in_one_hour_of_any_clock(at: float, zone: str) -> None:
    clock = ZoneInfo(zone)
    assert hour_of_week(at // 900 * 900, clock) == hour_of_week(at // 900 * 900 + 899, clock)
