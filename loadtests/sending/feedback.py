"""What calls report back to the steering. The sending side only appends; the steering side takes."""

from dataclasses import dataclass
from typing import Final

from analysis.format.sample_schema import Outcome
from loadtests.recording.recorder import ActionTotals
from loadtests.sending.transport import Reply

ORG_LIMITS: Final = "dataactions"
"""How the error code of a 429 begins that comes from the org-wide limits of data actions: production is being
refused too."""


@dataclass(frozen=True, slots=True)
class FailedCall:
    """A call that was not ok. `reply` is None where none came; `ended_at` is the clock's seconds."""

    index: int
    """Of its action in the plan."""
    outcome: Outcome
    code: str | None
    reply: Reply | None
    ended_at: float
    totals: ActionTotals
    """Of its action so far, this call included."""

    @property
    def retry_after(self) -> str:
        """Return the reply's Retry-After as it was sent; empty without one."""
        return self.reply.retry_after if self.reply is not None else ""


@dataclass(frozen=True, slots=True)
class RefusedPoll:
    """A poll of a job that Genesys refused: for the org's data action limits, or for its token."""

    ended_at: float
    code: str | None
    """Error code of the 429; None: the token was refused."""
    retry_after: str = ""


Failure = FailedCall | RefusedPoll


class Feedback:
    """One per load process."""

    def __init__(self, actions: int) -> None:
        self.lags_s: list[float] = []
        """From due to begun, per call."""
        self.latencies_ms: list[list[float]] = [[] for _ in range(actions)]
        """Per action: its calls that were answered or timed out at the platform, no errors."""
        self.failures: list[Failure] = []

    def take_lags_s(self) -> list[float]:
        """Return the lags since this was last asked."""
        taken, self.lags_s = self.lags_s, []
        return taken

    def take_latencies_ms(self) -> list[list[float]]:
        """Return the latencies since this was last asked."""
        taken, self.latencies_ms = self.latencies_ms, [[] for _ in self.latencies_ms]
        return taken

    def take_failures(self) -> list[Failure]:
        """Return the failures since this was last asked, in the order in which they ended."""
        taken, self.failures = self.failures, []
        return taken
