"""Reading production telemetry: executions per whole second of duration and hour, action by action.

Six requests cover all of 1..60 s for one action (10 views per request). Actions that were not executed need
none: a single request lists those that were.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from analysis.number_words import plural
from diag.genesys.api_errors import ApiError, RefusedRequestError
from diag.genesys.http.paging import OnProgress
from diag.genesys.models import Action
from diag.genesys.telemetry import DurationRange, IntervalCounts
from diag.production.time_window import Window


class Telemetry(Protocol):
    """The part of the client used here."""

    def execution_totals(self, since: datetime, until: datetime) -> dict[str, int]:
        """Return executions by action id."""

    def execution_counts(
        self, action_id: str, since: datetime, until: datetime, ranges: Sequence[DurationRange]
    ) -> tuple[IntervalCounts, ...]:
        """Return one action's executions by hour and range."""


@dataclass(frozen=True, slots=True)
class ObservedAction:
    """One action's production: `hours[i].counts[k]` executions took k to k+1 s, k below `timeout_s`.

    `since_change` is the Unix time of the last known change of its timeout, when that shortened the window.
    """

    action: Action
    timeout_s: int
    window: Window
    hours: tuple[IntervalCounts, ...]
    since_change: float | None = None

    @property
    def executions(self) -> int:
        """Return how many executions were counted."""
        return sum(hour.total for hour in self.hours)

    @property
    def longest_s(self) -> float | None:
        """Return the longest execution, seconds, None where the platform does not report it."""
        longest = [hour.max_ms for hour in self.hours if hour.max_ms is not None]
        return max(longest) / 1000.0 if longest else None


@dataclass(frozen=True, slots=True)
class NotObserved:
    """An action without production data, and why."""

    action: Action
    why: str
    unused: bool = False
    """Whether that is because nothing executed it in all the hours that were asked about."""


@dataclass(frozen=True, slots=True)
class Production:
    """The actions with telemetry, and those without it."""

    observed: tuple[ObservedAction, ...]
    not_observed: tuple[NotObserved, ...]


def read_production(
    telemetry: Telemetry,
    actions: Sequence[Action],
    window: Window,
    *,
    changed_at: Mapping[str, float] | None = None,
    on_progress: OnProgress | None = None,
) -> Production:
    """Return the telemetry of `actions` in `window`.

    `changed_at`: action id -> Unix time of the last known change of its timeout; only hours after it count,
    because earlier ones were cut off by a different timeout. Raises `ApiError` only when nothing can be read.
    """
    totals = _totals(telemetry, window)
    observed: list[ObservedAction] = []
    missing: list[NotObserved] = []
    for done, action in enumerate(actions, start=1):
        if totals is not None and not totals.get(action.id):
            missing.append(_unused(action, window))
        else:
            result = _observe(telemetry, action, window, (changed_at or {}).get(action.id))
            if isinstance(result, NotObserved):
                missing.append(result)
            else:
                observed.append(result)
        if on_progress:
            on_progress(done, len(actions))
    return Production(tuple(observed), tuple(missing))


def _totals(telemetry: Telemetry, window: Window) -> dict[str, int] | None:
    """Executions by action; None where the platform refuses a query this wide."""
    try:
        return telemetry.execution_totals(window.since, window.until)
    except RefusedRequestError:
        return None


def _observe(
    telemetry: Telemetry, action: Action, window: Window, changed_at: float | None
) -> ObservedAction | NotObserved:
    usable = window if changed_at is None else window.after(changed_at)
    if usable.hours == 0:
        return NotObserved(action, "its timeout was changed too recently: wait for a full hour")
    timeout_s = action.timeout_s
    if timeout_s is None:
        return NotObserved(action, "the org does not report its timeout")
    ranges = whole_seconds(timeout_s)
    try:
        hours = telemetry.execution_counts(action.id, usable.since, usable.until, ranges)
    except RefusedRequestError as error:
        return NotObserved(action, f"the platform refused the query: {_short(error)}")
    if not any(hour.total for hour in hours):
        return replace(_unused(action, usable), unused=usable == window)
    shortened = changed_at if usable != window else None
    return ObservedAction(action, timeout_s, usable, hours, shortened)


def _unused(action: Action, window: Window) -> NotObserved:
    return NotObserved(action, f"no execution in {plural(window.hours, 'hour')}", unused=True)


def _short(error: ApiError) -> str:
    return " ".join((error.message, *error.details))


def whole_seconds(timeout_s: int) -> list[DurationRange]:
    """Return the ranges to count by: each whole second up to the timeout."""
    return [DurationRange(second * 1000, (second + 1) * 1000) for second in range(timeout_s)]
