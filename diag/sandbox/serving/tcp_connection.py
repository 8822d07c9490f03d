"""The TCP connection under a request, so that it can be reset; and garbage answered politely."""

import asyncio
import json
import uuid

from starlette.types import Receive, Scope
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from analysis.machine.ports import reset_on_close
from diag.sandbox.disconnects import wait_for_disconnect
from diag.sandbox.reply_bodies import bad_request


class TcpConnection:
    """One client connection. `requests` counts what came over it."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self.requests = 0

    def reset(self) -> None:
        """Drops the connection with a TCP reset; nothing still in a buffer is sent."""
        raw = self._transport.get_extra_info("socket")
        if raw is not None:
            reset_on_close(raw)
        self._transport.abort()

    def say(self, raw: bytes) -> None:
        """Writes bytes as they are: replies that a proper HTTP server would not make."""
        self._transport.write(raw)

    def hang_up(self) -> None:
        """Closes the connection after what was written is sent."""
        self._transport.close()


def connection(scope: Scope) -> TcpConnection:
    """The connection a request came over."""
    found: TcpConnection = scope["state"]["connection"]
    return found


async def reset_connection(scope: Scope, receive: Receive) -> None:
    """Resets the connection of a request that gets no answer."""
    connection(scope).reset()
    await wait_for_disconnect(receive)


class SandboxProtocol(AutoHTTPProtocol):  # type: ignore[valid-type,misc]  # chosen by uvicorn at run time
    """uvicorn's HTTP protocol, with the connection within the application's reach."""

    app_state: dict[str, object]

    def connection_made(self, transport: asyncio.Transport) -> None:
        """A client connected."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "connection": TcpConnection(transport)}

    def send_400_response(self, msg: str) -> None:
        """Bytes that are not HTTP get an ErrorBody too."""
        correlation_id = str(uuid.uuid4())
        body = json.dumps(bad_request(msg).body(correlation_id)).encode()
        head = (
            "HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\nconnection: close\r\n"
            f"inin-correlation-id: {correlation_id}\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()
