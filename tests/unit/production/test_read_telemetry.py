from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.genesys.analytics.analytics_ways import AnalyticsWays
from diag.genesys.analytics.execution_counts import ActionTotal, DurationRange, IntervalCounts
from diag.genesys.analytics.single_executions import SingleExecutions
from diag.genesys.api_errors import PlatformError, RefusedRequestError
from diag.genesys.data_action import Action, ActionConfig
from diag.production.reading.read_telemetry import read_production
from diag.production.reading.time_window import Window, last_days

NOW = datetime(2026, 7, 10, 12, 34, 56, tzinfo=UTC)


def action(action_id: str, timeout_s: int | None = 5) -> Action:
    return Action(action_id, action_id.upper(), None, None, 1, False, ActionConfig(timeout_s, {}, {}))


class FakeTelemetry:
    """One execution a second-bin and hour for every action in `active`."""

    def __init__(self, active: Sequence[str], *, totals: bool = True, refuse: Sequence[str] = ()) -> None:
        self.active, self.totals, self.refuse = active, totals, refuse
        self.asked: list[tuple[str, datetime, int]] = []

    analytics = AnalyticsWays(by_correlation=False)

    def action_totals(self, since: datetime, until: datetime) -> dict[str, ActionTotal]:
        if not self.totals:
            raise RefusedRequestError("too wide", status=400)
        return dict.fromkeys(self.active, ActionTotal(9))

    def hourly_executions(
        self, action_ids: Sequence[str], since: datetime, until: datetime
    ) -> dict[str, dict[float, int]]:
        raise AssertionError("asked without need")

    def single_executions(self, action_id: str, since: datetime, until: datetime) -> SingleExecutions:
        raise AssertionError("asked of an org that is known to refuse it")

    def execution_counts(
        self, action_id: str, since: datetime, until: datetime, ranges: Sequence[DurationRange]
    ) -> tuple[IntervalCounts, ...]:
        self.asked.append((action_id, since, len(ranges)))
        if action_id in self.refuse:
            raise RefusedRequestError("Genesys refused the request (400).", details=("interval too long",))
        if action_id not in self.active:
            return ()
        n = len(ranges)
        return (IntervalCounts("i", n + 1, (1,) * n, 1000.0 * n + 1),)


def test_the_newest_hour_is_left_out() -> None:
    window = last_days(7, NOW)
    assert window.until == datetime(2026, 7, 10, 11, tzinfo=UTC)
    assert window.since == datetime(2026, 7, 3, 11, tzinfo=UTC) and window.hours == 168


@given(st.integers(-300, 300), st.integers(0, 3599))
def test_hours_before_a_change_never_count(hours: int, seconds: int) -> None:
    window = last_days(7, NOW)
    moment = (window.since + timedelta(hours=hours, seconds=seconds)).timestamp()
    after = window.after(moment)
    assert window.since <= after.since <= after.until == window.until
    assert after.since.timestamp() >= min(moment, window.until.timestamp())
    assert after.since.minute == after.since.second == 0
    assert after.hours == 0 or after.since.timestamp() - moment < 3600 or after.since == window.since


def test_every_second_below_the_timeout_is_asked_and_idle_actions_cost_nothing() -> None:
    telemetry = FakeTelemetry(["a", "b"])
    window = last_days(7, NOW)
    progress: list[tuple[int, int | None]] = []
    found = read_production(
        telemetry,
        [action("a", 3), action("idle"), action("b", None)],
        window,
        on_progress=lambda done, total: progress.append((done, total)),
    )
    assert telemetry.asked == [("a", window.since, 3), ("b", window.since, 60)]
    assert [(entry.action.id, entry.timeout_s, entry.executions) for entry in found.observed] == [
        ("a", 3, 4),
        ("b", 60, 61),
    ]
    assert found.observed[0].longest_s == pytest.approx(3.001)
    assert [(entry.action.id, entry.why) for entry in found.not_observed] == [
        ("idle", "no execution in 168 hours")
    ]
    assert progress == [(1, 3), (2, 3), (3, 3)]


def test_where_the_wide_question_is_refused_each_action_is_asked() -> None:
    telemetry = FakeTelemetry(["a"], totals=False, refuse=["c"])
    found = read_production(telemetry, [action("a"), action("b"), action("c")], last_days(7, NOW))
    assert [entry.action.id for entry in found.observed] == ["a"]
    whys = {entry.action.id: entry.why for entry in found.not_observed}
    assert whys["b"] == "no execution in 168 hours" and "interval too long" in whys["c"]


def test_only_hours_since_the_last_change_count() -> None:
    telemetry = FakeTelemetry(["a", "b"])
    window = last_days(7, NOW)
    changed = (window.until - timedelta(hours=5, minutes=20)).timestamp()
    just_now = window.until.timestamp() + 60
    found = read_production(
        telemetry, [action("a"), action("b")], window, changed_at={"a": changed, "b": just_now}
    )
    assert found.observed[0].window.hours == 5 and found.observed[0].since_change == changed
    assert "wait for a full hour" in found.not_observed[0].why
    old = read_production(telemetry, [action("a")], window, changed_at={"a": 0.0}).observed[0]
    assert old.window == window and old.since_change is None


def test_a_platform_failure_is_not_swallowed() -> None:
    class Down(FakeTelemetry):
        def action_totals(self, since: datetime, until: datetime) -> dict[str, ActionTotal]:
            raise PlatformError("down", status=503)

    with pytest.raises(PlatformError):
        read_production(Down([]), [action("a")], Window(NOW, NOW))


def test_an_action_whose_timeout_nobody_told_is_not_judged() -> None:
    untold = Action("a", "A", None, None, 1, False)
    telemetry = FakeTelemetry(["a", "b"])
    read = read_production(telemetry, [untold, action("b")], last_days(1, NOW))
    assert [(one.action.id, one.why) for one in read.not_observed] == [
        ("a", "the org does not report its timeout")
    ]
    assert [one.action.id for one in read.observed] == ["b"]
