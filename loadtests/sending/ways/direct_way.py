"""The way of a call straight to the backend: the action's own request, as `OneCall` makes it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from diag.direct.credentials.authorization import with_authorization
from diag.direct.direct_action import Secrets
from diag.direct.direct_load import DirectLoad
from diag.direct.rendering.prepare import PreparedAction
from diag.errors import DiagError
from diag.genesys.outcomes import Classified
from diag.workload.payload import Payload
from loadtests.sending.direct.backends import Backends
from loadtests.sending.direct.custom_auth import AuthResponse, CustomAuth
from loadtests.sending.direct.direct_outcome import AuthFailedError, judge_error, judge_reply
from loadtests.sending.direct.one_call import DirectReply, OneCall
from loadtests.sending.direct.wire_request import WireRequest, wire_request
from loadtests.sending.transport import Reply
from loadtests.sending.watching.watched_call import NewIds, Tracing, WatchedCall, Watcher
from loadtests.sending.ways.call_way import CallEnd

_UNAUTHORIZED: Final = 401


@dataclass(frozen=True, slots=True)
class DirectRequests:
    """The requests of one action: its templates, its inputs and what they may hold beside them."""

    load: DirectLoad
    templates: PreparedAction = field(repr=False)
    payloads: tuple[Payload, ...]
    credentials: Mapping[str, str] = field(repr=False)
    auth: CustomAuth | None = None
    """Where templates use the result of custom authentication."""

    def rendered(self, turn: int, response: AuthResponse | None) -> WireRequest:
        """Return the request of one input. Raises DiagError, which holds no value."""
        secrets = Secrets(self.credentials, response.values if response is not None else {})
        request = self.templates.request(self.payloads[turn].values, secrets)
        return wire_request(with_authorization(request, self.load.action, self.load.auth, self.credentials))


class DirectWay:
    """A CallWay. `watchers` are told of each call that was recorded, `tracing` gives each its ids."""

    def __init__(
        self,
        requests: DirectRequests,
        backends: Backends,
        *,
        watchers: Sequence[Watcher] = (),
        tracing: Tracing | None = None,
    ) -> None:
        """Render the request of every input once. Raises DiagError where one cannot go out."""
        self.method = requests.load.action.method.upper()
        self.is_watched = bool(watchers) or tracing is not None
        self._watchers = watchers
        self._tracing = tracing or NewIds()
        self._requests = requests
        self._backends = backends
        self._limit_s = requests.load.deadline_s
        self._templates = requests.templates
        response = requests.auth.current() if requests.auth is not None else None
        self._wire = [self._render(turn, response) for turn in range(len(requests.payloads))]
        self._of_number = [response.number if response is not None else 0] * len(self._wire)
        pools = [backends.connections(host) for host in {request.host for request in self._wire}]
        self._connections = pools[0] if len(pools) == 1 else None

    @property
    def rtt_ms(self) -> float:
        """Return the round trip to the backend; NaN also where inputs lead to several."""
        return math.nan if self._connections is None else self._connections.rtt_ms

    def use_token(self, token: str) -> None:
        """Do nothing: the platform's token is nothing that a backend may see."""

    def connect(self, turn: int) -> tuple[OneCall, bool]:
        """Return a call that has its connection; its time has begun. Raises one of NETWORK_ERRORS."""
        request = self._request(turn)
        trace = self._tracing.begin(self._requests.load.action.action_name, self.method, request.host)
        call = OneCall(self._backends, request, trace, self._limit_s)
        call.auth_number = self._of_number[turn]
        try:
            return call, call.connect()
        except BaseException as error:  # also when killed at the end of a run
            verdict = judge_error(error)
            self._tracing.end(trace, verdict.outcome, verdict.error_code, 0)
            raise

    def exchange(self, connection: Any, turn: int) -> Reply:
        """Make the call. Raises DeadlinePassedError, or one of NETWORK_ERRORS."""
        call: OneCall = connection
        reply = call.exchange()
        auth = self._requests.auth
        if auth is not None and reply.status == _UNAUTHORIZED:
            auth.refused(call.auth_number)
        return reply

    def correlation_id(self, connection: Any) -> str:
        """Return the id of the trace that was sent."""
        call: OneCall = connection
        return call.trace.trace_id

    def judge(self, reply: Reply, latency_ms: float) -> Classified:
        """Return how a call that was answered ended."""
        assert isinstance(reply, DirectReply)
        return judge_reply(reply, self._templates)

    def judge_failure(self, error: BaseException, *, connected: bool) -> Classified:
        """Return how a call ended of which no whole reply came."""
        return judge_error(error)

    def ended(self, connection: Any, call: CallEnd) -> None:
        """Pass on what became of a call; `connection` is None where it never had one."""
        one: OneCall | None = connection
        trace_id = ""
        if one is not None:
            trace_id = one.trace.trace_id
            self._tracing.end(one.trace, call.outcome, call.code, call.status)
        action = self._requests.load.action
        watched = WatchedCall(
            action_id=action.action_id,
            action_name=action.action_name,
            method=self.method,
            host=self._wire[call.turn].host,
            trace_id=trace_id,
            input=self._requests.payloads[call.turn].body,
            end=call,
        )
        for watcher in self._watchers:
            watcher(watched)

    def _request(self, turn: int) -> WireRequest:
        auth = self._requests.auth
        if auth is None:
            return self._wire[turn]
        response = auth.current()
        if response.number != self._of_number[turn]:
            try:
                self._wire[turn] = self._render(turn, response)
            except DiagError:
                raise AuthFailedError("custom_auth_not_rendered") from None
            self._of_number[turn] = response.number
        return self._wire[turn]

    def _render(self, turn: int, response: AuthResponse | None) -> WireRequest:
        request = self._requests.rendered(turn, response)
        self._backends.refuse_what_is_not_allowed(request)
        return request
