"""One reply, read to its end and no further: headers, body and what is packed in it have their bounds."""

import zlib
from typing import Any, Final

from geventhttpclient.response import HTTPConnectionClosed, HTTPParseError, HTTPResponse

from loadtests.sending.connections.error_codes import REPLY_TOO_LARGE, NamedNetworkError

MOST_HEADER_BYTES: Final = 256 * 1024
"""Of everything before the body, interim replies (1xx) included."""
MOST_BODY_BYTES: Final = 8 * 1024 * 1024
"""Of a body as sent, and unpacked."""
MOST_BYTES_TOGETHER: Final = 128 * 1024 * 1024
"""Of all bodies that a process is reading at a moment: a backend that answers every call so must not fill the
memory of this machine."""
MOST_MEMBERS: Final = 100
"""Of a packed body: streams one after the other, as gzip allows."""
HEADERS_TOO_LARGE: Final = "headers_too_large"
"""Error code: they do not end."""
ENCODING_UNKNOWN: Final = "encoding_unknown"
"""Error code: a body is packed in a way that nobody asked for and diag does not know."""
ENCODING_BROKEN: Final = "encoding_broken"
"""Error code: a body is not what its Content-Encoding says."""
_BLOCK_SIZE: Final = 65536
_FIRST_FINAL: Final = 200
_GZIP_OR_ZLIB: Final = 32 + zlib.MAX_WBITS
_TELLING_BYTES: Final = 2


class ParsedReply(HTTPResponse):
    """A reply as it arrives; a second one on the same connection that nobody asked for is an error."""

    def _on_message_begin(self) -> None:
        if self.message_complete and self.get_code() >= _FIRST_FINAL:
            raise HTTPParseError("more than one reply")
        super()._on_message_begin()

    def header(self, name: str) -> str:
        """Return a header's value; empty where it is missing or there more than once."""
        value = self.get(name)
        return value if isinstance(value, str) else ""

    def take_body(self) -> bytes:
        """Return what has arrived of the body since this was last asked."""
        taken = bytes(self._body_buffer)
        self._body_buffer.clear()
        return taken


def is_success(status: int) -> bool:
    """Return whether a status says that the request was carried out (2xx)."""
    return 200 <= status < 300


def read_head(sock: Any, method: str) -> ParsedReply:
    """Return a reply whose headers are complete. Raises one of NETWORK_ERRORS."""
    reply = ParsedReply(method)
    received = 0
    while not reply.headers_complete or reply.get_code() < _FIRST_FINAL:
        if received > MOST_HEADER_BYTES:
            raise NamedNetworkError(HEADERS_TOO_LARGE)
        data = sock.recv(_BLOCK_SIZE)
        if not data:
            if not received:
                raise HTTPConnectionClosed("connection closed")
            raise HTTPParseError("connection closed within the headers")
        reply.feed(data)
        received += len(data)
    return reply


class BodyRoom:
    """How many bytes of bodies all calls together hold; shared by them."""

    def __init__(self) -> None:
        self._taken = 0

    def take(self, size: int) -> None:
        """Hold so many bytes more. Raises NamedNetworkError where that is too many."""
        self._taken += size
        if self._taken > MOST_BYTES_TOGETHER:
            raise NamedNetworkError(REPLY_TOO_LARGE)

    def give_back(self, size: int) -> None:
        """Hold so many bytes less."""
        self._taken -= size


def read_body(sock: Any, reply: ParsedReply, room: BodyRoom) -> bytes:
    """Return the whole body of a reply, unpacked as its Content-Encoding says. Raises one of NETWORK_ERRORS.

    Of a reply that is no success (2xx) the body is read, so that the connection can be kept, and dropped:
    nobody looks into it.
    """
    wanted = is_success(reply.get_code())
    encoding = reply.header("content-encoding").strip().lower() if wanted else ""
    unpacker = None if encoding in ("", "identity") else _unpacker(encoding)
    whole = bytearray()
    arrived = held = 0
    try:
        while True:
            block = reply.take_body()
            arrived += len(block)
            if wanted:
                whole += block if unpacker is None else unpacker.feed(block, MOST_BODY_BYTES - len(whole))
                grown, held = len(whole) - held, len(whole)
                room.take(grown)
            if arrived > MOST_BODY_BYTES or len(whole) > MOST_BODY_BYTES:
                raise NamedNetworkError(REPLY_TOO_LARGE)
            if reply.message_complete:
                break
            reply.feed(sock.recv(_BLOCK_SIZE))  # an empty one ends it, or raises where more was promised
    finally:
        room.give_back(held)
    if unpacker is not None and arrived and not unpacker.whole:
        raise NamedNetworkError(ENCODING_BROKEN)
    return bytes(whole)


class _Unpacker:
    """gzip and deflate, block by block, never more than asked for."""

    def __init__(self) -> None:
        self._window = _GZIP_OR_ZLIB
        self._stream = zlib.decompressobj(self._window)
        self._begun = False
        self._first = b""
        """A byte alone, which does not tell yet whether there is a header."""
        self._members = 1

    @property
    def whole(self) -> bool:
        """Return whether what was fed is the whole of it."""
        return self._stream.eof

    def feed(self, block: bytes, room: int) -> bytes:
        """Return what this block unpacks to, at most one byte more than `room`."""
        block, self._first = self._first + block, b""
        if not self._begun and len(block) < _TELLING_BYTES:
            self._first = block
            return b""
        found = bytearray()
        try:
            while block and len(found) <= room:
                if self._stream.eof:  # another member follows
                    self._members += 1
                    if self._members > MOST_MEMBERS:
                        raise NamedNetworkError(ENCODING_BROKEN)
                    self._stream = zlib.decompressobj(self._window)
                found += self._stream.decompress(block, room + 1 - len(found))
                self._begun = True
                block = self._stream.unconsumed_tail or self._stream.unused_data
        except zlib.error:
            if self._begun or self._window < 0:
                raise NamedNetworkError(ENCODING_BROKEN) from None
            # "deflate" without the zlib header that it should have
            self._window = -zlib.MAX_WBITS
            self._stream = zlib.decompressobj(self._window)
            return self.feed(block, room)
        return bytes(found)


def _unpacker(encoding: str) -> _Unpacker:
    if encoding in ("gzip", "x-gzip", "deflate"):
        return _Unpacker()
    raise NamedNetworkError(ENCODING_UNKNOWN)
