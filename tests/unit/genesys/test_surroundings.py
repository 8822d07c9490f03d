"""Permissions, telemetry, creation."""

import json
from datetime import UTC, datetime

import httpx
import pytest
import respx

from diag.genesys.api_errors import PermissionMissingError, PlatformError
from diag.genesys.client import GenesysClient
from diag.genesys.permissions import Permissions
from diag.genesys.telemetry import DurationRange

API = "https://api.mypurecloud.com/api/v2"


def test_permissions_of_all_grants(wire: respx.MockRouter, client: GenesysClient) -> None:
    wire.get(f"{API}/authorization/subjects/me").respond(
        json={
            "grants": [
                {
                    "role": {
                        "policies": [{"domain": "integrations", "entityName": "action", "actions": ["view"]}]
                    }
                },
                {"role": {"policies": [{"domain": "architect", "entityName": "*", "actions": ["*"]}]}},
                {"role": {}},
                {},
            ]
        }
    )
    permissions = client.permissions()
    assert permissions.allow("integrations:action:view")
    assert not permissions.allow("integrations:action:edit")
    assert permissions.allow("architect:dependencyTracking:view")
    assert permissions.allow_any(["x:y:z", "integrations:action:view"])
    assert Permissions(frozenset({"*:*:*"})).allow("a:b:c")


def test_telemetry_asks_ten_views_at_a_time_and_adds_up(
    wire: respx.MockRouter, client: GenesysClient
) -> None:
    bodies = []

    def reply(request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        bodies.append(body)
        views = [{"name": v["name"], "stats": {"count": v["range"]["gte"]}} for v in body["views"]]
        metric = {"metric": "tTotalExecution", "stats": {"count": 9, "max": 7800, "p99": 7000.5}}
        data = [
            {"interval": "2026-07-01T00:00:00Z/2026-07-01T01:00:00Z", "metrics": [metric], "views": views}
        ]
        return httpx.Response(200, json={"results": [{"group": {"actionId": "a1"}, "data": data}]})

    wire.post(f"{API}/analytics/actions/aggregates/query").mock(side_effect=reply)
    ranges = [DurationRange(n, n + 1) for n in range(23)] + [DurationRange(23, None)]
    since, until = datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 7, 2, tzinfo=UTC)
    (row,) = client.execution_counts("a1", since, until, ranges)
    assert row.counts == tuple(range(24))
    assert (row.total, row.max_ms, row.p99_ms, row.p95_ms) == (9, 7800, 7000.5, None)
    assert [len(body["views"]) for body in bodies] == [10, 10, 4]
    assert bodies[0]["interval"] == "2026-07-01T00:00:00.000Z/2026-07-02T00:00:00.000Z"
    assert bodies[2]["views"][-1]["range"] == {"gte": 23}
    assert all(len({v["name"] for v in body["views"]}) == len(body["views"]) for body in bodies)


def test_telemetry_is_a_read_and_is_tried_again(wire: respx.MockRouter, client: GenesysClient) -> None:
    route = wire.post(f"{API}/analytics/actions/aggregates/query")
    route.side_effect = [httpx.Response(503), httpx.Response(200, json={"results": []})]
    moment = datetime(2026, 7, 1, tzinfo=UTC)
    assert client.execution_counts("a1", moment, moment, [DurationRange(0, None)]) == ()
    assert route.call_count == 2


@pytest.mark.parametrize(("draft", "path"), [(False, "actions"), (True, "actions/drafts")])
def test_creating_is_never_repeated_blindly(
    wire: respx.MockRouter, client: GenesysClient, draft: bool, path: str
) -> None:
    route = wire.post(f"{API}/integrations/{path}")
    route.side_effect = [
        httpx.Response(200, json={"id": "new", "name": "N", "version": 1}),
        httpx.Response(503),
    ]
    assert client.create_action({"name": "N"}, draft=draft).id == "new"
    with pytest.raises(PlatformError):
        client.create_action({"name": "N"}, draft=draft)
    assert route.call_count == 2
    route.side_effect = [httpx.Response(403)]
    with pytest.raises(PermissionMissingError, match="integrations:action:add"):
        client.create_action({"name": "N"}, draft=draft)
