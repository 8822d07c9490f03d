"""One request to a backend and its reply, within one deadline: sent once, never again."""

from dataclasses import dataclass
from typing import Any

from loadtests.sending.connections.pools import Connections
from loadtests.sending.direct.backends import Backends
from loadtests.sending.direct.bounded_reply import ParsedReply, read_body, read_head
from loadtests.sending.direct.deadline import Deadline
from loadtests.sending.direct.redirects import RefusedRedirect, redirected
from loadtests.sending.direct.wire_request import WireRequest
from loadtests.sending.transport import Reply
from loadtests.sending.watching.trace_context import TraceContext


@dataclass(frozen=True, slots=True)
class DirectReply(Reply):
    """A backend's reply; its correlation id is the id of the trace that was sent."""

    refused_redirect: str | None = None
    """Error code of a redirect that was not followed; None: there was none."""


class OneCall:
    """A call on its way. Its time began when this was made; connect, then exchange, each once."""

    def __init__(self, backends: Backends, request: WireRequest, trace: TraceContext, limit_s: float) -> None:
        self.trace = trace
        self.request = request
        self.auth_number = 0
        """Of the custom authentication's response that the request holds."""
        self._connections: Connections = backends.connections(request.host)
        self._room = backends.room
        self._socket: Any = None
        self._deadline = Deadline(limit_s)

    def connect(self) -> bool:
        """Take a connection; return whether it was opened just now.

        Raises DeadlinePassedError or one of NETWORK_ERRORS.
        """
        try:
            with self._deadline:
                self._socket, is_new = self._connections.take()
        except BaseException:
            self._deadline.cancel()
            raise
        return is_new

    def exchange(self) -> DirectReply:
        """Send the request and return its reply, redirects on the same host followed.

        Raises DeadlinePassedError, after which the connection is closed, or one of NETWORK_ERRORS.
        """
        try:
            with self._deadline:
                reply = self._follow()
                self._deadline.check()  # the last byte may have come while the process was busy
                return reply
        finally:
            self._deadline.cancel()
            if self._socket is not None:  # failed, cut off by the deadline, or killed at the end of the run
                self._connections.drop(self._socket)

    def _follow(self) -> DirectReply:
        request, followed = self.request, 0
        while True:
            reply, body = self._once(request)
            status = reply.get_code()
            wanted = redirected(request, status, reply.header("location"), followed)
            if wanted is None:
                return DirectReply(status, body, self.trace.trace_id, "")
            if isinstance(wanted, RefusedRedirect):
                return DirectReply(status, body, self.trace.trace_id, "", wanted.code)
            request, followed = wanted, followed + 1
            self._socket, _ = self._connections.take()

    def _once(self, request: WireRequest) -> tuple[ParsedReply, bytes]:
        sock = self._socket
        sock.sendall(request.with_trace(self.trace.header))
        reply = read_head(sock, request.method)
        body = read_body(sock, reply, self._room)
        self._socket = None
        if reply.should_close():
            self._connections.drop(sock)
        else:
            self._connections.give_back(sock)
        return reply, body
