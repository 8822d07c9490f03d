"""Calls that create an action: published at once, or as a draft for somebody to look at."""

from diag.genesys.actions import ACTIONS
from diag.genesys.api import Api
from diag.genesys.json_reply import JsonObject, parse_object
from diag.genesys.models import Action


class CreationCalls:
    """The part of the client that creates actions."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def create_action(self, body: JsonObject, *, draft: bool = False) -> Action:
        """Create an action from a PostActionInput and return it as the platform does.

        Never repeated after a lost reply: list the actions by name before trying again, or there may be two.
        """
        path = f"{ACTIONS}/drafts" if draft else ACTIONS
        reply = self._api.call("POST", path, body=body, needs=("integrations:action:add",))
        return Action.from_json(
            parse_object(reply.body, f"POST {path}"), f"POST {path}", reply.correlation_id
        )
