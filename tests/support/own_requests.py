"""Actions of a running sandbox with requests of a test's own: another address, headers, a template."""

from typing import Any

import httpx

from tests.support.running_sandbox import RunningSandbox

ACTIONS = "/api/v2/integrations/actions"


def set_request(box: RunningSandbox, name: str, **request: Any) -> dict[str, Any]:
    """Give an action's request these parts, as someone who edits it in the admin UI; return what it was."""
    with box.client() as client:
        path = f"{ACTIONS}/{box.action_id(name)}"
        action = client.get(path, params={"includeConfig": True}).raise_for_status().json()
        before: dict[str, Any] = action["config"]["request"]
        config = {**action["config"], "request": {**before, **request}}
        body = {"name": action["name"], "version": action["version"], "config": config}
        _sent(client.patch(path, json=body))
        return before


def _sent(reply: httpx.Response) -> None:
    assert reply.status_code == 200, reply.text
