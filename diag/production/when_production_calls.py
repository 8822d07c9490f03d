"""When production calls the actions of a run or a campaign, read once before it: the hours that matter."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from analysis.coverage.week_of_hours import week_of_counts
from analysis.format.action_facts import ProductionWeek, clock_of
from diag.genesys.analytics.execution_counts import MAX_ACTIONS
from diag.genesys.api_errors import ApiError, RefusedRequestError
from diag.genesys.client import GenesysClient
from diag.production.reading.time_window import Window, last_days

WEEKS_READ: Final = (4, 1)
"""Whole weeks back, so that each hour of the week comes equally often; fewer where the platform refuses."""
FURTHEST_BACK: Final = timedelta(weeks=max(WEEKS_READ), hours=2)
"""No hour that is read began before this."""
NOTHING: Final[Mapping[str, Mapping[float, int]]] = {}


def production_weeks(
    client: GenesysClient,
    action_ids: Sequence[str],
    zone: str | None,
    now: datetime,
    *,
    stated: Mapping[str, ProductionWeek],
    own: Mapping[str, Mapping[float, int]] = NOTHING,
) -> dict[str, ProductionWeek] | None:
    """Return when production calls each action, by id, on the clock of `zone` (UTC where it is none).

    What the workload states (`stated`) is not asked for. An action that production seldom calls is left out.
    None where the org was asked and did not answer: a run is not refused for what only its grade needs, but
    that is not the same as an action that is seldom called. One request for ten actions
    (`GenesysClient.hourly_executions`). `own`: calls of diag itself, by id and hour (Unix seconds), which may
    be among production's (`ProductionWeek.less_own`).
    """
    asked = [action_id for action_id in action_ids if action_id not in stated]
    found = _by_telemetry(client, asked, zone, now, own) if asked else {}
    return None if found is None else {**found, **stated}


def most_requests(actions: int) -> int:
    """Return how many requests it takes at most to read when production calls so many actions."""
    each = math.ceil(actions / MAX_ACTIONS) + (actions > MAX_ACTIONS)
    return len(WEEKS_READ) * each


def _by_telemetry(
    client: GenesysClient,
    action_ids: Sequence[str],
    zone: str | None,
    now: datetime,
    own: Mapping[str, Mapping[float, int]],
) -> dict[str, ProductionWeek] | None:
    clock = clock_of(zone)
    for weeks in WEEKS_READ:
        window = last_days(7 * weeks, now)
        try:
            hours = client.hourly_executions(action_ids, window.since, window.until)
        except RefusedRequestError:
            continue
        except ApiError:
            return None
        found = {each: _week(counts, own.get(each, {}), clock, window) for each, counts in hours.items()}
        return {action_id: week for action_id, week in found.items() if week is not None}
    return None


def _week(
    counts: Mapping[float, int], own: Mapping[float, int], clock: str, window: Window
) -> ProductionWeek | None:
    """The week as it was counted, and beside it less diag's own calls, hour by hour and never below 0.

    Where too little is left to show hours that matter: None if every hour counts our own calls in full, so
    that production hardly calls beside them; else they are not counted, and the week is production's."""
    week = week_of_counts(counts.items(), clock)
    if week is None or not any(counts.get(hour) for hour in own):
        return week
    others = week_of_counts(
        ((hour, max(count - own.get(hour, 0), 0)) for hour, count in counts.items()), clock
    )
    if others is not None:
        return replace(week, less_own=others.calls)
    since, until = window.since.timestamp(), window.until.timestamp()
    read = [hour for hour in own if since <= hour < until]
    return None if all(counts.get(hour, 0) >= own[hour] for hour in read) else week
