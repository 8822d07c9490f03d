"""Production telemetry of actions: how many executions fell between two durations.

`POST /api/v2/analytics/actions/aggregates/query`, metric `tTotalExecution` (milliseconds), `rangeBound`
views (docs/genesys-api.md, "Analytics"). A query may hold at most 10 views.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from diag.genesys.api_errors import UnexpectedReplyError
from diag.genesys.http.api import Api
from diag.genesys.replies.json_reply import (
    JsonObject,
    objects,
    optional_number,
    optional_object,
    optional_text,
)

QUERY: Final = "/api/v2/analytics/actions/aggregates/query"
METRIC: Final = "tTotalExecution"
MAX_VIEWS: Final = 10
MAX_ACTIONS: Final = 10
"""Actions asked about in one query by the hour: four weeks of them are a reply of under 2 MB."""
NEEDS: Final = ("integrations:action:view", "bridge:actions:view")
"""Not an analytics permission (SDK, Splunk add-on)."""


@dataclass(frozen=True, slots=True)
class DurationRange:
    """Durations `from_ms` (included) to `to_ms` (excluded), milliseconds; None: no upper end."""

    from_ms: int
    to_ms: int | None


@dataclass(frozen=True, slots=True)
class IntervalCounts:
    """Executions of one action in one interval (ISO/ISO).

    The statistics are the platform's (None: not sent); `counts` has one number per range asked for.
    """

    interval: str
    total: int
    counts: tuple[int, ...]
    min_ms: float | None
    max_ms: float | None
    p95_ms: float | None
    p99_ms: float | None


class TelemetryRequests:
    """The part of the client that asks for production telemetry."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def execution_totals(self, since: datetime, until: datetime) -> dict[str, int]:
        """Return how often each action was executed in [since, until), by action id; one call."""
        query: JsonObject = {
            "interval": f"{_iso(since)}/{_iso(until)}",
            "groupBy": ["actionId"],
            "metrics": [METRIC],
        }
        reply = self._api.query(QUERY, query, needs=NEEDS)
        totals: dict[str, int] = {}
        for result in objects(reply.get("results") or [], f"POST {QUERY}"):
            action_id = optional_text(optional_object(result, "group"), "actionId") or ""
            for _, stats, _ in _rows({"results": [result]}, 0):
                totals[action_id] = totals.get(action_id, 0) + int(optional_number(stats, "count") or 0)
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
            query: JsonObject = {
                "interval": f"{_iso(since)}/{_iso(until)}",
                "granularity": "PT1H",
                "groupBy": ["actionId"],
                "metrics": [METRIC],
                "filter": {"type": "or", "predicates": _about(action_ids[start : start + MAX_ACTIONS])},
            }
            reply = self._api.query(QUERY, query, needs=NEEDS)
            for result in objects(reply.get("results") or [], f"POST {QUERY}"):
                action_id = optional_text(optional_object(result, "group"), "actionId") or ""
                hours = found.setdefault(action_id, {})
                for interval, stats, _ in _rows({"results": [result]}, 0):
                    begins = begin_of(interval)
                    if since.timestamp() <= begins < until.timestamp():
                        hours[begins] = hours.get(begins, 0) + int(optional_number(stats, "count") or 0)
        return found

    def execution_counts(
        self,
        action_id: str,
        since: datetime,
        until: datetime,
        ranges: Sequence[DurationRange],
        *,
        granularity: str = "PT1H",
    ) -> tuple[IntervalCounts, ...]:
        """Return an action's executions for each interval of `granularity` in [since, until).

        `ranges` of any number: every 10 of them are one call. Intervals without executions are absent.
        """
        collected: dict[str, list[int]] = {}
        totals: dict[str, JsonObject] = {}
        for start in range(0, max(len(ranges), 1), MAX_VIEWS):
            part = ranges[start : start + MAX_VIEWS]
            reply = self._api.query(
                QUERY,
                _query(action_id, since, until, part, granularity),
                needs=NEEDS,
            )
            for interval, stats, counts in _rows(reply, len(part)):
                row = collected.setdefault(interval, [0] * len(ranges))
                for at, count in enumerate(counts):
                    row[start + at] += count
                totals[interval] = stats
        return tuple(
            IntervalCounts(
                interval=interval,
                total=int(optional_number(totals[interval], "count") or 0),
                counts=tuple(collected[interval]),
                min_ms=optional_number(totals[interval], "min"),
                max_ms=optional_number(totals[interval], "max"),
                p95_ms=optional_number(totals[interval], "p95"),
                p99_ms=optional_number(totals[interval], "p99"),
            )
            for interval in sorted(collected)
        )


def _query(
    action_id: str, since: datetime, until: datetime, ranges: Sequence[DurationRange], granularity: str
) -> JsonObject:
    views: list[JsonObject] = []
    for at, wanted in enumerate(ranges):
        bounds: JsonObject = {"gte": wanted.from_ms}
        if wanted.to_ms is not None:
            bounds["lt"] = wanted.to_ms
        views.append({"target": METRIC, "name": f"r{at}", "function": "rangeBound", "range": bounds})
    return {
        "interval": f"{_iso(since)}/{_iso(until)}",
        "granularity": granularity,
        "groupBy": ["actionId"],
        "metrics": [METRIC],
        "filter": {"type": "and", "predicates": _about([action_id])},
        "views": views,
    }


def _about(action_ids: Sequence[str]) -> list[JsonObject]:
    """One predicate for each action."""
    matches = {"type": "dimension", "dimension": "actionId", "operator": "matches"}
    return [{**matches, "value": action_id} for action_id in action_ids]


def _rows(reply: JsonObject, views: int) -> list[tuple[str, JsonObject, list[int]]]:
    where = f"POST {QUERY}"
    rows = []
    for result in objects(reply.get("results") or [], where):
        for data in objects(result.get("data") or [], where):
            counts = [0] * views
            for view in objects(data.get("views") or [], where):
                name = optional_text(view, "name") or ""
                if name[1:].isdigit() and int(name[1:]) < views:
                    counts[int(name[1:])] = int(optional_number(optional_object(view, "stats"), "count") or 0)
            metrics = objects(data.get("metrics") or [], where)
            stats = next((optional_object(m, "stats") for m in metrics if m.get("metric") == METRIC), {})
            rows.append((optional_text(data, "interval") or "", stats, counts))
    return rows


def begin_of(interval: str) -> float:
    """Return when an interval (ISO/ISO) begins, Unix seconds. Raises UnexpectedReplyError."""
    try:
        moment = datetime.fromisoformat(interval.split("/")[0])
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise UnexpectedReplyError(f"The reply of POST {QUERY} has an interval that is not a time.") from None


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
