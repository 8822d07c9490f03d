"""Permissions, telemetry, creation."""

from datetime import UTC, datetime

import httpx
import pytest
import respx

from diag.genesys.analytics.execution_counts import DurationRange
from diag.genesys.api_errors import PermissionMissingError, PlatformError
from diag.genesys.client import GenesysClient
from diag.genesys.replies.granted_permissions import Permissions

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
