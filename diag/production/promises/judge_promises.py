"""One look of `diag watch`: read the hours since the last look, keep them, judge all since each change."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from analysis.production.promise_watch import WatchState
from analysis.production.too_generous import enough_s
from analysis.recommend_settings import MOST_DAYS, RecommendSettings
from analysis.typed_command import unclear_names
from analysis.verdicts.next_command import name_to_type
from diag.genesys.api_errors import RefusedRequestError
from diag.genesys.data_action import Action
from diag.genesys.http.paging import OnProgress
from diag.production.hour_store import ActionKey, HourStore
from diag.production.production_facts import hour_counts
from diag.production.promises.what_was_promised import Promise, counts_of_promise, state_of
from diag.production.reading.read_telemetry import CountsTelemetry, whole_seconds
from diag.production.reading.time_window import Window, last_days

LATE: Final = timedelta(hours=48)
"""Hours as old as this are read again at each look: how late the platform's numbers arrive is unknown."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A promise and what its hours say; `enough_s`: the timeout that would do, where it is far shorter.

    `name`: what the action is called now, where no other one of the org is called so, too; None: unknown.
    """

    promise: Promise
    state: WatchState
    enough_s: int | None = None
    name: str | None = None

    @property
    def to_type(self) -> str:
        """Return what names the action in a command: its name, or its id where that cannot be typed."""
        line = self.promise.line
        return name_to_type(line.action_id, line.action_name if self.name is None else self.name)

    @property
    def broken(self) -> bool:
        """Whether more is cut off than was promised."""
        return self.state.broken_at is not None


@dataclass(frozen=True, slots=True)
class NotWatched:
    """A promise that cannot be judged, and why; `unread`: the platform did not answer about it."""

    promise: Promise
    why: str
    unread: bool = False


@dataclass(frozen=True, slots=True)
class PromiseLook:
    """All promises at one look, in the order of the journal."""

    watched: tuple[Watched, ...] = ()
    not_watched: tuple[NotWatched, ...] = ()

    @property
    def broken(self) -> tuple[Watched, ...]:
        """Return the promises that are broken."""
        return tuple(item for item in self.watched if item.broken)


def look_at(
    telemetry: CountsTelemetry,
    store: HourStore,
    promises: Iterable[Promise],
    actions: Mapping[str, Action],
    now: datetime,
    on_progress: OnProgress | None = None,
) -> PromiseLook:
    """Return what production says of each promise; `actions` are the org's, by id.

    Reads at most 31 days back. Raises `ApiError` and `HourStoreError`; a refused query is a value.
    """
    wanted = tuple(promises)
    found: list[Watched | NotWatched] = []
    unclear = unclear_names((action.id, action.name) for action in actions.values())
    for done, promise in enumerate(wanted, start=1):
        action = actions.get(promise.line.action_id)
        judged = _judge(telemetry, store, promise, action, now)
        if action is not None and isinstance(judged, Watched):
            judged = replace(judged, name=action.id if action.id in unclear else action.name)
        found.append(judged)
        if on_progress:
            on_progress(done, len(wanted))
    return PromiseLook(
        tuple(item for item in found if isinstance(item, Watched)),
        tuple(item for item in found if isinstance(item, NotWatched)),
    )


def _judge(
    telemetry: CountsTelemetry, store: HourStore, promise: Promise, action: Action | None, now: datetime
) -> Watched | NotWatched:
    if action is None:
        return NotWatched(promise, "it is no longer in the org")
    if action.timeout_s is None:
        return NotWatched(promise, "the org does not report its timeout", unread=True)
    if action.timeout_s != promise.timeout_s:
        return NotWatched(
            promise,
            f"its timeout is {action.timeout_s} s now, diag set {promise.timeout_s} s: "
            "someone else changed it since",
        )
    line = promise.line
    key = ActionKey(line.host, line.org_id, line.action_id)
    since = last_days(MOST_DAYS, now).after(line.at)
    try:
        _read(telemetry, store, key, promise.timeout_s, since)
    except RefusedRequestError as error:
        return NotWatched(promise, f"the platform refused the query: {error.message}", unread=True)
    began = Window(datetime.fromtimestamp(0, UTC), since.until).after(line.at).since.timestamp()
    counts = counts_of_promise(promise, store.hours(key, began))
    state = state_of(promise, counts)
    if state.broken_at is not None:
        return Watched(promise, state)
    rules = RecommendSettings(percentile=promise.percentile)
    return Watched(promise, state, enough_s(counts, promise.timeout_s, rules))


def _read(
    telemetry: CountsTelemetry, store: HourStore, key: ActionKey, timeout_s: int, window: Window
) -> None:
    read_until = store.read_until(key)
    since = window.since
    if read_until is not None:
        since = max(since, datetime.fromtimestamp(read_until, UTC) - LATE)
    if since >= window.until:
        return
    read = telemetry.execution_counts(key.action_id, since, window.until, whole_seconds(timeout_s))
    hours = [hour_counts(hour) for hour in read if hour.total > 0]
    store.keep(key, hours, window.until.timestamp())
