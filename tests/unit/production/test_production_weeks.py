"""When production calls the actions of a run: read once, and never a reason not to run."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from diag.genesys.api_errors import (
    ApiError,
    NetworkError,
    PermissionMissingError,
    RefusedRequestError,
    UnexpectedReplyError,
)
from diag.genesys.client import GenesysClient
from diag.production.production_weeks import production_weeks
from diag.production.time_window import LAG

NOW = datetime(2026, 11, 25, 10, 30, tzinfo=UTC)


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


def read(telemetry: Telemetry, zone: str | None = "Europe/Berlin") -> dict[str, list[int]]:
    found = production_weeks(cast(GenesysClient, telemetry), ["a", "b"], zone, NOW, stated={})
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
    assert read(telemetry) == {}
    assert len(telemetry.asked) == len(errors)
