"""Whether a reply to a GET is the platform's present answer, whole: not a cache's, not a part, not a rewrite.

What is read is written back with another timeout, so a template from before someone's edit would undo that
edit, and half a template would replace the whole one.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from diag.genesys.errors import UnexpectedReplyError

FRESH: Final = {"Cache-Control": "no-cache"}
"""Asks every cache in between to ask the platform (RFC 9111, 5.2.1.4)."""


def demand_fresh(status: int, headers: Mapping[str, str], where: str) -> None:
    """Return for a reply with `status` below 300 that is the platform's own; `where`: method and path.

    Raises `UnexpectedReplyError` for any status but 200 (206 is a part, 203 was changed on the way) and for
    one that says its age: a cache answered (RFC 9111, 5.1). An age of 0 was checked with the platform.
    """
    fault = None
    if status != HTTPStatus.OK:
        fault = f"it came as {status}, not as 200"
    elif headers.get("Age", "0").strip() not in ("", "0"):
        fault = "it is from a cache"
    if fault is not None:
        raise UnexpectedReplyError(
            f"The reply of {where} is not the platform's present one: {fault}.",
            hint="Is there a proxy in between that answers from its cache, or changes replies?",
        )
