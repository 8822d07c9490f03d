"""A running sandbox as fixtures hand it out. Every forked verb imports this: nothing of pytest here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from tests.support import sandbox_control
from tests.support.sandbox_control import PATIENCE_S


@dataclass(frozen=True, slots=True)
class RunningSandbox:
    """A sandbox to test against."""

    base_url: str
    pid: int
    environment: dict[str, str]
    """What points every verb and the locustfile at it."""

    def truth(self) -> dict[str, Any]:
        """GET /sandbox/truth."""
        truth: dict[str, Any] = sandbox_control.ask(self.base_url, "truth")
        return truth

    def action_id(self, name: str) -> str:
        """The id of the action with this name."""
        actions: dict[str, Any] = self.truth()["actions"]
        return next(id_ for id_, action in actions.items() if action["name"] == name)

    def arm(self, *faults: dict[str, Any]) -> None:
        """Replaces the faults in force; none of them ends all."""
        sandbox_control.arm(self.base_url, *faults)

    def switch(self, **switches: Any) -> None:
        """Turns switches while it runs."""
        sandbox_control.switch(self.base_url, **switches)

    def client(self, *, keep_alive: bool = True) -> httpx.Client:
        """A bare HTTP client with a token of its own; it may open a connection for each request."""
        headers = {"Authorization": f"Bearer {sandbox_control.log_in(self.base_url)}"}
        return httpx.Client(
            base_url=self.base_url,
            headers=headers,
            timeout=PATIENCE_S,
            limits=httpx.Limits(max_keepalive_connections=20 if keep_alive else 0),
            trust_env=False,
            verify=False,
        )


StartSandbox = Callable[..., RunningSandbox]
