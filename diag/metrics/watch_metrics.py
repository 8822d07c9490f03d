"""`diag watch` as series: each promise, and what production says of it."""

from analysis.openmetrics import Family
from analysis.production.promise_watch import ALARM
from diag.metrics.gathered import Gathered, action_labels
from diag.metrics.series import (
    BROKEN,
    EVIDENCE,
    EXECUTIONS,
    EXECUTIONS_CUT_OFF,
    LAST_RUN,
    NOT_WATCHED,
    PROMISE_TIMEOUT,
    PROMISED,
)
from diag.production.promises.judge_promises import PromiseLook


def watch_metrics(look: PromiseLook, host: str, now: float) -> tuple[Family, ...]:
    """Return the series of one look; `now`: Unix seconds."""
    gathered = Gathered("watch", host)
    gathered.add(LAST_RUN, now)
    for item in look.watched:
        of = action_labels(item.promise.line.action_id, item.promise.line.action_name)
        gathered.add(PROMISE_TIMEOUT, item.promise.timeout_s, of)
        gathered.add(PROMISED, item.promise.accepted, of)
        gathered.add(BROKEN, item.broken, of)
        gathered.add(EVIDENCE, item.state.evidence / ALARM, of)
        gathered.add(EXECUTIONS, item.state.executions, of)
        gathered.add(EXECUTIONS_CUT_OFF, item.state.cut_off, of)
    for missing in look.not_watched:
        line = missing.promise.line
        gathered.add(NOT_WATCHED, 1, action_labels(line.action_id, line.action_name))
    return gathered.families()
