"""What an error reply says: its code, the part of the action that failed, the limit that was hit.

Standard library only: the load process reads replies with this. Both spellings of the platform's error body
are read (docs/genesys-api.md, "Error replies"). Codes leave this file, and of messages only the platform's
own words: a text may quote the values sent.
"""

import json
import re
from collections.abc import Iterator
from typing import Final, cast

from diag.genesys.replies.message_without_values import message_shape

AUTHENTICATION: Final = "ACTION.AUTHENTICATION"
"""The action's own credentials: token fetch, signature."""
PROCESSING: Final = "ACTION.PROCESSING"
"""Genesys' side: input schema, templates, output schema."""
REMOTE: Final = "ACTION.REMOTE_ENDPOINT"
"""The web service answered with an error."""
MAX_ERROR_CODE: Final = 80

_REMOTE_STATUS: Final = re.compile(
    r"\b(?:(?:status|error|response)(?:\s*code)?|with\s+code|http(?:/\d(?:\.\d)?)?"
    r"|(?:answer|return|respond)ed(?:\s+with)?)"
    r"\W{0,3}([45]\d\d)\b",
    re.IGNORECASE,
)
_SAFE_CODE: Final = re.compile(r"[A-Za-z0-9._:-]+")

ErrorJson = dict[str, object]


def parsed(body: bytes | None) -> ErrorJson | None:
    """Return the JSON object in a body; None for anything else."""
    try:
        value = json.loads(body or b"")
    except (ValueError, RecursionError):
        return None
    return cast(ErrorJson, value) if isinstance(value, dict) else None


def code_of(error: ErrorJson) -> str | None:
    """Return the outermost code that looks like one."""
    for body in nested(error):
        code = body.get("code", body.get("errorCode"))
        if isinstance(code, str) and _safe(code):
            return _safe(code)
    return None


def action_class(error: ErrorJson) -> str | None:
    """Return the part of the action that failed (`ACTION....`), where the platform names it."""
    for body in nested(error):
        for detail in objects_of(body.get("details")):
            code = detail.get("errorCode")
            if isinstance(code, str) and code.upper().startswith("ACTION."):
                return _safe(code.upper())
        code = body.get("code", body.get("errorCode"))
        if isinstance(code, str) and code.upper() in (
            AUTHENTICATION,
            PROCESSING,
            REMOTE,
        ):
            return code.upper()
    return None


def limit_of(error: ErrorJson) -> str | None:
    """Return the limit that was hit, `namespace:key`."""
    for body in nested(error):
        limit = as_object(body.get("limit"))
        parts = [part for key in ("namespace", "key") if isinstance(part := limit.get(key), str)]
        if parts:
            return _safe(":".join(parts))
    return None


def message_of(error: ErrorJson) -> str | None:
    """Return the message with most to say: the outermost is often generic, the useful one inside
    (docs/genesys-api.md, "Test calls")."""
    shapes = [
        message_shape(text)
        for body in nested(error)
        for key in ("message", "userMessage")
        if isinstance(text := body.get(key), str)
    ]
    return max((shape for shape in shapes if shape), key=len, default=None)


def remote_status(error: ErrorJson) -> int | None:
    """Return the web service's own status: from a message ("status code 503") or a nested error."""
    for body in nested(error):
        message = body.get("message", body.get("userMessage"))
        if isinstance(message, str) and (found := _REMOTE_STATUS.search(message)):
            return int(found.group(1))
    inside = [status for inner in objects_of(error.get("errors")) if (status := status_of(inner))]
    return max(inside, default=None)


def nested(error: ErrorJson, depth: int = 3) -> Iterator[ErrorJson]:
    """Yield the error and the ones inside it, outermost first."""
    yield error
    if depth:
        for inner in objects_of(error.get("errors")):
            yield from nested(inner, depth - 1)


def status_of(error: ErrorJson) -> int | None:
    """Return the status that the error itself names."""
    status = error.get("status")
    return status if isinstance(status, int) and 100 <= status <= 599 else None


def as_object(value: object) -> ErrorJson:
    """Return a value that is an object; an empty one for anything else."""
    return cast(ErrorJson, value) if isinstance(value, dict) else {}


def objects_of(value: object) -> list[ErrorJson]:
    """Return the objects in a list; none for anything else."""
    return (
        [cast(ErrorJson, item) for item in value if isinstance(item, dict)] if isinstance(value, list) else []
    )


def _safe(code: str) -> str | None:
    """The code if it looks like one: free text could quote payload values."""
    return code if len(code) <= MAX_ERROR_CODE and _SAFE_CODE.fullmatch(code) else None
