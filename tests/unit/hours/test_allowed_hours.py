"""When calls may be made: hours, days and zones, on days that have 23 or 25 hours, too."""

import itertools
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.errors import UsageError
from diag.hours.allowed_hours import AllowedHours, read_hours
from diag.toml_section import TomlSection

BERLIN = ZoneInfo("Europe/Berlin")
HOUR_S = 3600.0


def moment(text: str, zone: ZoneInfo = BERLIN) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()


def nights(*days: int) -> AllowedHours:
    return AllowedHours(((23 * 60, 5 * 60),), days or tuple(range(7)), "Europe/Berlin")


def test_a_night_begins_on_its_day_and_ends_on_the_next() -> None:
    found = nights().stretches(moment("2026-06-10T12:00"), moment("2026-06-12T12:00"))

    assert found == (
        (moment("2026-06-10T23:00"), moment("2026-06-11T05:00")),
        (moment("2026-06-11T23:00"), moment("2026-06-12T05:00")),
    )


def test_a_span_that_begins_within_a_night_has_the_rest_of_it() -> None:
    found = nights().stretches(moment("2026-06-10T02:00"), moment("2026-06-10T12:00"))

    assert found == ((moment("2026-06-10T02:00"), moment("2026-06-10T05:00")),)


def test_a_day_of_the_week_is_that_on_which_the_stretch_begins() -> None:
    friday_only = nights(4).stretches(moment("2026-06-08T00:00"), moment("2026-06-15T00:00"))

    assert friday_only == ((moment("2026-06-12T23:00"), moment("2026-06-13T05:00")),)


def test_nights_in_which_clocks_change_are_an_hour_shorter_or_longer() -> None:
    spring = nights().stretches(moment("2026-03-28T12:00"), moment("2026-03-29T12:00"))
    autumn = nights().stretches(moment("2026-10-24T12:00"), moment("2026-10-25T12:00"))

    assert [end - begin for begin, end in (*spring, *autumn)] == [5 * HOUR_S, 7 * HOUR_S]


def test_stretches_that_touch_are_one() -> None:
    hours = AllowedHours(((0, 12 * 60), (12 * 60, 24 * 60)), zone="Europe/Berlin")

    assert hours.stretches(0.0, 1e6) == ((0.0, 1e6),)


ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]
MINUTE = st.integers(0, 24 * 60 - 1)


@pytest.mark.slow
@given(
    spans=st.lists(st.tuples(MINUTE, MINUTE).filter(lambda span: span[0] != span[1]), min_size=1, max_size=3),
    days=st.frozensets(st.integers(0, 6), min_size=1),
    zone=st.sampled_from(ZONES),
    day=st.integers(0, 365 * 3),
)
def test_no_moment_of_a_stretch_is_outside_the_hours_on_the_wall(
    spans: list[tuple[int, int]], days: frozenset[int], zone: str, day: int
) -> None:
    hours = AllowedHours(tuple(spans), tuple(days), zone)
    since = datetime(2025, 1, 1, tzinfo=UTC).timestamp() + day * 86_400.0
    stretches = hours.stretches(since, since + 3 * 86_400.0)

    assert all(begin < end for begin, end in stretches)
    assert all(end < begin for (_, end), (begin, _) in itertools.pairwise(stretches))
    for begin, end in stretches:
        for share in (0.0, 0.25, 0.5, 0.75, 1.0):
            at = min(begin + share * (end - begin), end - 1.0)
            wall = datetime.fromtimestamp(max(at, begin), ZoneInfo(zone))
            minute, today, yesterday = wall.hour * 60 + wall.minute, wall.weekday(), (wall.weekday() - 1) % 7
            assert any(
                (first < last and today in days and first <= minute < last)
                or (first > last and today in days and minute >= first)
                or (first > last and yesterday in days and minute < last)
                for first, last in spans
            )


def table(**body: object) -> TomlSection:
    return TomlSection(body, "workload.toml, [hours]", UsageError)


def test_a_table_is_read() -> None:
    found = read_hours(
        table(allow=["23:00-05:00", "12:00 - 12:30"], days=["Mon", "friday"], zone="Europe/Berlin")
    )

    assert found == AllowedHours(((1380, 300), (720, 750)), (0, 4), "Europe/Berlin")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"allow": ["23:00-05:00"]}, "has no timezone"),
        ({"zone": "UTC"}, "has no hours"),
        ({"allow": ["23-5"], "zone": "UTC"}, "allow is '23-5'"),
        ({"allow": ["12:00-12:00"], "zone": "UTC"}, "allow is"),
        ({"allow": ["12:60-13:00"], "zone": "UTC"}, "allow is"),
        ({"allow": ["12:00-24:01"], "zone": "UTC"}, "allow is"),
        ({"allow": ["12:00-13:00"], "zone": "Mars/Olympus"}, "zone is 'Mars/Olympus'"),
        ({"allow": ["12:00-13:00"], "zone": "../../etc/passwd"}, "zone is"),
        ({"allow": ["12:00-13:00"], "zone": "UTC", "days": ["someday"]}, "days is"),
        ({"allow": ["12:00-13:00"], "zone": "UTC", "days": []}, "days is"),
    ],
)
def test_a_table_that_is_wrong_is_one_sentence(body: dict[str, object], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        read_hours(table(**body))
