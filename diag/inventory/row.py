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
        """Return the timeout in force, seconds; None where there is none or the org does not tell it.

        A custom authentication action has none. A built-in one without a config has the default.
        """
        if self.action.kind == "custom_auth" or not (self.config_known or self.action.kind == "static"):
            return None
        return self.action.effective_timeout_s

    @property
    def timeout_source(self) -> Literal["set", "default", "unknown", "not applicable"]:
        """Return whether the timeout is the action's own or the platform's default, as far as was told."""
        if self.action.kind == "custom_auth":
            return "not applicable"
        if not self.config_known:
            return "unknown"
        return "set" if self.action.timeout_is_set else "default"

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
