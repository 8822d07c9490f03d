"""The org whose changed timeouts are watched: what was promised there, and what its production says of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from diag.changes.journal.journal import Journal
from diag.changes.plans.plan import OrgIdentity
from diag.genesys.client import GenesysClient
from diag.genesys.http.paging import OnProgress
from diag.production.hour_store import open_store
from diag.production.promises.judge_promises import PromiseLook, look_at
from diag.production.promises.what_was_promised import Promise, promises_of
from diag.production.reading.time_window import last_days
from diag.settings import Settings


@dataclass(frozen=True, slots=True)
class WatchedOrg:
    """An org, and the files beside it: the journal of its changes and the store of its hours."""

    client: GenesysClient
    org: OrgIdentity
    settings: Settings

    def promises(self) -> tuple[Promise, ...]:
        """Return what the journal says was promised. Raises JournalError."""
        return promises_of(Journal(self.settings.journal).read(), self.org)

    def demand_telemetry(self, now: datetime) -> None:
        """Return when production can be read: one request. Raises ApiError."""
        window = last_days(1, now)
        self.client.execution_totals(window.since, window.until)

    def look(
        self, promises: Sequence[Promise], now: datetime, on_progress: OnProgress | None = None
    ) -> PromiseLook:
        """Return what production says of these promises. Raises ApiError and HourStoreError."""
        if not promises:
            return PromiseLook()
        actions = {action.id: action for action in self.client.list_actions(include_auth_actions=False)}
        with open_store(self.settings.hours) as store:
            return look_at(self.client, store, promises, actions, now, on_progress)
