"""What Genesys approved: read from the workload, and its next hours on the region's clock."""

from datetime import UTC, datetime
from typing import Any

import pytest

from diag.errors import UsageError
from diag.hours.genesys_approval import Approval, read_approval
from diag.toml_section import TomlSection
from diag.workload.read_workload import parse_workload


def read(**keys: Any) -> Approval:
    return read_approval(TomlSection(keys, "workload.toml, [approval]", UsageError))


def unix(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def in_utc(approval: Approval, zone: str, now: str) -> list[tuple[str, str]]:
    def shown(moment: float) -> str:
        return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M")

    return [(shown(begin), shown(end)) for begin, end in approval.to_come(zone, unix(now))]


def test_a_ticket_alone_means_the_hours_that_genesys_names(tmp_path: Any) -> None:
    body = {"action": [{"name": "*"}], "approval": {"ticket": " CS-4711 "}}
    approval = parse_workload(body, "workload.toml", tmp_path).approval

    assert approval == Approval("CS-4711") == read(ticket="CS-4711", hours=["23:00-05:00"])
    assert approval.words == "23:00-05:00"
    assert parse_workload({"action": [{"name": "*"}]}, "workload.toml", tmp_path).approval is None


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({}, "has no ticket"),
        ({"ticket": "  "}, "has no ticket"),
        ({"ticket": 4711}, "ticket is 4711"),
        ({"ticket": "4" * 101}, "longer than 100 letters"),
        ({"ticket": "4711", "timezone": "Mars/Base"}, "timezone is 'Mars/Base'"),
        ({"ticket": "4711", "hours": ["late"]}, "hours is 'late'"),
        ({"ticket": "4711", "nights": ["soon"]}, "nights is 'soon'"),
        ({"ticket": "4711", "nights": ["0001-01-01"]}, "nights is '0001-01-01'"),
        ({"ticket": "4711", "zone": "UTC"}, "zone"),
    ],
)
def test_a_mistake_is_one_sentence(keys: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(**keys)

    assert said in caught.value.message and "[approval]" in caught.value.message


def test_a_ticket_of_control_characters_is_cleaned_where_it_is_read() -> None:
    assert read(ticket="CS\x1b[2J-1\n").ticket == "CS\N{REPLACEMENT CHARACTER}[2J-1"


def test_the_next_hours_are_those_of_the_regions_clock() -> None:
    night = Approval("1")
    assert in_utc(night, "Europe/Berlin", "2026-12-10 12:00")[0] == ("2026-12-10 22:00", "2026-12-11 04:00")
    running = in_utc(night, "America/New_York", "2026-12-10 09:59")[0]
    assert running == ("2026-12-10 04:00", "2026-12-10 10:00")
    assert in_utc(night, "America/New_York", "2026-12-10 10:00")[0][0] == "2026-12-11 04:00"


def test_only_booked_nights_count_and_each_begins_on_its_day() -> None:
    booked = read(ticket="1", nights=["2026-12-12", "2026-12-10"])

    assert booked.words == "23:00-05:00, nights of 2026-12-12, 2026-12-10"
    assert in_utc(booked, "UTC", "2026-12-10 12:00") == [
        ("2026-12-10 23:00", "2026-12-11 05:00"),
        ("2026-12-12 23:00", "2026-12-13 05:00"),
    ]
    assert in_utc(booked, "UTC", "2026-12-11 05:00") == [("2026-12-12 23:00", "2026-12-13 05:00")]
    assert in_utc(booked, "UTC", "2026-12-13 05:00") == []


def test_where_a_clock_is_put_back_the_hour_that_comes_twice_does_not_lengthen_the_night() -> None:
    """Berlin, 25 October 2026: 03:00 becomes 02:00. A night until 02:30 ends at the first of the two."""
    early = read(ticket="1", hours=["23:00-02:30"], nights=["2026-10-24"])

    assert in_utc(early, "Europe/Berlin", "2026-10-24 12:00") == [("2026-10-24 21:00", "2026-10-25 00:30")]
