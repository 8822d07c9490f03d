"""HTTP beneath the users: geventhttpclient's connection pool, one for the process, and no retries.

Half of what a FastHttpSession call costs is building the same headers again
(docs/load.md, "What a call costs"), so a request is prepared once as bytes. A connection is taken *before*
the clock starts: opening one is not time the action took.
"""

from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, urlsplit

from geventhttpclient.response import HTTPSocketPoolResponse

from analysis.format.sample_schema import ActionVersion
from loadtests.sending.connections.error_codes import REPLY_TOO_LARGE, NamedNetworkError
from loadtests.sending.connections.pools import Connections

USER_AGENT: Final = "genesys-diag-load"
_BLOCK_SIZE: Final = 65536
MOST_BYTES: Final = 64 << 20
"""Of a reply's body. It is never unpacked: no encoding is asked for."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: status, whole body, and the platform's correlation id (empty when absent)."""

    status: int
    body: bytes = field(repr=False)
    correlation_id: str
    retry_after: str


class Transport:
    """Sends prepared requests to one base address.

    `connections` is the most that can be open; one more would wait, so it lies above the in-flight cap.
    """

    def __init__(self, api_base: str, *, connections: int, network_timeout_s: float = 75.0) -> None:
        address = urlsplit(api_base)
        self._path = address.path.rstrip("/")
        self._host_header = address.netloc.rpartition("@")[2]
        self._connections = Connections(api_base, most=connections, network_timeout_s=network_timeout_s)

    @property
    def rtt_ms(self) -> float:
        """Return the network's round trip; NaN where it is not known."""
        return self._connections.rtt_ms

    def prepare(self, action_id: str, target: ActionVersion, body: bytes, token: str) -> bytes:
        """Return the whole request as bytes: POST .../test (or .../draft/test) with this body."""
        step = "draft/test" if target is ActionVersion.DRAFT else "test"
        return (
            f"POST {self._path}/api/v2/integrations/actions/{quote(action_id, safe='')}/{step} HTTP/1.1\r\n"
            f"Host: {self._host_header}\r\n"
            f"Authorization: Bearer {token}\r\n"
            f"User-Agent: {USER_AGENT}\r\n"
            "Accept: application/json\r\n"
            "Content-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        ).encode("latin-1") + body

    def connect(self) -> tuple[Any, bool]:
        """Return a connected socket and whether it was opened just now. Raises one of NETWORK_ERRORS."""
        return self._connections.take()

    def exchange(self, sock: Any, request: bytes, limit_s: float) -> Reply:
        """Send and read the whole reply; the socket goes back to the pool, or is closed after any failure.

        Raises TimeoutError after `limit_s` without a byte, otherwise one of NETWORK_ERRORS.
        """
        try:
            sock.settimeout(limit_s)
            sock.sendall(request)
        except BaseException:  # also when killed at the end of a run: the socket must not stay taken
            self._connections.drop(sock)
            raise
        response = HTTPSocketPoolResponse(sock, self._connections.pool, block_size=_BLOCK_SIZE, method="POST")
        body = _whole_body(response)
        headers = response.info()
        return Reply(
            response.get_code(), body, _text(headers, "inin-correlation-id"), _text(headers, "retry-after")
        )

    def close(self) -> None:
        """Close every idle connection."""
        self._connections.close()


def _whole_body(response: HTTPSocketPoolResponse) -> bytes:
    body = response.read(_BLOCK_SIZE)
    if len(body) < _BLOCK_SIZE:  # nearly every reply
        return body
    whole, block = bytearray(body), body
    while len(block) == _BLOCK_SIZE:
        if len(whole) > MOST_BYTES:
            response.release()  # which closes it: the rest is still on its way
            raise NamedNetworkError(REPLY_TOO_LARGE)
        block = response.read(_BLOCK_SIZE)
        whole += block
    return bytes(whole)


def _text(headers: Any, name: str) -> str:
    value = headers.get(name)
    return value if isinstance(value, str) else ""
