"""How long a load pauses after a 429, and after how many such pauses it stops. Pure: knows no clock."""

from typing import Final

from diag.genesys.replies.retry_after import retry_after_s
from diag.workload.tables.guard_limits import GuardLimits
from loadtests.sending.feedback import ORG_LIMITS
from loadtests.steering.decisions import Pause, StopRun

LONGEST_PAUSE_S: Final = 600.0
"""A `Retry-After` that asks for more is not waited for longer."""


class PausesAfter429:
    """The pauses of one load so far, and what the next 429 leads to."""

    def __init__(self, limits: GuardLimits) -> None:
        self._limits = limits
        self._of_the_org = 0
        self._until_s = 0.0

    def refused(self, code: str, retry_after: str, now_s: float) -> Pause | StopRun | None:
        """Return what to do after a 429; `code` begins with the namespace of the limit."""
        if now_s < self._until_s:
            return None  # calls that were in flight when the pause began
        pause_s = min(retry_after_s(retry_after) or self._limits.pause_s, LONGEST_PAUSE_S)
        self._until_s = now_s + pause_s
        starving = code.startswith(ORG_LIMITS)
        whose = (
            "the org's data action limits (production is being refused too)"
            if starving
            else "our token's limit"
        )
        if starving:
            self._of_the_org += 1
        if starving and self._of_the_org >= self._limits.rate_limited_stops:
            why = f"429 from {whose}, after {self._of_the_org - 1} pauses for it: stopped to spare production"
            return StopRun(why)
        why = f"429 from {whose}: pausing {pause_s:.0f} s, then at half the rate"
        return Pause(self._until_s, why, for_all=starving)

    def elsewhere(self, why: str, pause_s: float, now_s: float) -> Pause | None:
        """Return the pause that another load process began for the org's limits: it counts here as well."""
        if now_s < self._until_s:
            return None
        self._until_s = now_s + pause_s
        self._of_the_org += 1
        return Pause(self._until_s, why)
