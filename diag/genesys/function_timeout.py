"""Calls about a function's own timeout, which stands beside its action's."""

from typing import Final

from diag.genesys.actions import action_path
from diag.genesys.http.api import Api
from diag.genesys.replies.json_reply import optional_int, optional_object

FUNCTION_DEFAULT_TIMEOUT_S: Final = 15
"""A function's own timeout is 1..15 s, 15 when unset (SDK function.py)."""


class FunctionRequests:
    """The part of the client that deals with functions."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def function_timeout_s(self, action_id: str) -> int:
        """Return a function action's second timeout, seconds 1..15 (the function's own)."""
        path = f"{action_path(action_id)}/function"
        function = optional_object(
            self._api.get(path, needs=("integrations:actionFunction:view",)), "function"
        )
        return optional_int(function, "timeoutSeconds") or FUNCTION_DEFAULT_TIMEOUT_S
