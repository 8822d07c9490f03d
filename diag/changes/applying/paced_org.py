"""An org whose test calls, too, wait for the bucket of administrative calls.

The platform counts every request of a token (docs/genesys-api.md, "Rate limits"). The client paces all but
test calls, because a load generator schedules those itself; an apply has no schedule, so here they queue as
well.
"""

from collections.abc import Callable

from diag.changes.applying.org import Org
from diag.genesys.actions import TestReply
from diag.genesys.data_action import Action
from diag.genesys.full_config import FullConfig
from diag.genesys.replies.json_reply import JsonObject


class PacedOrg:
    """Passes everything on to `org`; `take` is called before each test call and may wait."""

    def __init__(self, org: Org, take: Callable[[], float]) -> None:
        self._org = org
        self._take = take

    def read_config(self, action_id: str, /) -> FullConfig:
        """Return what the org returns."""
        return self._org.read_config(action_id)

    def patch_timeout(self, full: FullConfig, timeout_s: int | None, /) -> Action:
        """Return what the org returns."""
        return self._org.patch_timeout(full, timeout_s)

    def test_action(
        self, action_id: str, payload: JsonObject, /, *, wait_s: float, timeout_s: int | None
    ) -> TestReply:
        """Return what the org returns, after its turn has come."""
        self._take()
        return self._org.test_action(action_id, payload, wait_s=wait_s, timeout_s=timeout_s)
