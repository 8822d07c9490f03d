"""Production telemetry of actions: how many executions took less than so long."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

from diag.genesys.analytics.aggregate_query import HOURLY, AggregateQuery, AggregateRow, ask, begin_of
from diag.genesys.analytics.analytics_ways import AnalyticsWays, Ending, ways_of
from diag.genesys.analytics.duration_thresholds import below_each, next_thresholds
from diag.genesys.http.api import Api

MAX_ACTIONS: Final = 10
"""Actions asked about in one query by the hour: four weeks of them are a reply of under 2 MB."""


@dataclass(frozen=True, slots=True)
class DurationRange:
    """Durations `from_ms` (included) to `to_ms` (excluded), milliseconds; None: no upper end."""

    from_ms: int
    to_ms: int | None


@dataclass(frozen=True, slots=True)
class IntervalCounts:
    """Executions of one action in one interval (ISO/ISO).

    `max_ms` is the platform's own (None: not sent); `counts` has one number per range asked for: those
    that ended. `failed`, where words tell: those that failed in each range, and at last those that took
    longer. What is left of `total` was cut off, or took longer.
    """

    interval: str
    total: int
    counts: tuple[int, ...]
    max_ms: float | None
    failed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ActionTotal:
    """One action's executions in a whole window, with the platform's own percentiles (ms; None: not sent)."""

    executions: int
    p95_ms: float | None = None
    p99_ms: float | None = None


class ExecutionCountRequests:
    """The part of the client that asks for production telemetry."""

    def __init__(self, api: Api) -> None:
        self._api = api

    @cached_property
    def analytics(self) -> AnalyticsWays:
        """Return what is known of this org's analytics."""
        return ways_of(self._api.connection.platform)

    def execution_totals(self, since: datetime, until: datetime) -> dict[str, int]:
        """Return how often each action was executed in [since, until), by action id; one call."""
        return {action_id: total.executions for action_id, total in self.action_totals(since, until).items()}

    def action_totals(self, since: datetime, until: datetime) -> dict[str, ActionTotal]:
        """Return each action's executions in [since, until), by action id; one call."""
        totals: dict[str, ActionTotal] = {}
        for row in ask(self._api, AggregateQuery(since, until)):
            action_id = row.group["actionId"]
            before = totals.get(action_id)
            totals[action_id] = (
                ActionTotal(row.total, row.p95_ms, row.p99_ms)
                if before is None
                else ActionTotal(before.executions + row.total)
            )
        return totals

    def hourly_executions(
        self, action_ids: Sequence[str], since: datetime, until: datetime
    ) -> dict[str, dict[float, int]]:
        """Return executions by action id and hour (its start in Unix seconds) in [since, until).

        One call for 10 actions; of more, first one that tells which are executed at all. Hours without
        executions are absent.
        """
        if len(action_ids) > MAX_ACTIONS:
            totals = self.execution_totals(since, until)
            action_ids = [action_id for action_id in action_ids if totals.get(action_id)]
        found: dict[str, dict[float, int]] = {}
        for start in range(0, len(action_ids), MAX_ACTIONS):
            some = action_ids[start : start + MAX_ACTIONS]
            for row in ask(self._api, AggregateQuery(since, until, action_ids=some, granularity=HOURLY)):
                hours = found.setdefault(row.group["actionId"], {})
                begins = begin_of(row.interval)
                if since.timestamp() <= begins < until.timestamp():
                    hours[begins] = hours.get(begins, 0) + row.total
        return found

    def execution_counts(
        self,
        action_id: str,
        since: datetime,
        until: datetime,
        ranges: Sequence[DurationRange],
        *,
        granularity: str = HOURLY,
    ) -> tuple[IntervalCounts, ...]:
        """Return an action's executions for each interval of `granularity` in [since, until).

        As many calls as the ranges need: one where nothing took longer than the first of them, and at most
        one for every 10 bounds. Intervals without executions are absent.
        """
        ways = self.analytics
        bounds = {bound for one in ranges for bound in (one.from_ms, one.to_ms) if bound}
        wanted = sorted(bounds)
        below: dict[int, dict[Hashable, int]] = {}
        rows: dict[_Key, AggregateRow] = {}
        thresholds = next_thresholds(wanted, below, ways.views_per_query)
        while thresholds or not rows:
            query = AggregateQuery(
                since, until, ("actionId", *ways.group_by), [action_id], granularity, thresholds
            )
            now = _by_ending(ask(self._api, query), ways)
            rows.update(now)
            if not rows:
                return ()
            for threshold in thresholds:
                below[threshold] = {key: row.below[threshold] for key, row in now.items()}
            thresholds = next_thresholds(wanted, below, ways.views_per_query)
        filled = {key: below_each(wanted, below, key) for key in rows}
        return tuple(
            _interval(interval, ranges, rows, filled)
            for interval in sorted({interval for interval, _ in rows})
        )


_Key = tuple[str, Ending]


def _by_ending(rows: Iterable[AggregateRow], ways: AnalyticsWays) -> dict[_Key, AggregateRow]:
    """The rows of each interval and ending, added up."""
    found: dict[_Key, AggregateRow] = {}
    for row in rows:
        key = (row.interval, ways.ending(row.group))
        found[key] = row if key not in found else _together([found[key], row])
    return found


def _together(rows: Sequence[AggregateRow]) -> AggregateRow:
    """Several rows of one interval as one; percentiles do not add up."""
    if len(rows) == 1:
        return rows[0]
    shortest = [row.min_ms for row in rows if row.min_ms is not None]
    longest = [row.max_ms for row in rows if row.max_ms is not None]
    return AggregateRow(
        group={},
        interval=rows[0].interval,
        total=sum(row.total for row in rows),
        min_ms=min(shortest, default=None),
        max_ms=max(longest, default=None),
        p95_ms=None,
        p99_ms=None,
        below={bound: sum(row.below.get(bound, 0) for row in rows) for bound in rows[0].below},
    )


def _interval(
    interval: str,
    ranges: Sequence[DurationRange],
    rows: Mapping[_Key, AggregateRow],
    below: Mapping[_Key, Mapping[int, int]],
) -> IntervalCounts:
    of_all = _together([row for (of, _), row in rows.items() if of == interval])
    failed: tuple[int, ...] = ()
    if (failures := rows.get((interval, "failed"))) is not None:
        within = [max(count, 0) for count in _counts(ranges, failures, below[interval, "failed"])]
        failed = (*within, max(failures.total - sum(within), 0))
    ended = rows.get((interval, "ended"))
    return IntervalCounts(
        interval=interval,
        total=of_all.total,
        counts=(0,) * len(ranges) if ended is None else _counts(ranges, ended, below[interval, "ended"]),
        max_ms=of_all.max_ms,
        failed=failed,
    )


def _counts(ranges: Sequence[DurationRange], row: AggregateRow, below: Mapping[int, int]) -> tuple[int, ...]:
    return tuple(
        (row.total if one.to_ms is None else below[one.to_ms]) - below.get(one.from_ms, 0) for one in ranges
    )
