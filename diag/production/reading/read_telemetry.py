"""Reading production telemetry action by action: each execution by itself where the org allows that and they
are few enough, else counts per whole second of duration and hour.

Counts take one to six requests for an action (10 views per request). Actions that were not executed need
none: a single request lists those that were.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Protocol

from analysis.number_words import plural
from analysis.production.hourly_counts import ExactTimes
from diag.genesys.analytics.aggregate_query import begin_of
from diag.genesys.analytics.execution_counts import ActionTotal, DurationRange, IntervalCounts
from diag.genesys.api_errors import ApiError, RefusedRequestError
from diag.genesys.data_action import Action
from diag.genesys.http.paging import OnProgress
from diag.production.reading.exact_hours import ExactHour, exact_hours
from diag.production.reading.read_single_executions import SingleReader, SingleTelemetry
from diag.production.reading.time_window import Window

NONE: Final = ActionTotal(0)


class CountsTelemetry(Protocol):
    """The part of the client that counts executions by duration."""

    def execution_counts(
        self, action_id: str, since: datetime, until: datetime, ranges: Sequence[DurationRange]
    ) -> tuple[IntervalCounts, ...]:
        """Return one action's executions by hour and range."""


class Telemetry(CountsTelemetry, SingleTelemetry, Protocol):
    """The part of the client used here."""

    def action_totals(self, since: datetime, until: datetime) -> dict[str, ActionTotal]:
        """Return executions by action id."""


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
    exact: Mapping[float, ExactTimes] = field(default_factory=dict)
    """Executions to the millisecond by the start of their hour (Unix seconds), of the hours that were so
    read."""
    weeks: tuple[int, int] | None = None
    """Of how many of how many weeks those hours are, where they are a sample."""
    outcomes_known: bool = False
    """Whether words told what failed and what was cut off."""
    total: ActionTotal | None = None
    """The platform's own figures of the same hours, where it reports them."""

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
    single = SingleReader(telemetry)
    observed: list[ObservedAction] = []
    missing: list[NotObserved] = []
    for done, action in enumerate(actions, start=1):
        if totals is not None and not totals.get(action.id, NONE).executions:
            missing.append(_unused(action, window))
        else:
            total = None if totals is None else totals[action.id]
            result = _observe(telemetry, single, action, window, (changed_at or {}).get(action.id), total)
            if isinstance(result, NotObserved):
                missing.append(result)
            else:
                observed.append(result)
        if on_progress:
            on_progress(done, len(actions))
    return Production(tuple(observed), tuple(missing))


def _totals(telemetry: Telemetry, window: Window) -> dict[str, ActionTotal] | None:
    """Executions by action; None where the platform refuses a query this wide."""
    try:
        return telemetry.action_totals(window.since, window.until)
    except RefusedRequestError:
        return None


def _observe(
    telemetry: Telemetry,
    single: SingleReader,
    action: Action,
    window: Window,
    changed_at: float | None,
    total: ActionTotal | None,
) -> ObservedAction | NotObserved:
    usable = window if changed_at is None else window.after(changed_at)
    if usable.hours == 0:
        return NotObserved(action, "its timeout was changed too recently: wait for a full hour")
    timeout_s = action.timeout_s
    if timeout_s is None:
        return NotObserved(action, "the org does not report its timeout")
    total = total if usable == window else None
    try:
        read = single.read(action.id, usable, None if total is None else total.executions)
        exact = (
            {}
            if read is None
            else {hour.started_at: hour for hour in exact_hours(read.executions, timeout_s)}
        )
        hours = tuple(hour.counts for hour in exact.values())
        if read is None or read.weeks is not None:
            counted = telemetry.execution_counts(
                action.id, usable.since, usable.until, whole_seconds(timeout_s)
            )
            hours = tuple(_or_exact(hour, exact) for hour in counted)
    except RefusedRequestError as error:
        return NotObserved(action, f"the platform refused the query: {_short(error)}")
    if not any(hour.total for hour in hours):
        return replace(_unused(action, usable), unused=usable == window)
    return ObservedAction(
        action,
        timeout_s,
        usable,
        hours,
        since_change=changed_at if usable != window else None,
        exact={hour: one.times for hour, one in exact.items()},
        weeks=None if read is None else read.weeks,
        outcomes_known=telemetry.analytics.know_outcomes,
        total=total,
    )


def _or_exact(counted: IntervalCounts, exact: Mapping[float, ExactHour]) -> IntervalCounts:
    """An hour's counts, from its single executions where they were read."""
    if not exact:
        return counted
    found = exact.get(begin_of(counted.interval))
    return counted if found is None else found.counts


def _unused(action: Action, window: Window) -> NotObserved:
    return NotObserved(action, f"no execution in {plural(window.hours, 'hour')}", unused=True)


def _short(error: ApiError) -> str:
    return " ".join((error.message, *error.details))


def whole_seconds(timeout_s: int) -> list[DurationRange]:
    """Return the ranges to count by: each whole second up to the timeout."""
    return [DurationRange(second * 1000, (second + 1) * 1000) for second in range(timeout_s)]
