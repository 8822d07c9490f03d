"""What an aggregates query finds: its executions by group and interval, with the statistics of each."""

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache

from diag.sandbox.executions.analytics_query import METRIC, AnalyticsQuery, DurationView, ExecutionRow
from diag.sandbox.reply_bodies import JsonObject, JsonValue, bad_request
from diag.sandbox.world.switches import AnalyticsSwitches


def query_result(
    query: AnalyticsQuery, rows: Iterable[ExecutionRow], switches: AnalyticsSwitches
) -> JsonObject:
    """The AggregateQueryResponse for `rows`, of which the query picks its own.

    Raises ErrorReply 400 where they make more groups than a query may have.
    """
    groups: defaultdict[tuple[str, ...], defaultdict[float, list[float]]]
    groups = defaultdict(lambda: defaultdict(list))
    group_of, since, until, step_s = query.group_of(), query.since, query.until, query.step_s
    for row in rows:
        at, duration_ms = row[:2]
        if since <= at < until and (group := group_of(row)) is not None:
            bucket = (at - since) // step_s
            groups[group][bucket].append(duration_ms)
    keys, most = sorted(groups), switches.most_groups
    if most and len(keys) > most:
        if switches.over_groups == "refused":
            raise bad_request(f"The query has more than {most} groups.")
        keys = keys[:most]
    interval_of = cache(query.interval_of)
    results: list[JsonValue] = []
    for key in keys:
        data: list[JsonValue] = [
            {"interval": interval_of(bucket), **_measured(query, sorted(durations_ms), switches)}
            for bucket, durations_ms in sorted(groups[key].items())
        ]
        results.append({"group": dict(zip(query.group_by, key, strict=True)), "data": data})
    return {"results": results}


def _measured(
    query: AnalyticsQuery, durations_ms: Sequence[float], switches: AnalyticsSwitches
) -> JsonObject:
    """Return the statistics of a bucket's sorted durations, and those of each view of them."""
    wire: JsonObject = {"metrics": [{"metric": METRIC, "stats": _stats(durations_ms, switches.percentiles)}]}
    if query.views:
        wire["views"] = [
            {"name": view.name, "stats": _stats(_within(durations_ms, view), switches.percentiles)}
            for view in query.views
        ]
    return wire


def _within(durations_ms: Sequence[float], view: DurationView) -> Sequence[float]:
    """Return those of sorted durations that the view holds."""
    return durations_ms[bisect_left(durations_ms, view.gte) : bisect_left(durations_ms, view.lt)]


def _stats(durations_ms: Sequence[float], percentiles: bool) -> JsonObject:
    """StatisticalSummary of sorted durations; only a count when there are none."""
    if not durations_ms:
        return {"count": 0}
    stats: JsonObject = {
        "count": len(durations_ms),
        "min": round(durations_ms[0], 1),
        "max": round(durations_ms[-1], 1),
        "sum": round(math.fsum(durations_ms), 1),
    }
    if percentiles:
        stats["p95"] = round(_quantile(durations_ms, 0.95))
        stats["p99"] = round(_quantile(durations_ms, 0.99))
    return stats


def _quantile(durations_ms: Sequence[float], level: float) -> float:
    return durations_ms[max(math.ceil(level * len(durations_ms)) - 1, 0)]
