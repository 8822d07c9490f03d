"""When production calls the actions of a run or a campaign, read once before it: the hours that matter."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from analysis.coverage.week_of_hours import week_of_counts
from analysis.format.action_facts import ProductionWeek, clock_of
from diag.genesys.api_errors import ApiError, RefusedRequestError
from diag.genesys.client import GenesysClient
from diag.production.time_window import last_days

WEEKS_READ: Final = (4, 1)
"""Whole weeks back, so that each hour of the week comes equally often; fewer where the platform refuses."""


def production_weeks(
    client: GenesysClient,
    action_ids: Sequence[str],
    zone: str | None,
    now: datetime,
    *,
    stated: Mapping[str, ProductionWeek],
) -> dict[str, ProductionWeek]:
    """Return when production calls each action, by id, on the clock of `zone` (UTC where it is none).

    What the workload states (`stated`) is not asked for. An action that production seldom calls is left out;
    so are all where the org does not answer: a run is not refused for what only its grade needs. One request
    for ten actions (`GenesysClient.hourly_executions`).
    """
    asked = [action_id for action_id in action_ids if action_id not in stated]
    return {**(_by_telemetry(client, asked, zone, now) if asked else {}), **stated}


def _by_telemetry(
    client: GenesysClient, action_ids: Sequence[str], zone: str | None, now: datetime
) -> dict[str, ProductionWeek]:
    clock = clock_of(zone)
    for weeks in WEEKS_READ:
        window = last_days(7 * weeks, now)
        try:
            hours = client.hourly_executions(action_ids, window.since, window.until)
        except RefusedRequestError:
            continue
        except ApiError:
            return {}
        found = {action_id: week_of_counts(counts.items(), clock) for action_id, counts in hours.items()}
        return {action_id: week for action_id, week in found.items() if week is not None}
    return {}
