"""When production calls the actions of a run: read once, and never a reason not to run."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import cast

import numpy as np
import pytest

from analysis.coverage.hours_seen import hours_seen
from analysis.coverage.week_of_hours import stated_week
from analysis.format.action_facts import ProductionWeek
from diag.genesys.api_errors import (
    ApiError,
    NetworkError,
    PermissionMissingError,
    RefusedRequestError,
    UnexpectedReplyError,
)
from diag.genesys.client import GenesysClient
from diag.production.reading.time_window import LAG
from diag.production.when_production_calls import most_requests, production_weeks

NOW = datetime(2026, 11, 25, 10, 30, tzinfo=UTC)
STATED = stated_week(["08:00-10:00"], "UTC")


class Telemetry:
    """Answers as it is told to, and keeps what it was asked."""

    def __init__(self, hours: dict[str, dict[float, int]], refuses: Sequence[ApiError] = ()) -> None:
        self.hours = hours
        self.refuses = list(refuses)
        self.asked: list[tuple[tuple[str, ...], datetime, datetime]] = []

    def hourly_executions(
        self, action_ids: Sequence[str], since: datetime, until: datetime
    ) -> dict[str, dict[float, int]]:
        self.asked.append((tuple(action_ids), since, until))
        if self.refuses:
            raise self.refuses.pop(0)
        return self.hours


def weeks(
    telemetry: Telemetry, zone: str | None = "Europe/Berlin", own: dict[str, dict[float, int]] | None = None
) -> dict[str, ProductionWeek] | None:
    client = cast(GenesysClient, telemetry)
    return production_weeks(client, ["a", "b"], zone, NOW, stated={"s": STATED}, own=own or {})


def read(telemetry: Telemetry, zone: str | None = "Europe/Berlin") -> dict[str, list[int]]:
    found = weeks(telemetry, zone)
    assert found is not None and found.pop("s") == STATED
    return {key: [hour for hour, calls in enumerate(week.calls) if calls] for key, week in found.items()}


def test_four_whole_weeks_are_read_up_to_the_newest_hour_that_is_complete() -> None:
    monday_midnight = datetime(2026, 11, 23, tzinfo=UTC).timestamp()
    telemetry = Telemetry({"a": {monday_midnight: 100}, "b": {monday_midnight: 3}})

    assert read(telemetry) == {"a": [1]}  # one hour later in Berlin; b is called too seldom to tell

    ((asked, since, until),) = telemetry.asked
    assert asked == ("a", "b")
    assert (until, until - since) == (datetime(2026, 11, 25, 10, tzinfo=UTC) - LAG, timedelta(weeks=4))


@pytest.mark.parametrize("zone", [None, "", "Mars/Base"])
def test_a_zone_that_is_none_is_utc(zone: str | None) -> None:
    assert read(Telemetry({"a": {datetime(2026, 11, 23, tzinfo=UTC).timestamp(): 100}}), zone) == {"a": [0]}


def test_a_platform_that_refuses_four_weeks_is_asked_for_one() -> None:
    telemetry = Telemetry({"a": {NOW.timestamp(): 100}}, [RefusedRequestError("the interval is too long")])
    assert list(read(telemetry)) == ["a"]
    assert [until - since for _, since, until in telemetry.asked] == [timedelta(weeks=4), timedelta(weeks=1)]


@pytest.mark.parametrize(
    "errors",
    [
        [RefusedRequestError("no"), RefusedRequestError("no")],
        [NetworkError("no answer")],
        [PermissionMissingError("integrations:action:view is missing")],
        [UnexpectedReplyError("a web page")],
    ],
)
def test_a_run_is_not_refused_for_what_only_its_grade_needs(errors: list[ApiError]) -> None:
    telemetry = Telemetry({"a": {NOW.timestamp(): 100}}, errors)
    assert weeks(telemetry) is None
    assert len(telemetry.asked) == len(errors)


def test_an_action_that_is_seldom_called_is_not_one_that_could_not_be_read() -> None:
    assert read(Telemetry({"a": {NOW.timestamp(): 3}})) == {}
    asked = production_weeks(
        cast(GenesysClient, Telemetry({}, [NetworkError("lost")])), [], None, NOW, stated={}
    )
    assert asked == {}  # nobody was asked


NIGHT = datetime(2026, 10, 28, 2, tzinfo=UTC)
DAY = datetime(2026, 11, 17, 8, tzinfo=UTC)


def test_a_nightly_batch_measured_by_day_is_not_seen_by_day_in_a_second_campaign() -> None:
    """448 executions in four weeks, and the 1,050 calls of a first campaign on one day."""
    batch = {(NIGHT + timedelta(days=day)).timestamp(): 16 for day in range(28)}
    own = {(DAY + timedelta(hours=hour)).timestamp(): 105 for hour in range(10)}
    counted = weeks(Telemetry({"a": {**batch, **own}}), "UTC", {"a": own})
    not_counted = weeks(Telemetry({"a": batch}), "UTC", {"a": own})
    before = weeks(Telemetry({"a": {**batch, **own}}), "UTC")
    by_day = np.repeat(24 + np.arange(8, 18), 35)  # a Tuesday, like the first

    def share(found: dict[str, ProductionWeek] | None) -> float | None:
        assert found is not None
        return hours_seen(by_day, np.zeros(by_day.size, dtype=bool), found["a"], "UTC").share

    assert (share(counted), share(not_counted)) == (0.0, 0.0)
    assert (share(before) or 0.0) >= 0.7


def test_own_calls_are_taken_off_hour_by_hour_and_never_below_none() -> None:
    at = NIGHT.timestamp()
    found = weeks(
        Telemetry({"a": {at: 100, at + 3600: 40}}), "UTC", {"a": {at: 30, at + 3600: 60, at + 7200: 9}}
    )
    assert found is not None
    assert [(hour, calls) for hour, calls in enumerate(found["a"].calls) if calls] == [(50, 100), (51, 40)]
    assert [(hour, calls) for hour, calls in enumerate(found["a"].less_own) if calls] == [(50, 70)]


@pytest.mark.parametrize(
    "own", [{}, {"b": {DAY.timestamp(): 5}}, {"a": {0.0: 5}}, {"a": {DAY.timestamp(): 101}}]
)
def test_without_own_calls_in_these_hours_or_where_they_are_not_counted_there_is_one_week(
    own: dict[str, dict[float, int]],
) -> None:
    found = weeks(Telemetry({"a": {DAY.timestamp(): 100}}), "UTC", own)
    assert found is not None and found["a"].less_own == ()


def test_hours_that_count_hardly_anything_but_our_own_calls_are_not_productions() -> None:
    at = DAY.timestamp()
    counts = {at: 100, at + 3600: 20}
    only_ours = weeks(Telemetry({"a": counts}), "UTC", {"a": {at: 90, at + 3600: 20, at - 10**7: 50}})
    assert only_ours is not None and "a" not in only_ours
    found = weeks(Telemetry({"a": counts}), "UTC", {"a": {at: 90, at + 3600: 20, at + 7200: 1}})
    assert found is not None and found["a"].less_own == ()  # an hour of ours is not counted at all


@pytest.mark.parametrize(("actions", "most"), [(1, 2), (10, 2), (11, 6), (25, 8)])
def test_how_many_requests_it_takes_at_most(actions: int, most: int) -> None:
    assert most_requests(actions) == most
