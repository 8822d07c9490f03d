"""The hours that were seen and those that were not, as a reader is told of them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.coverage.hours_seen import HoursSeen, hours_seen
from analysis.coverage.week_of_hours import stated_week
from analysis.format.action_facts import HOURS_A_WEEK, ProductionWeek
from analysis.verdicts.hours_words import coverage_words, days_words, range_words
from tests.support.examples import examples


def production(weights: dict[int, float], zone: str = "UTC") -> ProductionWeek:
    return ProductionWeek(zone, tuple(weights.get(hour, 0.0) for hour in range(HOURS_A_WEEK)), "telemetry")


def seen(hours: list[int], week: ProductionWeek | None, each: int = 10) -> HoursSeen:
    at = np.repeat(np.array(hours, dtype=np.int64), each)
    zone = "UTC" if week is None else week.zone
    return hours_seen(at, np.zeros(at.size, dtype=bool), week, zone)


def cells(days: range | list[int], first: int, last: int) -> list[int]:
    return [24 * day + hour for day in days for hour in range(first, last)]


NIGHT_AND_DAY = production(
    {**dict.fromkeys(cells(range(5), 1, 5), 8.0), **dict.fromkeys(cells(range(5), 9, 17), 1.0)},
    "Europe/Berlin",
)


def test_the_nightly_batch_that_was_measured_by_day() -> None:
    found = seen(cells(range(5), 9, 17), NIGHT_AND_DAY)
    assert coverage_words(found, NIGHT_AND_DAY) == (
        "these calls cover 09:00-17:00 on weekdays (Europe/Berlin); 80 % of production's calls come between "
        "01:00 and 05:00, which were not seen"
    )


def test_calls_that_may_be_our_own_are_not_said_to_be_productions() -> None:
    week = replace(NIGHT_AND_DAY, less_own=NIGHT_AND_DAY.calls)
    assert (
        "80 % of production's calls, diag's own perhaps among them, come between 01:00 and 05:00, which were"
    ) in coverage_words(seen(cells(range(5), 9, 17), week), week)


@pytest.mark.parametrize(
    ("hours", "week", "words"),
    [
        (
            cells([1], 10, 11),
            None,
            "these calls cover 10:00-11:00 on Tuesday (UTC); when production calls was not recorded, so no "
            "hour counts more than another",
        ),
        (
            cells([1], 8, 16),
            stated_week(["22:00-02:00"], "UTC"),
            "these calls cover 08:00-16:00 on Tuesday (UTC); as stated, all of production's calls come "
            "between 22:00 and 02:00, which were not seen",
        ),
        (
            cells([1], 0, 24),
            production(dict.fromkeys(range(HOURS_A_WEEK), 1.0)),
            "these calls cover all hours on Tuesday (UTC); 29 % of production's calls come at weekends, "
            "which were not seen",
        ),
        (
            cells([5], 0, 24),
            stated_week(["mon-fri 09:00-12:00"], "UTC"),
            "these calls cover all hours on Saturday (UTC); as stated, all of production's calls come "
            "between 09:00 and 12:00 on weekdays, which were not seen",
        ),
        (
            cells([1], 9, 17),
            stated_week(["mon-fri 09:00-17:00"], "UTC"),
            "these calls cover 09:00-17:00 on Tuesday (UTC); all of production's calls come in hours like "
            "these, but only 20 % on the same days of the week",
        ),
        (
            cells(range(7), 0, 24),
            production(dict.fromkeys(range(HOURS_A_WEEK), 1.0)),
            "these calls cover all hours every day (UTC); all of production's calls come in hours like these",
        ),
    ],
)
def test_one_sentence_says_what_was_seen_and_what_was_not(
    hours: list[int], week: ProductionWeek | None, words: str
) -> None:
    assert coverage_words(seen(hours, week), week) == words


def test_a_stray_call_makes_an_hour_hardly_seen() -> None:
    week = stated_week(["tue 01:00-05:00"], "UTC")
    stray = seen([*cells([1], 1, 5), *cells([1], 8, 16)], week, each=1)
    assert coverage_words(stray, week).endswith("between 01:00 and 05:00, which were hardly seen")


def test_production_itself_has_seen_every_hour_it_called() -> None:
    assert coverage_words(seen(cells(range(5), 8, 18), None), None, "production") == (
        "production called it 08:00-18:00 on weekdays (UTC), and every one of these hours counts"
    )


def test_hours_and_days_read_as_people_say_them() -> None:
    assert range_words([0, 1, 2, 22, 23]) == "00:00-03:00, 22:00-24:00"
    assert range_words(range(0, 24, 2)) == "12 of the 24 hours"
    assert [days_words(days) for days in ([4], [0, 2, 4], range(7), [6, 5])] == [
        "on Friday", "on Monday, Wednesday and Friday", "every day", "at weekends",
    ]  # fmt: skip


@pytest.mark.slow
@settings(max_examples=examples(60), deadline=None)
@given(
    st.lists(st.integers(0, 9), min_size=HOURS_A_WEEK, max_size=HOURS_A_WEEK).filter(any),
    st.lists(st.integers(0, HOURS_A_WEEK - 1), min_size=1, max_size=40),
)
def test_any_week_is_told_in_one_short_sentence(weights: list[int], hours: list[int]) -> None:
    week = production(dict(enumerate(map(float, weights))))
    words = coverage_words(seen(hours, week), week)
    assert len(words) < 330 and "none" not in words and "nan" not in words


@pytest.mark.parametrize(
    ("read", "words"),
    [
        (None, "when production calls was not recorded"),
        (False, "when production calls could not be read"),
        (True, "production calls too seldom to tell when"),
    ],
)
def test_hours_that_could_not_be_read_are_not_those_of_an_action_that_is_seldom_called(
    read: bool | None, words: str
) -> None:
    told = coverage_words(seen(cells([1], 10, 11), None), None, read=read)
    assert told.endswith(f"(UTC); {words}, so no hour counts more than another")
