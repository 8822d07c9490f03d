"""Calls about drafts: a copy of a published action that can be tested with another timeout."""

from diag.genesys.actions import EDIT, action_path, patch_action, read_action
from diag.genesys.errors import NotFoundError
from diag.genesys.http.api import Api
from diag.genesys.models import Action, FullConfig


class DraftCalls:
    """The part of the client that deals with drafts."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def get_draft(self, action_id: str) -> Action | None:
        """Return the action's open draft with its config, or None when it has none."""
        try:
            return read_action(self._api, action_path(action_id, draft=True))
        except NotFoundError:
            return None

    def create_draft(self, action_id: str) -> Action:
        """Open a draft made from the published action."""
        path = action_path(action_id, draft=True)
        return Action.from_json(self._api.send("POST", path, needs=EDIT), f"POST {path}")

    def patch_draft_timeout(self, full: FullConfig, timeout_s: int | None) -> Action:
        """Set the draft's timeout; `full` is the draft's own config (`read_config(id, draft=True)`)."""
        return patch_action(self._api, action_path(full.action.id, draft=True), full, timeout_s)

    def delete_draft(self, action_id: str) -> None:
        """Delete the draft; one that no longer exists is fine."""
        try:
            self._api.delete(action_path(action_id, draft=True), needs=("integrations:action:delete",))
        except NotFoundError:
            return
