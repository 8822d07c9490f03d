"""The aggregates query: what it counts, and what it refuses."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.sandbox.executions.analytics_query import (
    DIMENSIONS,
    METRIC,
    ExecutionRow,
    dimensions,
    read_query,
)
from diag.sandbox.executions.analytics_result import query_result
from diag.sandbox.reply_bodies import ErrorReply
from diag.sandbox.world.switches import AnalyticsSwitches

START = datetime(2026, 7, 1, tzinfo=UTC).timestamp()
DAY = "2026-07-01T00:00:00Z/2026-07-02T00:00:00Z"
BASE: dict[str, Any] = {"interval": DAY, "granularity": "PT1H", "metrics": [METRIC]}
USUAL = AnalyticsSwitches()


def row(minute: float, duration_ms: float, action: str = "a", status: str = "200") -> ExecutionRow:
    own = dict.fromkeys(DIMENSIONS, "") | {"actionId": action, "responseStatus": status}
    return ExecutionRow(START + minute * 60, duration_ms, dimensions(own), "")


def view(name: str, **bounds: Any) -> dict[str, Any]:
    return {"target": METRIC, "name": name, "function": "rangeBound", "range": bounds}


def ask(rows: list[ExecutionRow], switches: AnalyticsSwitches = USUAL, **query: Any) -> list[dict[str, Any]]:
    results: Any = query_result(read_query({**BASE, **query}, switches), rows, switches)["results"]
    return list(results)


def test_hours_groups_and_views() -> None:
    rows = [row(5, 120.0), row(6, 900.0), row(61, 7800.0), row(7, 50.0, "b", "504")]
    results = ask(rows, groupBy=["actionId"], views=[view("fast", gte=0, lt=900), view("rest", gte=900)])
    assert [result["group"] for result in results] == [{"actionId": "a"}, {"actionId": "b"}]
    first, second = results[0]["data"]
    assert first["interval"] == "2026-07-01T00:00:00.000Z/2026-07-01T01:00:00.000Z"
    assert first["metrics"] == [
        {
            "metric": METRIC,
            "stats": {"count": 2, "min": 120.0, "max": 900.0, "sum": 1020.0, "p95": 900, "p99": 900},
        }
    ]
    assert [v["stats"]["count"] for v in first["views"]] == [1, 1]
    assert [v["stats"]["count"] for v in second["views"]] == [0, 1]


def test_without_granularity_the_interval_is_one() -> None:
    (result,) = ask([row(5, 1.0), row(900, 2.0)], granularity=None)
    assert [data["interval"] for data in result["data"]] == [
        "2026-07-01T00:00:00.000Z/2026-07-02T00:00:00.000Z"
    ]


def test_filters_nest() -> None:
    def is_(dimension: str, value: str | None, operator: str = "matches") -> dict[str, Any]:
        return {"type": "dimension", "dimension": dimension, "operator": operator, "value": value}

    rows = [row(1, 1.0), row(1, 1.0, "b"), row(1, 1.0, "b", "504"), row(1, 1.0, "c")]
    either = {"type": "or", "predicates": [is_("actionId", "a"), is_("actionId", "b")]}
    wanted = {"type": "and", "predicates": [is_("responseStatus", "200")], "clauses": [either]}
    results = ask(rows, filter=wanted, groupBy=["actionId", "responseStatus"])
    assert [result["group"]["actionId"] for result in results] == ["a", "b"]
    assert ask(rows, filter={"type": "and", "predicates": [is_("errorType", None, "exists")]}) == []


def test_rows_outside_the_interval_do_not_count() -> None:
    assert ask([row(-1, 1.0), row(24 * 60, 1.0)]) == []


@given(
    st.lists(st.tuples(st.floats(0, 1439), st.floats(0, 60_000)), max_size=60),
    st.lists(st.integers(1, 59_999), unique=True, min_size=1, max_size=8).map(sorted),
)
def test_adjoining_views_share_out_every_execution(
    points: list[tuple[float, float]], edges: list[int]
) -> None:
    bounds = [{"lt": edges[0]}, *({"gte": a, "lt": b} for a, b in pairwise(edges)), {"gte": edges[-1]}]
    views = [view(f"v{i}", **bound) for i, bound in enumerate(bounds)]
    for result in ask([row(*point) for point in points], views=views):
        for data in result["data"]:
            total = data["metrics"][0]["stats"]["count"]
            assert sum(v["stats"]["count"] for v in data["views"]) == total


@pytest.mark.parametrize(
    "change",
    [
        {"interval": "yesterday"},
        {"interval": "2026-07-02/2026-07-01"},
        {"interval": None},
        {"granularity": "1h"},
        {"granularity": "PT0S"},
        {"granularity": "PT"},
        {"granularity": 5},
        {"interval": "1990-01-01/2026-07-01", "granularity": "PT1S"},
        {"metrics": ["nAction"]},
        {"metrics": "tTotalExecution"},
        {"groupBy": ["colour"]},
        {"groupBy": [1]},
        {"filter": []},
        {"filter": {"type": "not"}},
        {"filter": {"predicates": [{"dimension": "colour"}]}},
        {"filter": {"predicates": [{"dimension": "actionId", "operator": "like"}]}},
        {"filter": {"clauses": [{"predicates": ["x"]}]}},
        {"views": [view("a", gte=0), view("a", lt=5)]},
        {"views": [view("a")]},
        {"views": [view("a", gte="0")]},
        {"views": [{**view("a", gte=0), "function": "top"}]},
        {"views": {}},
        {"views": [view(f"v{i}", gte=i) for i in range(11)]},
    ],
)
def test_a_query_that_makes_no_sense_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ErrorReply) as caught:
        read_query({**BASE, **change}, USUAL)
    assert caught.value.status == 400


def _filters(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    predicate = st.fixed_dictionaries(
        {
            "dimension": st.sampled_from(["actionId", "responseStatus"]),
            "operator": st.sampled_from(["matches", "exists", "notExists"]),
            "value": st.sampled_from(["a", "b", "200"]),
        }
    )
    return st.fixed_dictionaries(
        {"type": st.sampled_from(["and", "or"])},
        optional={"predicates": st.lists(predicate, max_size=3), "clauses": st.lists(inner, max_size=2)},
    )


@given(_filters(_filters(st.just({"type": "and"}))), st.sampled_from("abc"))
def test_no_execution_that_a_filter_wants_is_spared(wanted: dict[str, Any], action: str) -> None:
    query = read_query({**BASE, "filter": wanted}, USUAL)
    if query.group_of()(row(5, 1.0, action)) is not None:
        assert query.may_want(action)


def execution(correlation_id: str, duration_ms: float) -> ExecutionRow:
    own = dict.fromkeys(DIMENSIONS, "") | {"actionId": "a"}
    return ExecutionRow(START + 60, duration_ms, dimensions(own), correlation_id)


def test_grouped_by_correlation_each_group_is_one_execution_where_the_org_takes_it() -> None:
    rows = [execution(f"c{i}", 100.0 * i) for i in range(1, 4)]
    groups = ask(rows, groupBy=["correlationId"])
    sums = [group["data"][0]["metrics"][0]["stats"]["sum"] for group in groups]
    assert sums == [100.0, 200.0, 300.0]
    with pytest.raises(ErrorReply):
        ask(rows, AnalyticsSwitches(by_correlation=False), groupBy=["correlationId"])
    with pytest.raises(ErrorReply):
        ask(rows, AnalyticsSwitches(most_groups=2), groupBy=["correlationId"])
    cut = ask(rows, AnalyticsSwitches(most_groups=2, over_groups="cut"), groupBy=["correlationId"])
    assert cut == groups[:2]
    assert len(ask(rows, AnalyticsSwitches(most_groups=3), groupBy=["correlationId"])) == 3


def test_percentiles_may_be_missing_and_more_views_allowed() -> None:
    rows = [row(5, 120.0)]
    (result,) = ask(rows, AnalyticsSwitches(percentiles=False))
    assert result["data"][0]["metrics"][0]["stats"] == {"count": 1, "min": 120.0, "max": 120.0, "sum": 120.0}
    views = [view(f"v{i}", gte=i) for i in range(11)]
    (result,) = ask(rows, AnalyticsSwitches(views_per_query=11), views=views)
    assert len(result["data"][0]["views"]) == 11


@given(
    st.lists(st.tuples(st.integers(-60, 1500), st.integers(0, 40), st.sampled_from("ab")), max_size=40),
    st.lists(st.tuples(st.integers(0, 45), st.integers(0, 45)), min_size=1, max_size=4),
)
def test_each_execution_is_counted_in_its_bucket_and_in_every_view_that_holds_it(
    calls: list[tuple[int, int, str]], bounds: list[tuple[int, int]]
) -> None:
    views = [view(str(n), gte=low, lt=high) for n, (low, high) in enumerate(bounds)]
    results = ask([row(*call) for call in calls], groupBy=["actionId"], views=views)

    counted = {
        (result["group"]["actionId"], data["interval"][11:13]): (
            data["metrics"][0]["stats"]["count"],
            [one["stats"]["count"] for one in data["views"]],
        )
        for result in results
        for data in result["data"]
    }
    durations: dict[tuple[str, str], list[int]] = {}
    for minute, duration_ms, action in calls:
        if 0 <= minute < 1440:
            durations.setdefault((action, f"{minute // 60:02}"), []).append(duration_ms)
    assert counted == {
        key: (len(found), [sum(low <= one < high for one in found) for low, high in bounds])
        for key, found in durations.items()
    }


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("looked_at", [False, True])
def test_an_execution_has_its_own_id_wherever_a_query_asks_for_it(place: int, looked_at: bool) -> None:
    rows = [row(n, 1.0, action)._replace(correlation_id=f"id-{n}") for n, action in enumerate("abb")]
    names = ["actionId", "responseStatus"]
    names.insert(place, "correlationId")
    exists = [{"dimension": "correlationId", "operator": "exists"}] if looked_at else []
    wanted = {"type": "and", "predicates": [{"dimension": "actionId", "value": "b"}, *exists]}

    results = ask(rows, replace(USUAL, by_correlation=True), groupBy=names, filter=wanted)

    assert [result["group"] for result in results] == [
        {"actionId": "b", "responseStatus": "200", "correlationId": one} for one in ("id-1", "id-2")
    ]
    assert [list(result["group"]) for result in results] == [names, names]
