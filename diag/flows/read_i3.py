"""A flow as Architect exports it (`.i3InboundFlow` and the like): base64 of percent-encoded JSON."""

import base64
import binascii
from typing import Any
from urllib.parse import unquote_to_bytes

from analysis.format.json_within_limits import UnfitJsonError, parse_json
from diag.flows.unreadable_flow import UnreadableFlowError


def configuration_in_i3(raw: bytes) -> Any:
    """Return the configuration in an export. Raises UnreadableFlowError."""
    try:
        inside = base64.b64decode(b"".join(raw.removeprefix(b"\xef\xbb\xbf").split()), validate=True)
    except binascii.Error:
        raise UnreadableFlowError("it is not base64, as exports of Architect are") from None
    try:
        return parse_json(unquote_to_bytes(inside))
    except UnfitJsonError as error:
        raise UnreadableFlowError(f"what it encodes {error}") from None
