"""Calls that create an action: published at once, or as a draft to be reviewed first."""

from diag.genesys.actions import ACTIONS, VIEW
from diag.genesys.api_errors import UnexpectedReplyError
from diag.genesys.data_action import Action
from diag.genesys.http.api import Api, ApiRequest
from diag.genesys.http.paging import all_entities
from diag.genesys.replies.json_reply import JsonObject


class CreationRequests:
    """The part of the client that creates actions."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def actions_named(self, name: str, *, draft: bool = False) -> tuple[Action, ...]:
        """Return the published actions (or drafts) with exactly this name; the platform matches parts."""
        path = f"{ACTIONS}/drafts" if draft else ACTIONS
        listed = all_entities(self._api, path, {"name": name}, needs=VIEW)
        actions = (Action.from_json(entity, f"GET {path}") for entity in listed)
        return tuple(action for action in actions if action.name == name)

    def create_action(self, body: JsonObject, *, draft: bool = False) -> Action:
        """Create an action from a PostActionInput and return it as the platform does.

        Never repeated, not after a 429 either, which may be the answer to a second copy that a proxy sent:
        look with `actions_named` before trying again, or there may be two. A reply that lacks what every
        action has proves nothing: `UnexpectedReplyError`.
        """
        path = f"{ACTIONS}/drafts" if draft else ACTIONS
        reply = self._api.call(
            ApiRequest("POST", path, body=body, needs=("integrations:action:add",), repeat=False)
        )
        action = Action.from_json(reply.json(f"POST {path}"), f"POST {path}", reply.correlation_id)
        if action.damaged_part == "name" or action.version is None:
            raise UnexpectedReplyError(
                f"The reply of POST {path} is not a whole action: it lacks its "
                f"{'version' if action.version is None else 'name'}.",
                hint="Is there a proxy in between that answers itself?",
                correlation_id=action.correlation_id,
            )
        return action
