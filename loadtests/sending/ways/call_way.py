"""What `Caller` asks of the way that an action's calls take: through Genesys Cloud, or to its backend."""

from dataclasses import dataclass
from typing import Any, Protocol

from analysis.format.sample_schema import Outcome
from diag.genesys.outcomes import Classified
from loadtests.sending.transport import Reply


@dataclass(frozen=True, slots=True)
class CallEnd:
    """How one call ended, for whoever watches calls beside the record.

    `turn`: the place of its input. `started_at`: Unix seconds. `status`: HTTP, 0 without a reply.
    """

    turn: int
    started_at: float
    latency_ms: float
    outcome: Outcome
    code: str | None
    status: int


class CallWay(Protocol):
    """How the calls of one action travel, and how their replies are judged. One per action and process.

    `turn` is the place of the call's input among the payloads of its action.
    """

    @property
    def method(self) -> str:
        """Return the HTTP method, for Locust's statistics."""

    @property
    def rtt_ms(self) -> float:
        """Return the network's round trip; NaN where it is not known."""

    @property
    def is_watched(self) -> bool:
        """Return whether `ended` wants to know of each call."""

    def use_token(self, token: str) -> None:
        """Send calls with another access token from now on."""

    def connect(self, turn: int) -> tuple[Any, bool]:
        """Return a connection for `exchange`, and whether it was opened just now.

        Raises one of NETWORK_ERRORS. A call's clock starts when this returns; of one whose deadline passed
        (DeadlinePassedError) all of its time counts.
        """

    def exchange(self, connection: Any, turn: int) -> Reply:
        """Send the request and return the whole reply. Raises one of NETWORK_ERRORS."""

    def correlation_id(self, connection: Any) -> str:
        """Return the id of a call that was sent and not answered; empty where it has none."""

    def judge(self, reply: Reply, latency_ms: float) -> Classified:
        """Return how a call that was answered ended."""

    def judge_failure(self, error: BaseException, *, connected: bool) -> Classified:
        """Return how a call without a whole reply ended; `connected`: it had a connection."""

    def ended(self, connection: Any, call: CallEnd) -> None:
        """Consider a call that was recorded; `connection`: None where it had none. May raise OSError."""
