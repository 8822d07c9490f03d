"""One question to the analytics of actions, and its reply row by row.

`POST /api/v2/analytics/actions/aggregates/query`, metric `tTotalExecution` (milliseconds), `rangeBound` views
(docs/genesys-api.md, "Analytics").
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from diag.genesys.http.api import Api
from diag.genesys.replies.json_reply import (
    JsonObject,
    objects,
    optional_number,
    optional_object,
    optional_text,
)
from diag.genesys.replies.moments import interval_of, unix_seconds

QUERY: Final = "/api/v2/analytics/actions/aggregates/query"
METRIC: Final = "tTotalExecution"
HOURLY: Final = "PT1H"
NEEDS: Final = ("integrations:action:view", "bridge:actions:view")
"""Not an analytics permission (SDK, Splunk add-on)."""
_WHERE: Final = f"POST {QUERY}"


@dataclass(frozen=True, slots=True)
class AggregateQuery:
    """Executions in [since, until), of all actions where none is named.

    `below_ms`: how many took less than each of these, one view for each.
    """

    since: datetime
    until: datetime
    group_by: Sequence[str] = ("actionId",)
    action_ids: Sequence[str] = ()
    granularity: str | None = None
    below_ms: Sequence[int] = ()

    def to_json(self) -> JsonObject:
        """Return the request's body."""
        body: JsonObject = {
            "interval": interval_of(self.since, self.until),
            "groupBy": list(self.group_by),
            "metrics": [METRIC],
        }
        if self.granularity is not None:
            body["granularity"] = self.granularity
        if self.action_ids:
            matches = {"type": "dimension", "dimension": "actionId", "operator": "matches"}
            predicates = [{**matches, "value": action_id} for action_id in self.action_ids]
            body["filter"] = {"type": "and" if len(predicates) == 1 else "or", "predicates": predicates}
        if self.below_ms:
            body["views"] = [
                {"target": METRIC, "name": f"lt{ms}", "function": "rangeBound", "range": {"lt": ms}}
                for ms in self.below_ms
            ]
        return body


@dataclass(frozen=True, slots=True)
class AggregateRow:
    """One group's executions in one interval (ISO/ISO).

    The statistics are the platform's (ms; None: not sent); `below` has the count of each view by its bound,
    0 where the reply left it out.
    """

    group: Mapping[str, str]
    interval: str
    total: int
    min_ms: float | None
    max_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    below: Mapping[int, int]


def ask(api: Api, query: AggregateQuery) -> Iterator[AggregateRow]:
    """Yield the rows of the reply. Raises ApiError."""
    reply = api.query(QUERY, query.to_json(), needs=NEEDS)
    for result in objects(reply.get("results") or [], _WHERE):
        raw = optional_object(result, "group")
        group = {name: optional_text(raw, name) or "" for name in query.group_by}
        for data in objects(result.get("data") or [], _WHERE):
            yield _row(group, data, query.below_ms)


def _row(group: Mapping[str, str], data: JsonObject, below_ms: Sequence[int]) -> AggregateRow:
    by_name = {f"lt{ms}": ms for ms in below_ms}
    below = dict.fromkeys(below_ms, 0)
    for view in objects(data.get("views") or [], _WHERE):
        bound = by_name.get(optional_text(view, "name") or "")
        if bound is not None:
            below[bound] = int(optional_number(optional_object(view, "stats"), "count") or 0)
    metrics = objects(data.get("metrics") or [], _WHERE)
    stats = next((optional_object(one, "stats") for one in metrics if one.get("metric") == METRIC), {})
    return AggregateRow(
        group=group,
        interval=optional_text(data, "interval") or "",
        total=int(optional_number(stats, "count") or 0),
        min_ms=optional_number(stats, "min"),
        max_ms=optional_number(stats, "max"),
        p95_ms=optional_number(stats, "p95"),
        p99_ms=optional_number(stats, "p99"),
        below=below,
    )


def begin_of(interval: str) -> float:
    """Return when an interval (ISO/ISO) begins, Unix seconds. Raises UnexpectedReplyError."""
    return _begin(interval.split("/")[0])


@lru_cache(maxsize=1024)  # thousands of rows share the 744 hours that are read at most
def _begin(moment: str) -> float:
    return unix_seconds(moment, _WHERE, "an interval")
