"""Which odd replies are taken and which are refused: what a healthy org may send is never in the way."""

import json
from typing import Any

import pytest
import respx

from diag.genesys.api_errors import UnexpectedReplyError
from diag.genesys.client import GenesysClient
from tests.support.genesys.respx_org import ACTIONS, action


def test_one_odd_object_in_a_list_does_not_hide_the_others(
    wire: respx.MockRouter, client: GenesysClient
) -> None:
    page = json.dumps({"entities": [action(1), action(2)], "total": 2})
    wire.get(ACTIONS).respond(text=page.replace('"name"', '"odd": 1, "odd": 2, "name"', 1))
    assert len(client.list_actions()) == 2
    wire.get(f"{ACTIONS}/custom_-_1").respond(text='{"id": "custom_-_1", "name": "a", "name": "b"}')
    with pytest.raises(UnexpectedReplyError):
        client.get_action("custom_-_1")


@pytest.mark.parametrize(
    "reply", [{"text": "no such page"}, {"json": {"message": "Not Found"}}, {"html": "<html>404</html>"}]
)
def test_a_404_for_a_template_nobody_promised_means_there_is_none(
    wire: respx.MockRouter, client: GenesysClient, reply: dict[str, Any]
) -> None:
    one = action(1)
    for part in ("request", "response"):
        one["config"][part] = {key: value for key, value in one["config"][part].items() if "Uri" not in key}
    wire.get(f"{ACTIONS}/custom_-_1").respond(json=one)
    wire.get(url__regex=r".*/templates/.*").respond(404, **reply)
    assert client.read_config("custom_-_1").request_template is None


@pytest.mark.parametrize("age", ["0", "0, 0", "1", "2", "", "nonsense"])
def test_a_reply_as_old_as_the_reading_itself_is_fresh(
    wire: respx.MockRouter, client: GenesysClient, age: str
) -> None:
    wire.get(f"{ACTIONS}/custom_-_1").respond(json=action(1), headers={"Age": age})
    assert client.get_action("custom_-_1").id == "custom_-_1"


def test_a_gateways_own_404_does_not_say_that_an_action_is_gone(
    wire: respx.MockRouter, client: GenesysClient
) -> None:
    wire.get(f"{ACTIONS}/custom_-_1").respond(404, json={"message": "Not Found"})
    with pytest.raises(UnexpectedReplyError, match="not Genesys' own"):
        client.get_action("custom_-_1")
