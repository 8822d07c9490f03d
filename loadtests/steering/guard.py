"""Watches what calls do to the org, and decides when to slow down, pause or stop. Pure: knows no clock.

It protects production: an org-wide 429 from `dataactions` means that real callers are being refused now; a
backend that only times out holds the org's concurrent executions; and calls that fail measure nothing. A
backend that is called directly is spared by the same rules, but for the org's limits.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Final

from analysis.format.sample_schema import Outcome
from diag.workload.tables.guard_limits import GuardLimits
from loadtests.sending.feedback import FailedCall
from loadtests.steering.decisions import Decision, SlowAction, StopAction
from loadtests.steering.load_second import Second
from loadtests.steering.pause_after_429 import PausesAfter429

FEWEST_CALLS: Final = 10
"""A median of fewer calls shows no rise of the latency; the slowest default rate brings 15 a window."""

_TIMEOUTS: Final = frozenset({Outcome.TIMEOUT, Outcome.CLIENT_TIMEOUT})
_ERRORS: Final = frozenset(
    {
        Outcome.BACKEND_ERROR,
        Outcome.INVALID_INPUT,
        Outcome.PLATFORM_ERROR,
        Outcome.NETWORK_ERROR,
        Outcome.AUTH_ERROR,
        Outcome.CONTRACT_ERROR,
    }
)


@dataclass(slots=True)
class _Watched:
    name: str
    recent: deque[bool]
    """The last calls, in the order in which they ended: whether each was an error."""
    in_a_row: int = 0
    counted: int = 0
    fine: int = 0
    first_window: list[float] | None = None
    window: deque[tuple[float, float]] = field(default_factory=deque)
    """(when, latency in ms) of the last calls that were answered."""
    slowed_at_s: float = -1e9


class Guard:
    """Policy: protects the org. `failed` for each call that was not ok, `second` once a second.

    Decisions wait until they are taken, so that a pause need not wait for the end of a second.
    """

    def __init__(self, limits: GuardLimits, names: Sequence[str]) -> None:
        self._limits = limits
        self._watched = [_Watched(name, deque(maxlen=limits.error_calls)) for name in names]
        self._decisions: list[Decision] = []
        self._pauses = PausesAfter429(limits)

    def failed(self, call: FailedCall, now_s: float) -> None:
        """Consider a call that was not ok."""
        watched = self._watched[call.index]
        if call.outcome is Outcome.RATE_LIMITED:
            self.refused(call.code or "", call.retry_after, now_s)
        if call.outcome in _TIMEOUTS:
            self._check_timeouts(watched, call)
        if call.outcome in _ERRORS:
            # In the order in which calls ended: whole seconds of good ones at a time would hide them.
            self._count_fine(watched, call.totals.fine)
            watched.recent.append(True)
            self._check_errors(call.index)

    def second(self, second: Second) -> list[Decision]:
        """Return what to do after this second, decisions not taken before included."""
        for index, totals in enumerate(second.totals):
            self._count_fine(self._watched[index], totals.fine)
        for index, latencies_ms in enumerate(second.latencies_ms):
            self._check_latency(index, latencies_ms, second.now_s)
        return self.take()

    def take(self) -> list[Decision]:
        """Return what to do now, once."""
        decisions, self._decisions = self._decisions, []
        return decisions

    def _check_timeouts(self, watched: _Watched, call: FailedCall) -> None:
        others = call.totals.calls - call.totals.timeouts
        if others == watched.counted:
            watched.in_a_row += 1
        else:
            watched.counted, watched.in_a_row = others, 1
        if self._limits.timeouts_in_a_row and watched.in_a_row == self._limits.timeouts_in_a_row:
            why = f"{watched.name}: {watched.in_a_row} timeouts in a row; its backend does not answer"
            self._decisions.append(StopAction(call.index, why))

    def _count_fine(self, watched: _Watched, fine: int) -> None:
        if fine > watched.fine:
            watched.recent.extend([False] * min(fine - watched.fine, self._limits.error_calls))
            watched.fine = fine

    def _check_errors(self, index: int) -> None:
        watched = self._watched[index]
        full = len(watched.recent) == self._limits.error_calls
        share = sum(watched.recent) / len(watched.recent)
        if full and share > self._limits.error_share:
            why = f"{watched.name}: {share * 100:.0f} % of its last {len(watched.recent)} calls failed"
            self._decisions.append(StopAction(index, why))
            watched.recent.clear()

    def _check_latency(self, index: int, values: Sequence[float], now_s: float) -> None:
        watched = self._watched[index]
        window_s = self._limits.latency_window_s
        watched.window.extend((now_s, value) for value in values)
        while watched.window and watched.window[0][0] < now_s - window_s:
            watched.window.popleft()
        if len(watched.window) < FEWEST_CALLS:
            return
        if watched.first_window is None:
            if now_s >= window_s:
                watched.first_window = [value for _, value in watched.window]
            return
        before = median(watched.first_window)
        now = median(value for _, value in watched.window)
        if now > self._limits.latency_factor * before and now_s - watched.slowed_at_s >= 2 * window_s:
            watched.slowed_at_s = now_s
            why = (
                f"{watched.name}: half of its calls now take over {now:.0f} ms, "
                f"at the start it was {before:.0f} ms; its rate is halved"
            )
            self._decisions.append(SlowAction(index, why))

    def refused(self, code: str, retry_after: str, now_s: float) -> None:
        """Consider a 429; `code` begins with the namespace of the limit."""
        self._decide(self._pauses.refused(code, retry_after, now_s))

    def paused_elsewhere(self, why: str, pause_s: float, now_s: float) -> None:
        """Pause because another load process met the org's limits: it counts here as well."""
        self._decide(self._pauses.elsewhere(why, pause_s, now_s))

    def _decide(self, decision: Decision | None) -> None:
        if decision is not None:
            self._decisions.append(decision)
