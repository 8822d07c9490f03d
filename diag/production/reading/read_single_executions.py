"""Reading executions one by one, as far as the org allows it and a budget of queries reaches.

What the platform makes of so many groups is not documented: it may refuse them, or leave some out. So every
reply is held against the number of executions counted without groups.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

from analysis.format.action_facts import HOURS_A_WEEK
from diag.genesys.analytics.analytics_ways import AnalyticsWays
from diag.genesys.analytics.single_executions import SingleExecution, SingleExecutions
from diag.genesys.api_errors import PlatformError, RefusedRequestError, UnexpectedReplyError
from diag.production.reading.time_window import Window
from diag.production.reading.windows_to_ask import HourlyTotals, expected, sample, whole

MOST_EXECUTIONS: Final = 5_000
"""Asked for in one query: a reply of about 2 MB."""
MOST_QUERIES: Final = 20
"""For one action: up to 100,000 executions."""
_FEWEST_EXECUTIONS: Final = 100
"""An org that allows fewer in one query is not asked for them one by one."""


class SingleTelemetry(Protocol):
    """The part of the client used here."""

    @property
    def analytics(self) -> AnalyticsWays:
        """Return what is known of the org's analytics."""

    def hourly_executions(
        self, action_ids: Sequence[str], since: datetime, until: datetime
    ) -> dict[str, dict[float, int]]:
        """Return executions by action id and hour."""

    def single_executions(self, action_id: str, since: datetime, until: datetime) -> SingleExecutions:
        """Return executions one by one."""


@dataclass(frozen=True, slots=True)
class SingleRead:
    """Executions read one by one. `weeks`: how many of how many weeks they are from; None: all there are."""

    executions: tuple[SingleExecution, ...]
    weeks: tuple[int, int] | None = None


@dataclass(slots=True)
class SingleReader:
    """One look at an org: what it allowed for one action is not asked anew for the next."""

    telemetry: SingleTelemetry
    most: int = MOST_EXECUTIONS
    _allowed: bool | None = field(default=None, init=False)
    _queries: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        """Ask nothing of an org that is known to refuse it."""
        self._allowed = False if self.telemetry.analytics.by_correlation is False else None

    def _refuses(self) -> bool:
        return self._allowed is False

    def read(self, action_id: str, window: Window, total: int | None) -> SingleRead | None:
        """Return the executions of an action; `total`: how many `window` holds, where that is known.

        None where the org does not allow it, or there are too many.
        """
        self._queries = 0
        if self._refuses():
            return None
        if total is not None and total <= self.most:
            found = self._ask(action_id, window, total)
            if found is not None:
                return SingleRead(found)
        if self._refuses():
            return None
        hourly = self.telemetry.hourly_executions([action_id], window.since, window.until).get(action_id, {})
        left = MOST_QUERIES - self._queries
        asked, weeks = whole(hourly, window, self.most), None
        if asked is None or len(asked) > left:
            part = sample(hourly, window, self.most, left)
            if part is None:
                return None
            asked, held = part
            weeks = (held, window.hours // HOURS_A_WEEK)
        read = self._ask_each(action_id, asked, hourly)
        return None if read is None else SingleRead(read, weeks)

    def _ask_each(
        self, action_id: str, windows: Sequence[Window], hourly: HourlyTotals
    ) -> tuple[SingleExecution, ...] | None:
        """The executions of these windows, in parts where they are too full; None: not all came."""
        executions: list[SingleExecution] = []
        left = deque(windows)
        while left:
            window = left.popleft()
            total = expected(hourly, window)
            if total > self.most:
                parts = whole(hourly, window, self.most)
                if parts is None:
                    return None
                left.extendleft(reversed(parts))
                continue
            if self._queries >= MOST_QUERIES:
                return None
            found = self._ask(action_id, window, total)
            if found is not None:
                executions += found
            elif self._refuses():
                return None
            else:
                left.appendleft(window)
        return tuple(executions)

    def _ask(self, action_id: str, window: Window, total: int) -> tuple[SingleExecution, ...] | None:
        """The executions of a window, None where they did not all come: then `most` is fewer, or nothing more
        is asked."""
        reply = self._reply(action_id, window)
        if reply is None:
            self._fewer(action_id, window, total)
            return None
        self._allowed = True
        if reply.merged:  # a correlation id that several executions share: not what is wanted here
            self._allowed = False
        elif len(reply.executions) >= total:
            return reply.executions
        else:
            self._at_most(len(reply.executions))
        return None

    def _fewer(self, action_id: str, window: Window, total: int) -> None:
        """After a refusal: is it the question, or are there too many? An hour alone tells."""
        if self._allowed is None:
            hour = Window(window.until - timedelta(hours=1), window.until)
            self._allowed = hour != window and self._reply(action_id, hour) is not None
        if self._allowed:
            self._at_most(total // 2)

    def _at_most(self, executions: int) -> None:
        self.most = min(executions, self.most - 1)
        self._allowed = self.most >= _FEWEST_EXECUTIONS

    def _reply(self, action_id: str, window: Window) -> SingleExecutions | None:
        self._queries += 1
        try:
            return self.telemetry.single_executions(action_id, window.since, window.until)
        except (RefusedRequestError, PlatformError, UnexpectedReplyError):
            return None
