"""The sandbox's own actions, rendered here and called without the platform: the same results."""

import json
from typing import Any

import pytest

from diag.direct.direct_action import DirectAction, Secrets
from diag.direct.read_direct_action import read_direct_action
from diag.direct.rendering.prepare import prepare
from diag.genesys.data_action import Action
from diag.genesys.full_config import FullConfig
from tests.support.sandbox_in_process import InProcessSandbox

ACTIONS = "/api/v2/integrations/actions"
INPUTS: dict[str, dict[str, Any]] = {
    "Get Customer by Phone": {"phone": "+49891234"},
    "Create Support Ticket": {"subject": "It is broken", "priority": "high"},
    "Get Account Balance": {"accountId": "A-1"},
    "Reserve Delivery Slot": {"orderId": "O-1", "slot": "9"},
}


def as_held(sandbox: InProcessSandbox, name: str) -> DirectAction:
    path = f"{ACTIONS}/{sandbox.action_id(name)}"
    action = Action.from_json(sandbox.get(f"{path}?includeConfig=true&expand=contract"), "GET")
    texts = [
        sandbox.request("GET", f"{path}/templates/{one}template.vm").text for one in ("request", "success")
    ]
    read = read_direct_action(FullConfig(action, texts[0] or None, texts[1] or None))
    assert isinstance(read, DirectAction)
    return read


@pytest.mark.parametrize("name", INPUTS)
def test_the_request_made_here_gets_the_result_that_the_platform_gets(name: str) -> None:
    with InProcessSandbox("demo", seed=5) as tested, InProcessSandbox("demo", seed=5) as called:
        prepared = prepare(as_held(called, name))
        made = prepared.request(INPUTS[name], Secrets())
        for _ in range(20):
            theirs = tested.test(name, **INPUTS[name]).json()
            reply = called.request(made.method, made.url, content=made.body, headers=dict(made.headers))
            if theirs["success"]:
                result = prepared.result(reply.status_code, reply.content)
                assert (result.problem, result.value) == (None, theirs["finalResult"])
                assert json.dumps(theirs["finalResult"])[1:10] not in repr(result)
