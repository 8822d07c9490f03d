"""A query of the analytics, checked: metric tTotalExecution, rangeBound views.

The body of POST /api/v2/analytics/actions/aggregates/query.
Values of `responseStatus` and `errorType`, the lag and what a query may ask of the real service are unknown:
`diag/sandbox/world/switches.py` has a switch for each. So is the retention; here it has no end.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple, TypeVar

from diag.sandbox.iso_moments import iso, read_interval
from diag.sandbox.reply_bodies import JsonObject, JsonValue, bad_request
from diag.sandbox.world.switches import AnalyticsSwitches

METRIC: Final = "tTotalExecution"
DIMENSIONS: Final = (
    "actionCategory",
    "actionId",
    "actionName",
    "correlationId",
    "errorType",
    "integrationId",
    "integrationName",
    "responseStatus",
)
_CORRELATION: Final = "correlationId"
_SHARED: Final = tuple(name for name in DIMENSIONS if name != _CORRELATION)
_MAX_BUCKETS: Final = 100_000
_PERIOD: Final = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


_Entry = TypeVar("_Entry")

Dimensions = tuple[str, ...]
"""What an execution shares with others: every dimension but its correlation id."""


def dimensions(named: Mapping[str, str]) -> Dimensions:
    """Return the dimensions with these names and values."""
    return tuple(named[name] for name in _SHARED)


class ExecutionRow(NamedTuple):
    """One execution: Unix seconds, duration, what it shares with others, and its own id."""

    at: float
    duration_ms: float
    shared: Dimensions
    correlation_id: str


@dataclass(frozen=True, slots=True)
class DurationView:
    """Durations from `gte` (included) up to `lt` (excluded), ms."""

    name: str
    gte: float
    lt: float


@dataclass(frozen=True, slots=True)
class AnalyticsQuery:
    """A checked query."""

    since: float
    until: float
    step_s: float
    group_by: tuple[str, ...]
    filter: JsonObject
    views: tuple[DurationView, ...]

    def may_want(self, action_id: str) -> bool:
        """Whether an execution of this action may pass the filter; false spares making up its past."""
        named = [p for p in _objects(self.filter, "predicates") if p.get("dimension") == "actionId"]
        if not named or any(p.get("operator", "matches") != "matches" for p in named):
            return True
        of_others_too = self.filter.get("type") == "or" and (
            len(named) < len(_objects(self.filter, "predicates")) or bool(self.filter.get("clauses"))
        )
        return of_others_too or any(p.get("value") == action_id for p in named)

    def interval_of(self, bucket: float) -> str:
        """Return the interval of a bucket, the first of which is 0."""
        start = self.since + bucket * self.step_s
        return f"{iso(start)}/{iso(min(start + self.step_s, self.until))}"

    @property
    def tells_executions_apart(self) -> bool:
        """Whether it asks for correlation ids; to those that do not, all executions of a kind are alike."""
        return _CORRELATION in self.group_by or _CORRELATION in _asked_for(self.filter)

    def group_of(self) -> Callable[[ExecutionRow], tuple[str, ...] | None]:
        """Return what gives the group of an execution; None for one that does not pass the filter."""

        def group(shared: Dimensions, correlation_id: str) -> tuple[str, ...] | None:
            named = {_CORRELATION: correlation_id, **dict(zip(_SHARED, shared, strict=True))}
            if self.filter and not _matches(self.filter, named):
                return None
            return tuple(named[name] for name in self.group_by)

        alike = cache(lambda shared: group(shared, ""))
        if not self.tells_executions_apart:
            return lambda row: alike(row.shared)
        if _CORRELATION in _asked_for(self.filter) or self.group_by.count(_CORRELATION) > 1:
            return lambda row: group(row.shared, row.correlation_id)
        at = self.group_by.index(_CORRELATION)

        def of_one(row: ExecutionRow) -> tuple[str, ...] | None:
            others = alike(row.shared)
            return None if others is None else (*others[:at], row.correlation_id, *others[at + 1 :])

        return of_one


def read_query(body: JsonObject, switches: AnalyticsSwitches) -> AnalyticsQuery:
    """Return the query of a request body. Raises ErrorReply 400 for one that the platform would refuse."""
    since, until = read_interval(body.get("interval"))
    if not since < until:
        raise bad_request("interval must end after it starts.")
    granularity = body.get("granularity")
    step_s = until - since if granularity is None else _period_s(granularity)
    if (until - since) / step_s > _MAX_BUCKETS:
        raise bad_request("granularity is too fine for the interval.")
    metrics = _texts(body, "metrics")
    if any(metric != METRIC for metric in metrics):
        raise bad_request(f"metrics must be {METRIC}.")
    group_by = _texts(body, "groupBy")
    if any(name not in DIMENSIONS for name in group_by):
        raise bad_request(f"groupBy must be of {', '.join(DIMENSIONS)}.")
    if "correlationId" in group_by and not switches.by_correlation:
        raise bad_request("groupBy does not take correlationId.")
    wanted = body.get("filter")
    if wanted is not None and not isinstance(wanted, dict):
        raise bad_request("filter must be an object.")
    _check_filter(wanted or {})
    views = tuple(_view(view) for view in _objects(body, "views"))
    if len(views) > switches.views_per_query:
        raise bad_request(f"You are currently limited to {switches.views_per_query} views.")
    if len({view.name for view in views}) < len(views):
        raise bad_request("views must have different names.")
    return AnalyticsQuery(since, until, step_s, tuple(group_by), wanted or {}, views)


def _asked_for(wanted: JsonObject) -> Iterator[str]:
    """Yield the dimensions that a filter looks at."""
    yield from (str(predicate["dimension"]) for predicate in _objects(wanted, "predicates"))
    for clause in _objects(wanted, "clauses"):
        yield from _asked_for(clause)


def _matches(wanted: JsonObject, named: Mapping[str, str]) -> bool:
    verdicts = [_holds(predicate, named) for predicate in _objects(wanted, "predicates")]
    verdicts += [_matches(clause, named) for clause in _objects(wanted, "clauses")]
    if not verdicts:
        return True
    return any(verdicts) if wanted.get("type") == "or" else all(verdicts)


def _holds(predicate: JsonObject, named: Mapping[str, str]) -> bool:
    value = named[str(predicate["dimension"])]
    operator = predicate.get("operator", "matches")
    if operator == "matches":
        return value == predicate.get("value")
    return bool(value) == (operator == "exists")


def _check_filter(wanted: JsonObject) -> None:
    if wanted.get("type", "and") not in ("and", "or"):
        raise bad_request("filter.type must be and, or or.")
    for predicate in _objects(wanted, "predicates"):
        if predicate.get("dimension") not in DIMENSIONS:
            raise bad_request(f"filter.predicates.dimension must be one of {', '.join(DIMENSIONS)}.")
        if predicate.get("operator", "matches") not in ("matches", "exists", "notExists"):
            raise bad_request("filter.predicates.operator must be matches, exists or notExists.")
    for clause in _objects(wanted, "clauses"):
        _check_filter(clause)


def _view(view: JsonObject) -> DurationView:
    name, bounds = view.get("name"), view.get("range")
    if not isinstance(name, str) or not name:
        raise bad_request("views.name must be text.")
    if view.get("target") != METRIC or view.get("function") != "rangeBound":
        raise bad_request(f"views take the target {METRIC} and the function rangeBound.")
    if not isinstance(bounds, dict) or not bounds.keys() & {"gte", "lt"}:
        raise bad_request("views.range must have gte or lt.")
    return DurationView(name, _bound(bounds.get("gte"), -math.inf), _bound(bounds.get("lt"), math.inf))


def _bound(value: JsonValue, default: float) -> float:
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise bad_request("views.range bounds must be numbers.")
    return float(value)


def _objects(body: JsonObject, key: str) -> list[JsonObject]:
    return _list_of(dict, body, key, "objects")


def _texts(body: JsonObject, key: str) -> list[str]:
    return _list_of(str, body, key, "text")


def _list_of(kind: type[_Entry], body: JsonObject, key: str, named: str) -> list[_Entry]:
    value = body.get(key)
    if value is None:
        return []
    if isinstance(value, list):
        entries = [item for item in value if isinstance(item, kind)]
        if len(entries) == len(value):
            return entries
    raise bad_request(f"{key} must be a list of {named}.")


def _period_s(value: JsonValue) -> float:
    period = _PERIOD.fullmatch(value) if isinstance(value, str) and len(value) < 40 else None
    if period is None or not any(period.groups()):
        raise bad_request("granularity must be an ISO 8601 period such as PT1H.")
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in period.groups())
    period_s = ((weeks * 7 + days) * 24 + hours) * 3600.0 + minutes * 60 + seconds
    if period_s <= 0:
        raise bad_request("granularity must be longer than zero.")
    return period_s
