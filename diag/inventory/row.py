"""One action as `diag scan` shows it."""

from dataclasses import dataclass
from typing import Literal

from diag.genesys.data_action import Action
from diag.genesys.flows import Consumer
from diag.genesys.integrations import Integration


@dataclass(frozen=True, slots=True)
class InventoryRow:
    """An action and what surrounds it. None: not read, or unknown.

    `function_timeout_s` is a function action's second timeout, 1..15 s. `consumers` are the flows using
    the action, None unless they were asked for.
    """

    action: Action
    integration: Integration | None = None
    draft: bool | None = None
    function_timeout_s: int | None = None
    consumers: tuple[Consumer, ...] | None = None

    @property
    def integration_name(self) -> str | None:
        """Return the integration's name, its id where the name was not read."""
        return self.integration.name if self.integration else self.action.integration_id

    @property
    def timeout_s(self) -> int | None:
        """Return the timeout in force, seconds; None where it has none or the org did not send it."""
        return self.action.timeout_s

    @property
    def timeout_source(self) -> Literal["set", "default", "unknown", "not applicable"]:
        """Return whether the timeout is the action's own or the platform's default, if known."""
        if self.action.kind == "custom_auth":
            return "not applicable"
        if self.action.timeout_is_set is None:
            return "unknown"
        return "set" if self.action.timeout_is_set else "default"

    @property
    def ends_after_s(self) -> int | None:
        """Return when a call ends at the latest, seconds: by the action's timeout or a function's own."""
        known = [one for one in (self.timeout_s, self.function_timeout_s) if one is not None]
        return min(known, default=None)

    @property
    def bites(self) -> Literal["action", "function"] | None:
        """Return which timeout fires first: a function is cut off by its own when that is shorter.

        None where only the function's is known.
        """
        if self.function_timeout_s is None:
            return "action"
        if self.timeout_s is None:
            return None
        return "action" if self.timeout_s <= self.function_timeout_s else "function"
