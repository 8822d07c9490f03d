"""A backend on a thread that answers as a test says, down to the byte; and direct calls to it."""

import socket
import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from diag.direct.direct_action import DirectAction
from diag.direct.direct_load import DirectLoad, DirectRules
from diag.genesys.outcomes import Classified
from diag.workload.payloads_from_contract import EMPTY
from loadtests.planning.plan import ActionLoad, LoadPlan
from loadtests.sending.connections.error_codes import NETWORK_ERRORS
from loadtests.sending.direct.direct_setup import DirectSetup
from loadtests.sending.ways.direct_way import DirectWay
from tests.support.listening import Listening

OK_REPLY = b'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{"id":1}'
SCHEMA = '{"type": "object", "properties": {"id": {"type": "integer"}}, "required": ["id"]}'
ACTION = DirectAction(
    action_id="a-1",
    action_name="Look Up",
    method="GET",
    url_template="",
    headers={},
    request_template=None,
    translation_map={},
    translation_defaults={},
    success_template=None,
    output_schema=SCHEMA,
)

Answer = Callable[[bytes], bytes | Iterable[bytes] | None]
"""The reply to a request, whole or piece by piece; None closes the connection."""


class DirectBackend:
    """`base`: its address. `received`: every request."""

    def __init__(self, answer: Answer, tls: ssl.SSLContext | None = None) -> None:
        self.received: list[bytes] = []
        self.closed = 0
        self._answer = answer
        self._tls = tls
        self._listening = Listening(self._talk)
        scheme = "http" if tls is None else "https"
        self.base = f"{scheme}://{self._listening.address}"

    @property
    def connections(self) -> int:
        """Return how many there were."""
        return self._listening.connections

    def close(self) -> None:
        """Accept no more."""
        self._listening.close()

    def _talk(self, connection: socket.socket) -> None:
        try:
            self._answer_all(connection)
        except OSError:
            pass
        finally:
            connection.close()
            self.closed += 1

    def _answer_all(self, connection: socket.socket) -> None:
        connection.settimeout(20)
        if self._tls is None:
            self._answer_each(connection)
            return
        with self._tls.wrap_socket(connection, server_side=True) as secured:
            self._answer_each(secured)

    def _answer_each(self, connection: socket.socket) -> None:
        while data := connection.recv(1 << 20):
            self.received.append(data)
            reply = self._answer(data)
            if reply is None:
                return
            for piece in [reply] if isinstance(reply, bytes) else reply:
                connection.sendall(piece)


@contextmanager
def backend(answer: Answer, tls: ssl.SSLContext | None = None) -> Iterator[DirectBackend]:
    """Yield a backend that runs."""
    running = DirectBackend(answer, tls)
    try:
        yield running
    finally:
        running.close()


def direct_load(base: str, *, path: str = "/x", deadline_s: float = 5.0, **changes: object) -> ActionLoad:
    """Return an action that is called at this address; `changes`: of its DirectAction."""
    action = replace(ACTION, url_template=base + path, **changes)  # type: ignore[arg-type]
    timeout_s = int(deadline_s) if deadline_s.is_integer() else None
    return ActionLoad("a-1", "Look Up", timeout_s, 20.0, (EMPTY,), direct=DirectLoad(action, deadline_s))


def direct_rules(*bases: str) -> DirectRules:
    """Return rules by which these addresses may be called."""
    return DirectRules({base.partition("://")[2]: 100.0 for base in bases}, allow_private=True)


def direct_plan(load: ActionLoad, *bases: str) -> LoadPlan:
    """Return a plan with this action, in which these addresses may be called."""
    return LoadPlan((load,), direct=direct_rules(*bases))


@contextmanager
def direct_way(load: ActionLoad, *bases: str) -> Iterator[DirectWay]:
    """Yield how this action's calls travel, where these addresses may be called."""
    calls = DirectSetup(direct_plan(load, *bases), connections=2, environment={})
    try:
        yield calls.way(load)
    finally:
        calls.close()


def one_call(way: DirectWay, turn: int = 0) -> Classified:
    """Make one call as `Caller` does; return how it ended. `turn`: of its input."""
    connected = False
    try:
        call, _ = way.connect(turn)
        connected = True
        reply = way.exchange(call, turn)
    except NETWORK_ERRORS as error:
        return way.judge_failure(error, connected=connected)
    return way.judge(reply, 0.0)


def reply(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """Return a whole reply with this body."""
    lines = "".join(f"{line}\r\n" for line in (*headers, f"Content-Length: {len(body)}"))
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body


@contextmanager
def way_to(base: str, *, deadline_s: float = 5.0) -> Iterator[DirectWay]:
    """A way of direct calls to the backend at this address."""
    with direct_way(direct_load(base, deadline_s=deadline_s), base) as way:
        yield way
