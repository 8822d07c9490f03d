"""Executions read one by one, as hours: counted per whole second, and to the millisecond."""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from analysis.production.hourly_counts import ExactTimes, per_second
from diag.genesys.analytics.execution_counts import IntervalCounts
from diag.genesys.analytics.single_executions import SingleExecution

_ROUNDING_MS: Final = 1e-6


@dataclass(frozen=True, slots=True)
class ExactHour:
    """One hour: `counts` as the platform would count them, `times` to the millisecond."""

    started_at: float
    counts: IntervalCounts
    times: ExactTimes


def exact_hours(executions: Iterable[SingleExecution], timeout_s: int) -> tuple[ExactHour, ...]:
    """Return the hours of these executions in order, for the timeout in force (seconds).

    Milliseconds are rounded up. What ended no sooner than the timeout counts as cut off by it.
    """
    by_hour: dict[float, list[SingleExecution]] = defaultdict(list)
    for one in executions:
        by_hour[one.hour].append(one)
    return tuple(_hour(hour, by_hour[hour], timeout_s) for hour in sorted(by_hour))


def _hour(started_at: float, executions: list[SingleExecution], timeout_s: int) -> ExactHour:
    limit_ms = timeout_s * 1000
    ended = sorted(ms for one in executions if one.ending == "ended" and (ms := _whole_ms(one)) < limit_ms)
    failed = sorted(_whole_ms(one) for one in executions if one.ending == "failed")
    begin = datetime.fromtimestamp(started_at, UTC)
    counts = IntervalCounts(
        interval=f"{begin.isoformat()}/{(begin + timedelta(hours=1)).isoformat()}",
        total=len(executions),
        counts=per_second(ended, timeout_s)[:timeout_s],
        max_ms=max(one.duration_ms for one in executions),
        failed=per_second(failed, timeout_s) if failed else (),
    )
    return ExactHour(started_at, counts, ExactTimes(tuple(ended), tuple(failed)))


def _whole_ms(one: SingleExecution) -> int:
    return max(math.ceil(one.duration_ms - _ROUNDING_MS), 1)
