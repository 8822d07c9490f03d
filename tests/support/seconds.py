"""Snapshots and failures for tests of the steering, with everything that does not matter left at nothing."""

import math
from collections.abc import Sequence

from analysis.format.sample_schema import Outcome
from loadtests.recording.recorder import ActionTotals
from loadtests.sending.feedback import FailedCall
from loadtests.sending.transport import Reply
from loadtests.steering.load_second import Load, Second


def second(
    now_s: float,
    *,
    latencies_ms: Sequence[Sequence[float]],
    fine: Sequence[int] | None = None,
    errors: Sequence[int] | None = None,
    held_back: Sequence[int] | None = None,
    sent: Sequence[int] | None = None,
    rates: Sequence[float] | None = None,
    factor: float = 1.0,
) -> Second:
    """One second of as many actions as `latencies_ms` has entries; as many calls leave as are due."""
    due = rates or [1.0] * len(latencies_ms)
    zeros = [0] * len(latencies_ms)
    return Second(
        now_s=float(now_s),
        totals=[totals(fine=count) for count in fine or zeros],
        errors=errors or zeros,
        held_back=held_back or zeros,
        sent=sent or [math.ceil(rate) for rate in due],
        latencies_ms=latencies_ms,
        load=Load(due, factor),
    )


def totals(*, calls: int = 0, timeouts: int = 0, fine: int = 0) -> ActionTotals:
    """Totals of an action of which a test says only what matters to it."""
    return ActionTotals(calls=calls, ok=fine - timeouts, timeouts=timeouts, errors=0)


def failed_call(
    outcome: Outcome,
    *,
    index: int = 0,
    code: str | None = None,
    retry_after: str = "",
    of: ActionTotals | None = None,
) -> FailedCall:
    reply = Reply(0, b"", "", retry_after)
    return FailedCall(index, outcome, code, reply, 0.0, of or totals())
