"""When production calls the actions of a run, read once before it: the hours that matter."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from analysis.coverage.week_of_hours import week_of_counts
from analysis.format.action_facts import ProductionWeek, is_zone
from diag.genesys.client import GenesysClient
from diag.genesys.errors import ApiError, RefusedRequestError

WEEKS_READ: Final = (4, 1)
"""Whole weeks back, so that each hour of the week comes equally often; fewer where the platform refuses."""
LAG: Final = timedelta(hours=1)
"""The newest full hour is left out: how late the platform's numbers arrive is not documented."""


def production_weeks(
    client: GenesysClient, action_ids: Sequence[str], zone: str | None, now: datetime
) -> dict[str, ProductionWeek]:
    """Return when production calls each action, by id, on the clock of `zone` (UTC where it is none).

    An action that production seldom calls is left out; so are all where the org does not answer: a run is not
    refused for what only its grade needs. One request for ten actions (`GenesysClient.hourly_executions`).
    """
    clock = zone if zone and is_zone(zone) else "UTC"
    until = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) - LAG
    for weeks in WEEKS_READ:
        since = until - timedelta(weeks=weeks)
        try:
            hours = client.hourly_executions(action_ids, since, until)
        except RefusedRequestError:
            continue
        except ApiError:
            return {}
        found = {action_id: week_of_counts(counts.items(), clock) for action_id, counts in hours.items()}
        return {action_id: week for action_id, week in found.items() if week is not None}
    return {}
