"""When production calls the actions of an org, less diag's own: a run and a campaign ask alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from analysis.format.action_facts import ProductionWeek
from diag.genesys.client import GenesysClient
from diag.production.own_calls_to_subtract import OwnCalls, own_calls
from diag.production.when_production_calls import FURTHEST_BACK, production_weeks


@dataclass(frozen=True, slots=True)
class OrgToAsk:
    """The org whose telemetry is read, the clock its hours are counted on (an IANA name), and its time now.

    `folders`: where earlier runs and campaigns lie, whose calls may be among production's.
    """

    client: GenesysClient
    org_id: str | None
    zone: str | None
    now: datetime
    folders: Sequence[Path]

    def own_calls(self) -> OwnCalls:
        """Return the calls that diag itself made of its actions in the hours that are read."""
        since = (self.now - FURTHEST_BACK).timestamp()
        return own_calls(self.folders, self.client.connection.host, self.org_id, since)

    def weeks(
        self, action_ids: Sequence[str], stated: Mapping[str, ProductionWeek], own: OwnCalls | None = None
    ) -> dict[str, ProductionWeek] | None:
        """Return when production calls these actions, by id; None where that could not be read.

        `own`: the own calls, where they were counted before."""
        own = self.own_calls() if own is None else own
        return production_weeks(self.client, action_ids, self.zone, self.now, stated=stated, own=own)
