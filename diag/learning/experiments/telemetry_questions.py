"""What the analytics of data actions take and tell: views, percentiles, words for errors, how late it is."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from diag.genesys.analytics.aggregate_query import METRIC, QUERY, begin_of
from diag.genesys.api_errors import RefusedRequestError
from diag.genesys.replies.json_reply import (
    JsonObject,
    objects,
    optional_number,
    optional_object,
    optional_text,
)
from diag.genesys.replies.moments import interval_of
from diag.learning.lab.experiment import Found, Learning
from diag.learning.lab.lab import Lab
from diag.platform_facts.fact_kinds import MOST_TEXTS, is_code

_DAY_S: Final = 86_400.0
_LOOK_S: Final = 7200.0
_MINUTES_TO_TELL: Final = 30
"""So many of the last 120 minutes must hold executions: else the newest of them says nothing of a lag."""
_VIEWS: Final = (10, 20, 50)
_FEWER_VIEWS: Final = (5, 1)
LAGS_S: Final = (0, 300, 600, 900, 1800, 3600, 7200, 14_400, 86_400)
"""A lag is told as the largest of these that the newest data are older than: they are read by the minute, and
executions do not come every second."""


def views_and_percentiles(lab: Lab) -> Learning:
    """Ask for the last day with 10 views, then more of them; look whether p95 and p99 are filled."""
    taken, reply = _most_views(lab)
    if reply is None:
        return Learning("not learnt: a query with one view was refused")
    how = f"a query with {taken} views was taken" + ("" if taken == _VIEWS[-1] else ", one with more refused")
    found = [Found("views_per_query", taken, how)]
    stats = [stats for _, _, stats in rows_of(reply) if executions(stats)]
    if not stats:
        return Learning(
            f"{taken} views a query; the last day holds no execution to see p95 and p99 of", (found[0],)
        )
    filled = all(optional_number(one, name) is not None for one in stats for name in ("p95", "p99"))
    found.append(Found("analytics_percentiles", filled, "executions of the last day"))
    return Learning(f"{taken} views a query, p95 and p99 {'filled' if filled else 'left out'}", tuple(found))


def words_for_errors(lab: Lab) -> Learning:
    """Ask by which words the last day's executions are told apart."""
    now = lab.unix()
    reply = lab.client.ask_telemetry(query_body(now - _DAY_S, now, group_by=("errorType", "responseStatus")))
    groups = [group for group, _, _ in rows_of(reply)]
    if not groups:
        return Learning("not learnt: the last day holds no execution")
    types, statuses = (
        tuple(sorted({word for group in groups if (word := safe_word(group, name))}))[:MOST_TEXTS]
        for name in ("errorType", "responseStatus")
    )
    how = "executions of the last day"
    text = f"errorType: {', '.join(types) or 'none'}; responseStatus: {', '.join(statuses) or 'none'}"
    return Learning(
        text, (Found("analytics_error_types", types, how), Found("analytics_statuses", statuses, how))
    )


def how_late(lab: Lab) -> Learning:
    """Ask for the last two hours by the minute: how old are the newest executions?"""
    now = lab.unix()
    reply = lab.client.ask_telemetry(query_body(now - _LOOK_S, now, granularity="PT1M"))
    begins = {begin_of(interval) for _, interval, stats in rows_of(reply) if executions(stats)}
    if len(begins) < _MINUTES_TO_TELL:
        return Learning(
            f"not learnt: only {len(begins)} of the last 120 minutes hold executions, too few to tell"
        )
    age_s = now - max(begins)
    lag_s = told_lag(age_s)
    how = "the newest of executions that come nearly every minute"
    return Learning(f"the newest data are {age_s:.0f} s old", (Found("analytics_lag_s", lag_s, how),))


def _most_views(lab: Lab) -> tuple[int, JsonObject | None]:
    """The most views that a query of the last day takes, and its reply; None where even one is refused."""
    now = lab.unix()

    def asked(views: int) -> JsonObject | None:
        try:
            return lab.client.ask_telemetry(query_body(now - _DAY_S, now, views=views))
        except RefusedRequestError:
            return None

    taken, best = 0, None
    for views in _VIEWS:
        reply = asked(views)
        if reply is None:
            break
        taken, best = views, reply
    for views in _FEWER_VIEWS if best is None else ():
        best = asked(views)
        if best is not None:
            return views, best
    return taken, best


def told_lag(age_s: float) -> int:
    """Return the lag by which data of this age are told."""
    return max((lag_s for lag_s in LAGS_S if lag_s <= age_s), default=0)


def query_body(
    since: float,
    until: float,
    *,
    group_by: Sequence[str] = (),
    action_id: str | None = None,
    granularity: str | None = None,
    views: int = 0,
) -> JsonObject:
    """Return a query of executions between two moments (Unix seconds), of one action or of all."""
    asked = interval_of(datetime.fromtimestamp(since, UTC), datetime.fromtimestamp(until, UTC))
    body: JsonObject = {"interval": asked, "metrics": [METRIC]}
    if group_by:
        body["groupBy"] = list(group_by)
    if granularity is not None:
        body["granularity"] = granularity
    if action_id is not None:
        about = {"type": "dimension", "dimension": "actionId", "operator": "matches", "value": action_id}
        body["filter"] = {"type": "and", "predicates": [about]}
    if views:
        body["views"] = [
            {
                "target": METRIC,
                "name": f"v{at}",
                "function": "rangeBound",
                "range": {"gte": 0, "lt": at * 1000},
            }
            for at in range(1, views + 1)
        ]
    return body


def rows_of(reply: JsonObject) -> Iterator[tuple[Mapping[str, str], str, JsonObject]]:
    """Yield the group, the interval and the statistics of each entry of an answer."""
    where = f"POST {QUERY}"
    for result in objects(reply.get("results") or [], where):
        group = {
            name: value for name, value in optional_object(result, "group").items() if isinstance(value, str)
        }
        for data in objects(result.get("data") or [], where):
            for metric in objects(data.get("metrics") or [], where):
                if metric.get("metric") == METRIC:
                    yield group, optional_text(data, "interval") or "", optional_object(metric, "stats")


def executions(stats: JsonObject) -> int:
    """Return how many executions statistics are of."""
    return int(optional_number(stats, "count") or 0)


def safe_word(group: Mapping[str, str], dimension: str) -> str | None:
    """Return the word of a group if it looks like a code: free text could name something of the org."""
    word = group.get(dimension, "")
    return word if is_code(word) else None
