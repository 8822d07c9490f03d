"""Whether a reply to a GET is the platform's present answer, whole: not a cache's, not a part, not a rewrite.

What is read is written back with another timeout, so a template from before someone's edit would undo that
edit, and half a template would replace the whole one.
"""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from diag.genesys.api_errors import UnexpectedReplyError

FRESH: Final = {"Cache-Control": "no-cache"}
"""Asks every cache in between to ask the platform (RFC 9111, 5.2.1.4)."""
OLDEST_S: Final = 2
"""Seconds. An action and its templates are read one after the other, about as far apart; and a proxy that
adds an age to every reply, by a clock of its own, may be a second off."""
_FIRST_NUMBER: Final = re.compile(r"\s*(\d{1,10})")


def demand_whole(status: int, where: str) -> None:
    """Return for a reply to a GET with status 200; `status` is below 300, `where`: method and path.

    Raises `UnexpectedReplyError` for any other: 206 is a part, 203 was changed on the way.
    """
    if status != HTTPStatus.OK:
        raise _refusal(where, f"it came as {status}, not as 200")


def demand_fresh(headers: Mapping[str, str], where: str) -> None:
    """Return for a reply that the platform gave, or checked, within OLDEST_S.

    Raises `UnexpectedReplyError` for one that says it is older: a cache answered (RFC 9111, 5.1).
    """
    age = _FIRST_NUMBER.match(headers.get("Age", ""))
    if age is not None and int(age[1]) > OLDEST_S:
        raise _refusal(where, "it is from a cache")


def _refusal(where: str, fault: str) -> UnexpectedReplyError:
    return UnexpectedReplyError(
        f"The reply of {where} is not the platform's present one: {fault}.",
        hint="Is there a proxy in between that answers from its cache, or changes replies?",
    )
