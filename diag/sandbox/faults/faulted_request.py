"""One request that a fault hits, and what a fault can do to it."""

from dataclasses import dataclass, field, replace
from typing import Protocol

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from diag.sandbox.disconnects import wait_for_disconnect
from diag.sandbox.faults.fault import Fault


class FaultedWorld(Protocol):
    """What faults change beside the reply."""

    def end_token(self, token: str) -> None:
        """End a token before its time."""

    def save_as_someone_else(self, action_id: str) -> None:
        """Save an action unchanged, so that its version grows."""


class Client(Protocol):
    """The other end of the connection."""

    @property
    def requests(self) -> int:
        """How many requests came over this connection, this one included."""

    def reset(self) -> None:
        """Drop the connection with a TCP reset."""

    def say(self, raw: bytes) -> None:
        """Write bytes as they are: a reply that a proper HTTP server would not make."""

    def hang_up(self) -> None:
        """Close the connection after what was written is sent."""


@dataclass(frozen=True, slots=True)
class HeldReply:
    """A reply that was made and not sent. `body` may be replaced; its length is counted when it is sent, and
    is not among the headers."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    def with_body(self, body: bytes) -> "HeldReply":
        """Return the same reply with another body."""
        return replace(self, body=body)


@dataclass(frozen=True, slots=True)
class FaultedRequest:
    """The request, the fault that hits it, and the sandbox behind."""

    fault: Fault
    world: FaultedWorld
    client: Client
    app: ASGIApp
    """The sandbox without faults."""
    scope: Scope
    receive: Receive
    send: Send

    @property
    def token(self) -> str:
        """The request's bearer token; empty without one."""
        authorization: bytes = dict(self.scope["headers"]).get(b"authorization", b"")
        return authorization.decode("latin-1").partition(" ")[2]

    async def pass_on(self) -> None:
        """Let the sandbox do the work and answer."""
        await self.app(self.scope, self.receive, self.send)

    async def work(self) -> HeldReply:
        """Let the sandbox do the work; return its reply instead of sending it. Raises ErrorReply."""
        catcher = _Catcher()
        await self.app(self.scope, self.receive, catcher.catch)
        headers = tuple(header for header in catcher.start["headers"] if header[0] != b"content-length")
        return HeldReply(catcher.start["status"], headers, bytes(catcher.body))

    async def send_reply(self, reply: HeldReply) -> None:
        """Send a reply."""
        await self.send_start(reply, len(reply.body))
        await self.send({"type": "http.response.body", "body": reply.body})

    async def send_half(self, reply: HeldReply) -> None:
        """Announce the whole reply, send half of its body and hang up."""
        await self._send_less(reply, reply.body[: len(reply.body) // 2], announced=len(reply.body))

    async def send_short(self, reply: HeldReply) -> None:
        """Announce ten bytes more than the reply has, send it and hang up."""
        await self._send_less(reply, reply.body, announced=len(reply.body) + 10)

    async def send_long(self, reply: HeldReply) -> None:
        """Announce ten bytes fewer than the reply has, send it whole and hang up."""
        await self._say(reply, f"content-length: {max(len(reply.body) - 10, 0)}")

    async def send_raw(self, reply: HeldReply) -> None:
        """Send the reply without its length; it ends where the connection does."""
        await self._say(reply, "connection: close")

    async def reset(self) -> None:
        """Reset the connection instead of an answer."""
        self.client.reset()
        await wait_for_disconnect(self.receive)

    async def _say(self, reply: HeldReply, header: str) -> None:
        """Send a reply that no proper HTTP server would make, with one more header, and hang up."""
        head = b"".join(name + b": " + value + b"\r\n" for name, value in reply.headers)
        start = f"HTTP/1.1 {reply.status} OK\r\n{header}\r\n".encode()
        self.client.say(start + head + b"\r\n" + reply.body)
        await self._hang_up()

    async def _send_less(self, reply: HeldReply, body: bytes, *, announced: int) -> None:
        """Announce more bytes than are sent, and hang up."""
        await self.send_start(reply, announced)
        await self.send({"type": "http.response.body", "body": body, "more_body": True})
        await self._hang_up()

    async def send_start(self, reply: HeldReply, length: int | None) -> None:
        """Send status and headers; without a length the body ends when the server says so."""
        measured = [] if length is None else [(b"content-length", str(length).encode())]
        headers = [*reply.headers, *measured]
        await self.send({"type": "http.response.start", "status": reply.status, "headers": headers})

    async def _hang_up(self) -> None:
        self.client.hang_up()
        await wait_for_disconnect(self.receive)


@dataclass(slots=True)
class _Catcher:
    """Takes a reply in place of the client."""

    start: Message = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)

    async def catch(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
        else:
            self.body += message.get("body", b"")
