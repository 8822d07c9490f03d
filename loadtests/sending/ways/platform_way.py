"""The way of a call through Genesys Cloud: the test endpoint of the action, as `Transport` reaches it."""

from typing import Any, Final

from analysis.format.sample_schema import Outcome
from analysis.format.timeout_limits import PLATFORM_MAX_TIMEOUT_S
from diag.genesys.outcomes import Classified
from diag.genesys.timeout_reply import KnownTimeout
from loadtests.planning.plan import ActionLoad
from loadtests.sending.connections.error_codes import error_name
from loadtests.sending.platform_outcome import judge
from loadtests.sending.transport import Reply, Transport
from loadtests.sending.ways.call_way import CallEnd

GIVE_UP_AFTER_S: Final = 10.0
"""How long beyond the action's own timeout a reply is awaited."""


class PlatformWay:
    """A CallWay. `known`: how the platform answers a call that timed out, where that was learnt."""

    method: Final = "POST"
    is_watched: Final = False

    def __init__(
        self, load: ActionLoad, transport: Transport, token: str, known: KnownTimeout | None
    ) -> None:
        self._load = load
        self._transport = transport
        self._known = known
        self._timeout_s = load.timeout_s
        self._limit_s = (load.timeout_s or PLATFORM_MAX_TIMEOUT_S) + GIVE_UP_AFTER_S
        self._requests: list[bytes] = []
        """One per payload. They hold the token, so they never show."""
        self.use_token(token)

    @property
    def rtt_ms(self) -> float:
        """Return the round trip to Genesys Cloud."""
        return self._transport.rtt_ms

    def use_token(self, token: str) -> None:
        """Build every request again, with another access token."""
        load = self._load
        self._requests = [
            self._transport.prepare(load.action_id, load.target, payload.body, token)
            for payload in load.payloads
        ]

    def connect(self, turn: int) -> tuple[Any, bool]:
        """Return a connected socket, whatever the input."""
        return self._transport.connect()

    def exchange(self, connection: Any, turn: int) -> Reply:
        """Make the test call. Raises one of NETWORK_ERRORS: TimeoutError after `limit_s` without a byte."""
        return self._transport.exchange(connection, self._requests[turn], self._limit_s)

    def correlation_id(self, connection: Any) -> str:
        """Return nothing: the platform gives a call its id in the reply."""
        return ""

    def judge(self, reply: Reply, latency_ms: float) -> Classified:
        """Return how a test call that was answered ended."""
        return judge(reply.status, reply.body, self._timeout_s, latency_ms, self._known)

    def judge_failure(self, error: BaseException, *, connected: bool) -> Classified:
        """Return how a test call ended of which no whole reply came."""
        late = connected and isinstance(error, TimeoutError)
        return Classified(Outcome.CLIENT_TIMEOUT if late else Outcome.NETWORK_ERROR, error_name(error))

    def ended(self, connection: Any, call: CallEnd) -> None:
        """Do nothing: the record of a call is all that is kept of it."""
