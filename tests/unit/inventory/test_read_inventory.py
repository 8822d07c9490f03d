"""Reading the inventory: how many calls it takes, and what happens without a permission."""

from typing import Any

import httpx
import pytest
import respx

from diag.genesys.api_errors import PermissionMissingError
from diag.genesys.client import GenesysClient
from diag.genesys.http.connection import Connection
from diag.genesys.http.secret import Secret
from diag.inventory.read_inventory import read_inventory, with_consumers
from tests.support.genesys.respx_org import NOT_FOUND

API = "https://api.mypurecloud.com/api/v2"


def listing(entities: list[dict[str, Any]]) -> Any:
    def reply(request: httpx.Request) -> httpx.Response:
        size, number = int(request.url.params["pageSize"]), int(request.url.params["pageNumber"])
        page = entities[(number - 1) * size : number * size]
        return httpx.Response(200, json={"entities": page, "total": len(entities), "pageNumber": number})

    return reply


def action(number: int, **fields: object) -> dict[str, Any]:
    config = {"timeoutSeconds": 5, "request": {"requestType": "GET"}, "response": {}}
    return {"id": f"a{number}", "name": f"A {number}", "integrationId": "i1", "config": config, **fields}


@pytest.fixture
def client() -> GenesysClient:
    return GenesysClient(Connection.to(region="us-east-1", access_token=Secret("t")))


@pytest.mark.slow
@pytest.mark.respx(assert_all_called=False)
def test_three_thousand_actions_take_thirty_list_calls_and_none_per_action(
    client: GenesysClient, respx_mock: respx.MockRouter
) -> None:
    actions = respx_mock.get(f"{API}/integrations/actions")
    actions.mock(side_effect=listing([action(n) for n in range(3_000)]))
    respx_mock.get(f"{API}/integrations").mock(side_effect=listing([{"id": "i1", "name": "CRM"}]))
    respx_mock.get(f"{API}/integrations/actions/drafts").mock(side_effect=listing([action(3)]))
    per_action = respx_mock.route(url__regex=r".*/actions/a\d+.*").respond(500)

    inventory = read_inventory(client)

    assert len(inventory.rows) == 3_000 and inventory.not_read == ()
    assert actions.call_count == 30
    assert per_action.call_count == 0
    assert len(respx_mock.calls) == 32  # and one page each of integrations and drafts
    assert [row.action.id for row in inventory.rows if row.draft] == ["a3"]
    assert inventory.rows[0].integration_name == "CRM"


def test_functions_are_known_by_their_integration_and_show_their_second_timeout(
    client: GenesysClient, respx_mock: respx.MockRouter
) -> None:
    respx_mock.get(f"{API}/integrations/actions").mock(side_effect=listing([action(1), action(2), action(3)]))
    kind = {"id": "i1", "name": "F", "integrationType": {"id": "function-data-actions"}}
    respx_mock.get(f"{API}/integrations").mock(side_effect=listing([kind]))
    respx_mock.get(f"{API}/integrations/actions/drafts").mock(side_effect=listing([]))
    respx_mock.get(f"{API}/integrations/actions/a1/function").respond(
        json={"function": {"timeoutSeconds": 4}}
    )
    respx_mock.get(f"{API}/integrations/actions/a2/function").respond(json={"function": {}})
    respx_mock.get(f"{API}/integrations/actions/a3/function").respond(404, json=NOT_FOUND)

    rows = read_inventory(client).rows

    assert [row.action.kind for row in rows] == ["function"] * 3
    assert [row.function_timeout_s for row in rows] == [4, 15, None]
    assert [row.bites for row in rows] == ["function", "action", "action"]


def test_what_may_not_be_read_is_left_empty_with_a_reason(
    client: GenesysClient, respx_mock: respx.MockRouter
) -> None:
    functions = [action(n, category="Function Data Actions") for n in range(5)]
    respx_mock.get(f"{API}/integrations/actions").mock(side_effect=listing(functions))
    respx_mock.get(f"{API}/integrations").respond(403)
    respx_mock.get(f"{API}/integrations/actions/drafts").respond(403)
    forbidden = respx_mock.get(url__regex=r".*/function$").respond(403)

    inventory = read_inventory(client)

    assert len(inventory.rows) == 5
    assert all(row.draft is None and row.function_timeout_s is None for row in inventory.rows)
    assert "integrations:integration:view" in inventory.not_read[0].why
    assert len(inventory.not_read) == 3 and forbidden.call_count == 1


def test_flows_are_looked_up_for_the_chosen_rows_only(
    client: GenesysClient, respx_mock: respx.MockRouter
) -> None:
    respx_mock.get(f"{API}/integrations/actions").mock(side_effect=listing([action(1), action(2)]))
    respx_mock.get(f"{API}/integrations").mock(side_effect=listing([]))
    respx_mock.get(f"{API}/integrations/actions/drafts").mock(side_effect=listing([]))
    flows = respx_mock.get(f"{API}/architect/dependencytracking/consumingresources")
    ivr = {"id": "f", "name": "IVR", "type": "INBOUNDCALLFLOW", "version": "2.0"}
    flows.mock(side_effect=listing([ivr, {"id": "g", "name": "Old IVR", "deleted": True}]))
    chosen = with_consumers(client, read_inventory(client).rows[:1])
    assert [consumer.name for row in chosen for consumer in row.consumers or ()] == ["IVR"]
    assert flows.call_count == 1
    assert flows.calls.last.request.url.params["objectType"] == "DATAACTION"
    flows.mock(side_effect=None, return_value=httpx.Response(403))
    with pytest.raises(PermissionMissingError, match="architect:dependencyTracking:view"):
        with_consumers(client, chosen)
