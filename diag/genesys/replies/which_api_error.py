"""From an error reply to the right `ApiError`: status, code, correlation id, and the fix.

The body is the platform's ErrorBody; the older service form (`errorCode`, `userMessage`,
`correlationId`) is read too (docs/genesys-api.md, "Error replies").
"""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final, cast

from analysis.format.json_within_limits import UnfitJsonError, parse_json
from diag.genesys.api_errors import (
    ApiError,
    LoginError,
    NotFoundError,
    PermissionMissingError,
    PlatformError,
    RateLimitedError,
    RefusedRequestError,
    StaleVersionError,
    UnexpectedReplyError,
)
from diag.genesys.replies.json_reply import JsonObject, optional_object, optional_text
from diag.genesys.replies.retry_after import retry_after_s

CORRELATION_HEADER: Final = "ININ-Correlation-Id"
_STALE_WORDS: Final = "does not match the current version"
_SECONDS_IN_MESSAGE: Final = re.compile(r"retry\D{1,30}\[?(\d{1,5})\]? second", re.IGNORECASE)
_PERMISSION: Final = re.compile(r"\b[A-Za-z]\w*:[A-Za-z]\w*:[A-Za-z]\w*\b")


def error_reply(
    status: int, headers: Mapping[str, str], body: bytes, where: str, needs: tuple[str, ...] = ()
) -> ApiError:
    """Return the error for a reply with `status` 300 or more.

    `where`: method and path. `needs`: the permissions that allow the call (any one), named when a 403
    does not name them itself.
    """
    source = _body(body)
    code = optional_text(source, "code") or optional_text(source, "errorCode")
    message = optional_text(source, "message") or optional_text(source, "userMessage") or ""
    correlation_id = (
        headers.get(CORRELATION_HEADER)
        or optional_text(source, "contextId")
        or optional_text(source, "correlationId")
    )
    error = _choose(status, message, source, where, needs)
    error.status = status
    error.code = code
    error.correlation_id = correlation_id
    error.retry_after_s = retry_after_s(headers.get("Retry-After", ""))
    if status == 429 and error.retry_after_s is None:
        error.retry_after_s = _seconds_in_message(message)
    error.limit_namespace = optional_text(optional_object(source, "limit"), "namespace")
    error.details = tuple(
        line
        for line in (
            f"Genesys says: {message}" if message and message not in error.message else None,
            f"correlation id {correlation_id}  ·  {where}" if correlation_id else where,
        )
        if line
    )
    return error


def _seconds_in_message(message: str) -> float | None:
    """The wait a 429 names in its text only ("Retry the request in [23] seconds")."""
    seconds = _SECONDS_IN_MESSAGE.search(message)
    return float(seconds.group(1)) if seconds else None


def _choose(status: int, message: str, source: JsonObject, where: str, needs: tuple[str, ...]) -> ApiError:
    if status < 400:
        return UnexpectedReplyError(
            f"Genesys answered with a redirect ({status}), which is never followed with a token.",
            hint="Is GENESYSCLOUD_API_BASE or GENESYSCLOUD_REGION right?",
        )
    if status == 401:
        return LoginError(
            "Genesys does not accept the access token (401).",
            hint="A token given by GENESYSCLOUD_ACCESS_TOKEN may have expired, or belong to another region.",
        )
    if status == 403:
        return _permission_error(message, source, needs)
    if status == 404 and not _is_error_body(source):
        return UnexpectedReplyError(
            f"A 404 that is not Genesys' own came for {where}: it says nothing about what is there.",
            hint="Does a proxy or a firewall in between answer itself? Is GENESYSCLOUD_API_BASE right?",
        )
    if status == 404:
        return NotFoundError(
            f"Genesys does not know this (404): {where}.",
            hint="Was it deleted? List what is there: diag scan",
        )
    if status == 409 or (status == 400 and _STALE_WORDS in message.lower()):
        return StaleVersionError(
            f"The action was changed by someone else ({status}).",
            hint="Run the command again to use the current version.",
        )
    if status == 429:
        namespace = optional_text(optional_object(source, "limit"), "namespace")
        return RateLimitedError(
            f"Genesys limits our calls (429{', ' + namespace if namespace else ''}).",
            hint="Wait a minute. One token has 300 requests a minute, shared with everything else using it.",
        )
    if status >= 500:
        return PlatformError(
            f"Genesys failed ({status}).",
            hint="Try again later. Known outages: status.mypurecloud.com",
        )
    return RefusedRequestError(
        f"Genesys refused the request ({status}).",
        hint="Its message above says what is wrong; Genesys support can look up the correlation id.",
    )


def _is_error_body(source: JsonObject) -> bool:
    """Return whether a reply is an ErrorBody in either form.

    A web page, nothing at all, or `{"message": "Not Found"}` is someone else's: a gateway's, a firewall's.
    """
    named = any(optional_text(source, key) for key in ("code", "errorCode"))
    return named or source.get("status") == HTTPStatus.NOT_FOUND


def _permission_error(message: str, source: JsonObject, needs: tuple[str, ...]) -> PermissionMissingError:
    params = " ".join(str(value) for value in optional_object(source, "messageParams").values())
    named = tuple(dict.fromkeys(_PERMISSION.findall(f"{message} {params}"))) or needs
    lacks = " or ".join(named) if named else "a permission Genesys does not name"
    error = PermissionMissingError(
        f"Genesys refused (403): the OAuth client lacks {lacks}.",
        hint="Admin > People & Permissions > Roles: add it to a role of the OAuth client, then: diag doctor",
    )
    error.permissions = named
    return error


def _body(body: bytes) -> JsonObject:
    try:
        value = parse_json(body, keys_once=False)
    except UnfitJsonError:
        return {}
    return cast(JsonObject, value) if isinstance(value, dict) else {}
