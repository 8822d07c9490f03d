"""One action as `diag scan` shows it."""

from dataclasses import dataclass
from typing import Literal

from diag.genesys.directory import Consumer, Integration
from diag.genesys.models import Action


@dataclass(frozen=True, slots=True)
class InventoryRow:
    """An action and what surrounds it. None means: not read, or not known.

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
        """Return the timeout in force, seconds; None for a custom authentication action: it has none."""
        return None if self.action.kind == "custom_auth" else self.action.effective_timeout_s

    @property
    def config_known(self) -> bool:
        """Return whether the timeout was read at all, or 60 s is only assumed (static actions)."""
        return self.action.config is not None

    @property
    def bites(self) -> Literal["action", "function"]:
        """Return which timeout fires first: a function is cut off by its own when that is shorter."""
        if self.function_timeout_s is None or self.action.effective_timeout_s <= self.function_timeout_s:
            return "action"
        return "function"
