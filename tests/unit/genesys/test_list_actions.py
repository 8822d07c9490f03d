"""Listing the actions of an org: every page, once each, and never a part taken for the whole."""

from typing import Any

import httpx
import pytest
import respx

from diag.genesys.api_errors import UnexpectedReplyError
from diag.genesys.client import GenesysClient
from tests.support.genesys.respx_org import ACTIONS, NOT_FOUND, action


class Org:
    """A listing of `count` actions; `style` says how it tells that there is more."""

    def __init__(self, entities: list[dict[str, Any]], style: str, cap: int = 100) -> None:
        self.entities, self.style, self.cap, self.requests = entities, style, cap, 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests += 1
        params = request.url.params
        assert params["includeConfig"] == "true"
        size, number = min(int(params["pageSize"]), self.cap), int(params["pageNumber"])
        page = self.entities[(number - 1) * size : number * size]
        reply: dict[str, Any] = {"entities": page, "pageSize": size, "pageNumber": number}
        count = -(-len(self.entities) // size)
        if self.style in ("all", "count"):
            reply["pageCount"] = count
        if self.style in ("all", "total"):
            reply["total"] = len(self.entities)
        if self.style in ("all", "uri"):
            reply["nextUri"] = f"/?pageNumber={number + 1}" if number < count else None
        return httpx.Response(200, json=reply)


@pytest.mark.parametrize("style", ["all", "count", "total", "uri", "silent"])
@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 289])
def test_every_page_is_read(wire: respx.MockRouter, client: GenesysClient, style: str, count: int) -> None:
    wire.get(ACTIONS).mock(side_effect=Org([action(n) for n in range(count)], style))
    assert [found.name for found in client.list_actions()] == [f"Action {n}" for n in range(count)]


def test_an_org_that_gives_smaller_pages_than_asked_for(
    wire: respx.MockRouter, client: GenesysClient
) -> None:
    wire.get(ACTIONS).mock(side_effect=Org([action(n) for n in range(289)], "all", cap=50))
    assert len(client.list_actions()) == 289


@pytest.mark.slow
def test_three_thousand_actions_are_thirty_calls(wire: respx.MockRouter, client: GenesysClient) -> None:
    org = Org([action(n) for n in range(3_000)], "all")
    wire.get(ACTIONS).mock(side_effect=org)
    progress: list[tuple[int, int | None]] = []
    found = client.list_actions(on_progress=lambda done, total: progress.append((done, total)))
    assert len({entry.id for entry in found}) == 3_000
    assert org.requests == 30
    assert len(wire.calls) == 31  # and one login: no call per action
    assert progress[0] == (100, 3_000) and progress[-1] == (3_000, 3_000)


def test_a_server_that_repeats_its_first_page_for_ever(wire: respx.MockRouter, client: GenesysClient) -> None:
    wire.get(ACTIONS).respond(json={"entities": [action(1)], "nextUri": "/next"})
    with pytest.raises(UnexpectedReplyError, match="repeats"):
        client.list_actions()


@pytest.mark.parametrize("total_again", [{"total": 150}, {}])
def test_a_list_that_is_cut_short_is_not_a_smaller_org(
    wire: respx.MockRouter, client: GenesysClient, total_again: dict[str, int]
) -> None:
    pages = [{"entities": [action(n) for n in range(100)], "total": 150}, {"entities": [], **total_again}]
    wire.get(ACTIONS).mock(side_effect=[httpx.Response(200, json=page) for page in pages])
    with pytest.raises(UnexpectedReplyError, match="100 of 150"):
        client.list_actions()


@pytest.mark.parametrize("shown", [0, 48])
def test_a_total_that_counts_what_is_not_shown_ends_with_the_last_page(
    wire: respx.MockRouter, client: GenesysClient, shown: int
) -> None:
    """Whether `total` knows the filter, or the client's divisions, is unknown."""
    pages = [{"entities": [action(n) for n in range(shown)], "total": 250}, {"entities": [], "total": 250}]
    wire.get(ACTIONS).mock(side_effect=[httpx.Response(200, json=page) for page in pages])
    assert len(client.list_actions()) == shown


def test_an_entry_that_moves_to_the_next_page_while_listing_is_listed_once(
    wire: respx.MockRouter, client: GenesysClient
) -> None:
    pages = [
        {"entities": [action(1), action(2)], "total": 3},
        {"entities": [action(2), action(3)], "total": 4},
    ]
    wire.get(ACTIONS).mock(side_effect=[httpx.Response(200, json=page) for page in pages])
    assert [found.name for found in client.list_actions()] == ["Action 1", "Action 2", "Action 3"]


def test_the_config_of_another_action_is_not_taken(wire: respx.MockRouter, client: GenesysClient) -> None:
    wire.get(ACTIONS).mock(side_effect=Org([action(1, config=False), action(2)], "all"))
    wire.get(f"{ACTIONS}/custom_-_1").respond(json=action(2))
    with pytest.raises(UnexpectedReplyError, match="about another action"):
        client.list_actions()


def test_an_org_that_ignores_include_config_is_read_by_id(
    wire: respx.MockRouter, client: GenesysClient
) -> None:
    listed = [action(1, config=False), action(2, config=False, prefix="static_"), action(3, config=False)]
    wire.get(ACTIONS).mock(side_effect=Org(listed, "all"))
    by_id = wire.get(f"{ACTIONS}/custom_-_1").respond(json=action(1, timeout_s=9))
    wire.get(f"{ACTIONS}/custom_-_3").respond(404, json=NOT_FOUND)
    progress: list[tuple[int, int | None]] = []
    found = client.list_actions(on_progress=lambda done, total: progress.append((done, total)))
    assert [entry.timeout_s for entry in found] == [9, None, None], (
        "what the org did not send is not the default"
    )
    assert [entry.timeout_is_set for entry in found] == [True, None, None]
    assert by_id.calls.last.request.url.params["includeConfig"] == "true"
    assert progress[-1] == (3, 3)


def test_auth_actions_are_listed_unless_unwanted(wire: respx.MockRouter, client: GenesysClient) -> None:
    route = wire.get(ACTIONS).mock(side_effect=Org([], "all"))
    client.list_actions()
    assert route.calls.last.request.url.params["includeAuthActions"] == "true"
    client.list_actions(include_auth_actions=False)
    assert route.calls.last.request.url.params["includeAuthActions"] == "false"
