"""The most a reply may hold, watched while it arrives: one too large is cut off, never unpacked whole.

httpx unpacks what comes without a limit, in every encoding it finds a package for. So only gzip is asked
for and taken, and a second decompressor counts, in small pieces, what the first would make of it.
"""

import zlib
from collections.abc import Iterator
from typing import Final, cast

import httpx

ENCODING: Final = "gzip"
MOST_BYTES: Final = 64 << 20
"""Unpacked. As for files (`analysis.format.input_file`): 10,000 actions with configs are 19 MB."""
ACTION_BYTES: Final = 2 << 20
"""Of one action, or one of its templates: four times what a request may carry (docs/genesys-api.md, "Rate
limits"), so no larger one was ever written, and none could be written back. Both templates and the config fit
into a backup even where every character is escaped."""

LIMIT: Final = "diag_most_bytes"
"""Extension of a request whose reply may hold less than MOST_BYTES."""

_PIECE_BYTES: Final = 16 << 10
"""So few bytes at a time that gzip, at its best 1 : 1032, makes at most 17 MB of them."""


class UnfitReplyError(httpx.RequestError):
    """Raised for a reply that is too large, or packed in a way that was not asked for."""


def bound_reply(response: httpx.Response) -> None:
    """Hold a response to the limit; an event hook, so that no reply is read without it.

    Raises UnfitReplyError at once where the headers say enough; otherwise reading it does.
    """
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("", "identity", ENCODING):
        raise UnfitReplyError("is packed in a way that was not asked for", request=response.request)
    most_bytes = response.request.extensions.get(LIMIT) or MOST_BYTES
    announced = response.headers.get("Content-Length", "")
    if announced.isascii() and announced.isdigit() and int(announced[:20]) > most_bytes:
        raise _too_large(most_bytes)
    stream = cast(httpx.SyncByteStream, response.stream)
    response.stream = _Bounded(stream, most_bytes, packed=encoding == ENCODING)


class _Bounded(httpx.SyncByteStream):
    """A stream that ends in UnfitReplyError once more than the limit has come, packed or unpacked."""

    def __init__(self, stream: httpx.SyncByteStream, most_bytes: int, *, packed: bool) -> None:
        self._stream = stream
        self._most_bytes = most_bytes
        self._counter = zlib.decompressobj(zlib.MAX_WBITS | 16) if packed else None

    def __iter__(self) -> Iterator[bytes]:
        left = self._most_bytes
        for chunk in self._stream:
            for start in range(0, len(chunk), _PIECE_BYTES):
                piece = chunk[start : start + _PIECE_BYTES]
                left -= self._size(piece)
                if left < 0:
                    raise _too_large(self._most_bytes)
                yield piece

    def close(self) -> None:
        """Close the stream behind."""
        self._stream.close()

    def _size(self, piece: bytes) -> int:
        if self._counter is None:
            return len(piece)
        try:
            return len(self._counter.decompress(piece))
        except zlib.error:
            raise UnfitReplyError("is said to be gzip and is not") from None


def _too_large(most_bytes: int) -> UnfitReplyError:
    most = f"{most_bytes >> 20} MiB" if most_bytes >> 20 else f"{most_bytes >> 10} KiB"
    return UnfitReplyError(f"is larger than {most}")
