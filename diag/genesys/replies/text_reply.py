"""Reading a reply that is a text: exactly what the platform sent, or an error that names what is wrong.

A text is written back as it was read, and nothing in it tells whether it came whole, unlike JSON. So how
it came must prove it: its media type, its length, its character set.
"""

import codecs
from collections.abc import Mapping
from email.message import Message
from typing import Final

from diag.genesys.api_errors import UnexpectedReplyError

AS_IT_IS: Final = {"Accept-Encoding": "identity"}
"""Asks for an uncompressed reply: a compressed text that was cut short unpacks without an error."""

_BYTES: Final = "application/octet-stream"
_PAGES: Final = (b"<!doctype html", b"<html")


def plain_text(body: bytes, headers: Mapping[str, str], received: int, where: str) -> str:
    """Return the text of a reply, proven whole: encoded again it is the very `body`.

    `received`: bytes of the body on the wire. Raises `UnexpectedReplyError` naming `where` it came from.
    """
    media_type, charset = _media_type(headers.get("Content-Type", ""))
    fault = (
        _wrong_type(media_type, body)
        or _wrong_length(headers, received)
        or (None if charset else "its character set is not one that is known")
    )
    if fault is None and charset is not None:
        text = _decoded(body, charset)
        if text is not None:
            return text
        fault = f"it is not the {charset.upper()} it is said to be"
    raise UnexpectedReplyError(
        f"The reply of {where} is not the text the platform holds: {fault}.",
        hint="Is there a proxy or a firewall in between that answers itself, or changes replies?",
    )


def _media_type(content_type: str) -> tuple[str, str | None]:
    """Return the media type and the codec of the character set; None for one that is unknown."""
    if not content_type:
        return "", "utf-8"
    header = Message()
    header["Content-Type"] = content_type
    named = header.get_param("charset")
    try:
        charset = codecs.lookup(named).name if isinstance(named, str) else "utf-8"
    except LookupError:
        return header.get_content_type(), None
    return header.get_content_type(), charset


def _wrong_type(media_type: str, body: bytes) -> str | None:
    if not media_type:
        return "it names no Content-Type"
    if media_type not in ("text/plain", _BYTES) and not media_type.endswith("velocity"):
        return f"it is {media_type}, not text/plain"
    if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:14].lower().startswith(_PAGES):
        return "it is a web page"
    return None


def _wrong_length(headers: Mapping[str, str], received: int) -> str | None:
    if headers.get("Content-Encoding", "identity").lower() != "identity":
        return "it is compressed, although it was asked for as it is"
    announced = headers.get("Content-Length")
    if announced is None:
        chunked = "chunked" in headers.get("Transfer-Encoding", "").lower()
        return None if chunked else "nothing tells how long it is"
    if announced != str(received):
        return f"it has {received} bytes, {announced} were announced"
    return None


def _decoded(body: bytes, charset: str) -> str | None:
    """Return the text if it is this one beyond doubt: it decodes, and encodes to the same bytes.

    UTF-8, ASCII too, that is declared to be something else (UTF-16) would turn into other characters without
    any error.
    """
    try:
        text = body.decode(charset)
        if text.encode(charset) != body:
            return None
    except (UnicodeError, LookupError):
        return None
    return text if _as_utf8(body) in (None, text) else None


def _as_utf8(body: bytes) -> str | None:
    """Return the text the bytes are in UTF-8; None where they are not UTF-8."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None
