"""Executions one by one: grouped by correlationId, each group is one of them.

Correlation ids lead to conversations and callers: they are dropped as they are read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from diag.genesys.analytics.aggregate_query import HOURLY, AggregateQuery, ask, begin_of
from diag.genesys.analytics.analytics_ways import Ending
from diag.genesys.analytics.execution_counts import ExecutionCountRequests


@dataclass(frozen=True, slots=True)
class SingleExecution:
    """One execution: the start of its hour (Unix seconds), its duration, and how it ended."""

    hour: float
    duration_ms: float
    ending: Ending


@dataclass(frozen=True, slots=True)
class SingleExecutions:
    """Executions of one question; `merged`: how many more have no duration of their own."""

    executions: tuple[SingleExecution, ...]
    merged: int = 0


class SingleExecutionRequests(ExecutionCountRequests):
    """The part of the client that asks for executions one by one."""

    def single_executions(self, action_id: str, since: datetime, until: datetime) -> SingleExecutions:
        """Return the executions of an action in [since, until); one call.

        A group of two holds the shortest and the longest; of more, those between are not known. Raises
        RefusedRequestError where the org does not allow the question, or not for so many.
        """
        group_by = ("correlationId", *self.analytics.group_by)
        query = AggregateQuery(since, until, group_by, [action_id], HOURLY)
        found: list[SingleExecution] = []
        merged = 0
        for row in ask(self._api, query):
            durations_ms = _durations(row.total, row.min_ms, row.max_ms)
            hour, ending = begin_of(row.interval), self.analytics.ending(row.group)
            found += (SingleExecution(hour, one, ending) for one in durations_ms)
            merged += max(row.total - len(durations_ms), 0)
        return SingleExecutions(tuple(found), merged)


def _durations(executions: int, min_ms: float | None, max_ms: float | None) -> Sequence[float]:
    """The durations of a group that are certain."""
    if min_ms is None or max_ms is None or not 0.0 <= min_ms <= max_ms:
        return ()
    return ((), (max_ms,), (min_ms, max_ms))[min(executions, 2)] if executions > 0 else ()
