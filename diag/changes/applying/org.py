"""What this room needs of an org. `diag.genesys.client.GenesysClient` is one; tests bring their own."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from analysis.format.sample_schema import InputOrigin
from diag.genesys.actions import TestReply
from diag.genesys.data_action import Action
from diag.genesys.full_config import FullConfig
from diag.genesys.replies.json_reply import JsonObject


class Org(Protocol):
    """The calls of one apply, all of them administrative but the test. Errors are ApiError."""

    def read_config(self, action_id: str, /) -> FullConfig:
        """Return the action with its config and both templates' texts."""

    def patch_timeout(self, full: FullConfig, timeout_s: int | None, /) -> Action:
        """Send the whole config with the one number changed, at `full.action.version`."""

    def test_action(
        self, action_id: str, payload: JsonObject, /, *, wait_s: float, timeout_s: int | None
    ) -> TestReply:
        """Run the action once, for real, and wait at most `wait_s`. Never retried."""


@dataclass(frozen=True, slots=True)
class NotTested:
    """Why an action gets no test call."""

    reason: str


@dataclass(frozen=True, slots=True)
class ActionInput:
    """The input map of a test call; its values are never shown, logged or journalled.

    `may_change_data`: the person who wrote the workload allowed calls with side effects. `origin`: where the
    values come from; an action may pass with invented ones because its backend does not know them.
    """

    values: JsonObject = field(repr=False)
    may_change_data: bool = False
    origin: InputOrigin | None = None

    @property
    def described(self) -> str:
        """Return what the test call says of its input: `with an invented input`, or nothing to say."""
        return "with an invented input" if self.origin is InputOrigin.INVENTED else ""


PayloadFor = Callable[[Action], ActionInput | NotTested]
"""The input of an action's test calls, or why there is none."""


def no_payload(action: Action) -> NotTested:
    """Return the reason used where no payload was given."""
    return NotTested("no payload was given for it")
