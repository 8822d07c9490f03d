"""Watches what calls do to the org, and says when to slow down, pause or stop. Pure: told times and counts.

What it must protect is production: an org-wide 429 from `dataactions` means that real callers are being
refused now; a backend that only times out holds the org's concurrent executions; errors help nobody.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final, Literal

from analysis.format.schema import Outcome
from diag.exit_codes import ExitCode
from diag.workload.load_shape import GuardLimits

STARVING: Final = "dataactions"
"""Namespace of the org-wide limits in a 429 (`error_code` starts with it)."""
FEWEST_CALLS: Final = 10
"""A median of fewer calls says nothing about rising latency; the slowest default rate brings 15 a window."""
LONGEST_PAUSE_S: Final = 600.0

Step = Literal["stop_action", "slow_action", "pause", "stop_run"]

_TIMEOUTS: Final = frozenset({Outcome.TIMEOUT, Outcome.CLIENT_TIMEOUT})
_ERRORS: Final = frozenset(
    {
        Outcome.BACKEND_ERROR,
        Outcome.INVALID_INPUT,
        Outcome.PLATFORM_ERROR,
        Outcome.NETWORK_ERROR,
        Outcome.AUTH_ERROR,
    }
)


@dataclass(frozen=True, slots=True)
class Decision:
    """What the guard wants done. `index` is the action (None: all); `until_s` the end of a pause.

    `for_all`: it concerns the org, so every load process must do it.
    """

    step: Step
    why: str
    index: int | None = None
    until_s: float | None = None
    exit_code: int = ExitCode.INCOMPLETE
    for_all: bool = False


@dataclass(slots=True)
class _Watched:
    name: str
    recent: deque[bool]
    in_a_row: int = 0
    counted: int = 0
    fine: int = 0
    first_window: list[float] | None = None
    window: deque[tuple[float, float]] | None = None
    slowed_at_s: float = -1e9


class Guard:
    """One per load process. `failure` for each call that was not ok, `second` once a second."""

    def __init__(self, limits: GuardLimits, names: Sequence[str]) -> None:
        self._limits = limits
        self._watched = [_Watched(name, deque(maxlen=limits.error_calls), window=deque()) for name in names]
        self._decisions: list[Decision] = []
        self._pauses = 0
        self._paused_until = 0.0

    def failure(
        self,
        index: int,
        outcome: Outcome,
        code: str | None,
        retry_after: str,
        now_s: float,
        *,
        timeouts: int,
        calls: int,
        fine: int,
    ) -> None:
        """Take in a call that was not ok.

        `calls`, `timeouts`, `fine` (no error): of this action so far, this one included.
        """
        watched = self._watched[index]
        others = calls - timeouts
        if outcome is Outcome.RATE_LIMITED:
            self.refused(code or "", retry_after, now_s)
        if outcome in _TIMEOUTS:
            if others == watched.counted:
                watched.in_a_row += 1
            else:
                watched.counted, watched.in_a_row = others, 1
            if self._limits.timeouts_in_a_row and watched.in_a_row == self._limits.timeouts_in_a_row:
                self._decide(
                    Decision(
                        "stop_action",
                        f"{watched.name}: {watched.in_a_row} timeouts in a row; its backend does not answer",
                        index,
                    )
                )
        if outcome in _ERRORS:
            # In the order in which calls ended: whole seconds of good ones at a time would hide them.
            self._take_fine(watched, fine)
            watched.recent.append(True)
            self._check_errors(index)

    def second(self, now_s: float, fine: Sequence[int], latencies_ms: Sequence[Sequence[float]]) -> None:
        """Take in a second. Per action: its calls without an error so far, and the second's latencies."""
        for watched, count in zip(self._watched, fine, strict=True):
            self._take_fine(watched, count)
        for index, values in enumerate(latencies_ms):
            self._check_latency(index, values, now_s)

    def take(self) -> list[Decision]:
        """Return what to do now, once."""
        decisions, self._decisions = self._decisions, []
        return decisions

    def _take_fine(self, watched: _Watched, fine: int) -> None:
        watched.recent.extend([False] * min(fine - watched.fine, self._limits.error_calls))
        watched.fine = fine

    def _check_errors(self, index: int) -> None:
        watched = self._watched[index]
        full = len(watched.recent) == self._limits.error_calls
        share = sum(watched.recent) / len(watched.recent)
        if full and share > self._limits.error_share:
            why = f"{watched.name}: {share:.0%} of its last {len(watched.recent)} calls failed"
            self._decide(Decision("stop_action", why, index))
            watched.recent.clear()

    def _check_latency(self, index: int, values: Sequence[float], now_s: float) -> None:
        watched = self._watched[index]
        window_s = self._limits.latency_window_s
        assert watched.window is not None
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
            self._decide(Decision("slow_action", why, index))

    def refused(self, code: str, retry_after: str, now_s: float) -> None:
        """Take in a 429; `code` begins with the namespace of the limit."""
        if now_s < self._paused_until:
            return  # calls that were in flight when the pause began
        pause_s = min(_seconds(retry_after) or self._limits.pause_s, LONGEST_PAUSE_S)
        self._paused_until = now_s + pause_s
        starving = code.startswith(STARVING)
        whose = (
            "the org's data action limits (production is being refused too)"
            if starving
            else "our token's limit"
        )
        if starving:
            self._pauses += 1
        if starving and self._pauses >= self._limits.rate_limited_stops:
            why = f"429 from {whose}, after {self._pauses - 1} pauses for it: stopped to spare production"
            self._decide(Decision("stop_run", why))
            return
        why = f"429 from {whose}: pausing {pause_s:.0f} s, then at half the rate"
        self._decide(Decision("pause", why, until_s=self._paused_until, for_all=starving))

    def paused_elsewhere(self, why: str, pause_s: float, now_s: float) -> None:
        """Take in that another load process met the org's limits: it counts here as well."""
        if now_s < self._paused_until:
            return
        self._paused_until = now_s + pause_s
        self._pauses += 1
        self._decide(Decision("pause", why, until_s=self._paused_until))

    def _decide(self, decision: Decision) -> None:
        self._decisions.append(decision)


def _seconds(retry_after: str) -> float | None:
    """Retry-After is a whole number of seconds; anything else counts as absent
    (docs/genesys-api.md, "Rate limits")."""
    return float(retry_after) if retry_after.isdecimal() else None
