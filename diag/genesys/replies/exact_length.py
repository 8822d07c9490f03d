"""Whether more came of a reply than its Content-Length announces: what was read is then only its beginning.

HTTP ends a reply where it said it would, and nothing in httpx shows what came after. JSON that is cut off so
does not parse; a template looks whole. A proxy that counts characters instead of bytes cuts off as many bytes
as the text has umlauts. So the bytes of each connection are counted as they are read, behind httpx.
"""

from collections.abc import Iterator
from typing import Final, Protocol, cast

import httpcore
import httpx

from diag.genesys.replies.reply_bound import UnfitReplyError

EXACT: Final = "diag_exact_length"
"""Extension of a request whose reply has to be exactly as long as it says."""

_COUNTED: Final = "diag_counted"
_CONNECTED: Final = (".connect_tcp.complete", ".start_tls.complete")
_HEAD_ENDS: Final = b"\r\n\r\n"
_LINE_ENDS: Final = b"\r\n"
"""Some servers end a body with it and do not count it (RFC 9112, 2.2): nothing is missing then."""
_INTERIM: Final = b"HTTP/1.1 1"


class _Wire(Protocol):
    """What httpcore reads from and writes to (`httpcore.NetworkStream`)."""

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what came."""

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send."""

    def close(self) -> None:
        """Close the connection."""

    def get_extra_info(self, info: str) -> object:
        """Return a fact about the connection: `is_readable`."""


class _Counted:
    """A connection that knows how many bytes came after the head of its latest reply."""

    def __init__(self, wire: _Wire) -> None:
        self._read, self._write = wire.read, wire.write
        self._head = b""
        self.body_bytes: int | None = None
        self.last = b""

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read, and count."""
        data = self._read(max_bytes, timeout)
        self.last = data
        if self.body_bytes is not None:
            self.body_bytes += len(data)
            return data
        self._head += data
        while (end := self._head.find(_HEAD_ENDS)) >= 0:
            rest = self._head[end + len(_HEAD_ENDS) :]
            if not self._head.startswith(_INTERIM):
                self._head, self.body_bytes = b"", len(rest)
                break
            self._head = rest
        return data

    def beyond(self, announced: int) -> bytes:
        """Return what came beyond so many bytes of the body, or the end of it."""
        more = 0 if self.body_bytes is None else self.body_bytes - announced
        return self.last[-more:] if more > 0 else b""

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write: what comes next is another reply."""
        self._head, self.body_bytes = b"", None
        self._write(buffer, timeout)


def count_bytes(request: httpx.Request) -> None:
    """Have the bytes counted of each connection that is made for a request; an event hook for requests."""
    request.extensions["trace"] = _counting


def exact_reply(response: httpx.Response) -> None:
    """Hold a response to its Content-Length; an event hook.

    Where more came its connection is closed, so that no later request reads the rest as its own reply. Where
    its request wants an exact reply (EXACT), reading it raises UnfitReplyError. More that comes later than it
    is looked for stays unseen. Chunks tell their own length.
    """
    announced = response.headers.get("Content-Length", "")
    wire = response.extensions.get("network_stream")
    if wire is None or not announced.isdecimal() or "Transfer-Encoding" in response.headers:
        return
    exact = bool(response.request.extensions.get(EXACT))
    stream = cast(httpx.SyncByteStream, response.stream)
    response.stream = _Exact(stream, cast(_Wire, wire), int(announced), exact=exact)


class _Exact(httpx.SyncByteStream):
    """A stream that leaves no connection behind which holds more of it."""

    def __init__(self, stream: httpx.SyncByteStream, wire: _Wire, announced: int, *, exact: bool) -> None:
        self._stream = stream
        self._wire = wire
        self._announced = announced
        self._exact = exact

    def __iter__(self) -> Iterator[bytes]:
        yield from self._stream
        # The connection is still this reply's: it goes back to the pool when the response is closed.
        counted = getattr(self._wire, _COUNTED, None)
        more = counted.beyond(self._announced) if isinstance(counted, _Counted) else b""
        if not more and not _more_waits(self._wire):
            return
        self._wire.close()
        if self._exact and more != _LINE_ENDS:
            raise UnfitReplyError("holds more than its Content-Length announces")

    def close(self) -> None:
        """Close the stream behind."""
        self._stream.close()


def _counting(event: str, info: dict[str, object]) -> None:
    """Count from here on: httpcore calls this with each step of a request ("trace" extension)."""
    if event.endswith(_CONNECTED):
        wire = cast(_Wire, info["return_value"])
        counted = _Counted(wire)
        # Set on the one connection, where httpcore finds them before those of its class.
        vars(wire).update({_COUNTED: counted, "read": counted.read, "write": counted.write})


def _more_waits(wire: _Wire) -> bool:
    """Return whether bytes wait that no request asked for; a connection that ended has none."""
    if not wire.get_extra_info("is_readable"):
        return False
    try:
        return bool(wire.read(1, timeout=0.0))
    except (httpcore.NetworkError, httpcore.TimeoutException):
        return False
