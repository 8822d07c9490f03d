"""How one test call ended, judged by its HTTP status, its body and the time it took.

Standard library only: the load process classifies with this file and never imports httpx.

What a timed-out test looks like is not documented, so all three forms seen or declared are recognised
(docs/genesys-api.md, "Test calls"): HTTP 408, HTTP 504, and HTTP 200 with `success: false` whose error speaks
of a timeout. The form alone is not enough. A gateway's own 504 after 2 s, or a remote service whose own
gateway gave up, is not the action's timeout of 10 s: taking it for one would censor a sample at the wrong
place. So a timeout counts only when the call took at least `EARLY_SHARE` of the action's timeout; an earlier
one is a backend or platform error. A later one still counts: the call did take longer than the timeout.
Without a known timeout (`timeout_s=None`) the form decides.

Whose clock ran out is known of one code only: `authentication.request.timeout` is not the action's (D, old
swagger), and counts as an error however long it took. So does an error of class ACTION.AUTHENTICATION: the
token for the backend was waited for, not the backend. Unknown is who sends a 504 that is not the platform's
ErrorBody (a page of a gateway, nothing at all) or calls itself a gateway's. Such a one is taken for the
action's timeout only after all of it has passed: then the call was too slow, whoever ended it.

A 429 of the test endpoint itself is the platform's. One inside a result is the backend's when its class is
ACTION.REMOTE_ENDPOINT: the web service is at its limit, which is a finding about it and no reason to
wait for ours. Unless it comes with a `limit` of namespace `dataactions`: then the org's own limit was hit.

The outcome values are those of `analysis.format.sample_schema.Outcome`; a test holds them together.
Codes leave this file, and of messages only the platform's own words: a text may quote the values sent.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Final, cast

from diag.genesys.message_without_values import message_shape

OK: Final = "ok"
TIMEOUT: Final = "timeout"
CLIENT_TIMEOUT: Final = "client_timeout"
BACKEND_ERROR: Final = "backend_error"
INVALID_INPUT: Final = "invalid_input"
AUTH_ERROR: Final = "auth_error"
RATE_LIMITED: Final = "rate_limited"
PLATFORM_ERROR: Final = "platform_error"
NETWORK_ERROR: Final = "network_error"

EARLY_SHARE: Final = 0.9
"""A timeout reply before this share of the timeout is not the action's own. Below 1 because the platform's
clock may start before ours sees the request sent, and how exactly it is enforced is undocumented."""

MAX_ERROR_CODE: Final = 80

_AUTHENTICATION: Final = "ACTION.AUTHENTICATION"  # the action's own credentials: token fetch, signature
_PROCESSING: Final = "ACTION.PROCESSING"  # Genesys' side: input schema, templates, output schema
_REMOTE: Final = "ACTION.REMOTE_ENDPOINT"  # the web service answered with an error
# the org's limits on data actions (docs/genesys-api.md, "Limits of the org")
_OWN_LIMITS: Final = "dataactions"

_NOT_THE_ACTIONS: Final = "authentication.request.timeout"
_A_GATEWAYS: Final = re.compile(r"gateway[\s._-]?tim(?:ed|e)?[\s._-]?out", re.IGNORECASE)
"""Such a code has no source (docs/genesys-api.md, "Test calls"): whose timeout it would be is unknown."""

_TIMEOUT_WORDS: Final = re.compile(r"tim(?:ed|e)?[\s._-]?out", re.IGNORECASE)
_REMOTE_STATUS: Final = re.compile(
    r"\b(?:(?:status|error|response)(?:\s*code)?|with\s+code|http(?:/\d(?:\.\d)?)?"
    r"|(?:answer|return|respond)ed(?:\s+with)?)"
    r"\W{0,3}([45]\d\d)\b",
    re.IGNORECASE,
)
_SAFE_CODE: Final = re.compile(r"[A-Za-z0-9._:-]+")

_Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Classified:
    """How a call ended. `outcome` is an `analysis.format.sample_schema.Outcome` value.

    `error_code`: the most telling code of the reply. For `rate_limited` it is the limit's namespace and
    key, `dataactions:actions.concurrent.executions.max` or `platform.api:...`, so that the org's shared
    limit and our own token's can be distinguished. `failed_step`: name of the first step that failed.
    `message`: the platform's own words of the most telling message (see `message_shape`).
    """

    outcome: str
    error_code: str | None = None
    failed_step: str | None = None
    message: str | None = None


def classify(status: int, body: bytes | None, timeout_s: int | None, elapsed_ms: float) -> Classified:
    """Return how a test call ended. Never raises, whatever the body holds.

    `status`: HTTP status. `body`: the reply's bytes, None when it could not be read whole.
    `timeout_s`: the action's timeout in force (60 when unset). `elapsed_ms`: sent to last byte.
    """
    early = timeout_s is not None and elapsed_ms < EARLY_SHARE * timeout_s * 1000.0
    reply = _parse(body)
    if status == 200:
        return _of_result(reply, body, early=early)
    error = reply or {}
    if status == HTTPStatus.GATEWAY_TIMEOUT and _is_a_gateways(error):
        early = timeout_s is None or elapsed_ms < timeout_s * 1000.0
    return replace(_of_error(status, error, early=early, inside_result=False), message=_message(error))


def _is_a_gateways(error: _Json) -> bool:
    """Return whether a 504 may be someone else's: without the platform's code, or with a gateway's name."""
    code = _code(error)
    return code is None or _A_GATEWAYS.search(code) is not None


def _of_result(reply: _Json | None, body: bytes | None, *, early: bool) -> Classified:
    """A TestExecutionResult, or something in its place."""
    if reply is None:
        return Classified(PLATFORM_ERROR, "body.missing" if not body else _broken_json(body))
    success = reply.get("success")
    if success is True:
        return Classified(OK)
    if success is not False:
        return Classified(PLATFORM_ERROR, "body.unexpected")
    failed = next((step for step in _dicts(reply.get("operations")) if step.get("success") is False), {})
    error = _dict(reply.get("error"))
    step_error = _dict(failed.get("error"))
    merged: _Json = {**error, "errors": [*_dicts(error.get("errors")), *([step_error] if step_error else [])]}
    result = _of_error(_status(error) or _status(step_error) or 500, merged, early=early, inside_result=True)
    name = failed.get("name")
    return replace(result, failed_step=name if isinstance(name, str) else None, message=_message(merged))


@dataclass(frozen=True, slots=True)
class _Failure:
    """An ErrorBody, and where it stood: `inside_result` of a 200, or the reply itself."""

    status: int
    error: _Json
    early: bool
    inside_result: bool

    @property
    def code(self) -> str:
        return _code(self.error) or f"http.{self.status}"

    @property
    def names_timeout(self) -> bool:
        if any(body.get("code", body.get("errorCode")) == _NOT_THE_ACTIONS for body in _nested(self.error)):
            return False
        return self.status in (408, 504) or (self.inside_result and _mentions_timeout(self.error))


def _of_error(status: int, error: _Json, *, early: bool, inside_result: bool) -> Classified:
    """Judge an ErrorBody, be it the reply or inside a failed result; the first rule to fit decides."""
    failure = _Failure(status, error, early, inside_result)
    return (
        _if_rate_limited(failure)
        or _if_own_timeout(failure)
        or _if_action_class(failure)
        or _by_status(failure)
    )


def _if_rate_limited(failure: _Failure) -> Classified | None:
    if failure.status != 429:
        return None
    limit = _limit(failure.error)
    own = (limit or "").partition(":")[0] == _OWN_LIMITS
    if failure.inside_result and _action_class(failure.error) == _REMOTE and not own:
        return Classified(BACKEND_ERROR, f"{_REMOTE}:429")
    return Classified(RATE_LIMITED, limit or failure.code)


def _if_own_timeout(failure: _Failure) -> Classified | None:
    if _action_class(failure.error) == _AUTHENTICATION:
        return None
    return Classified(TIMEOUT, failure.code) if failure.names_timeout and not failure.early else None


def _if_action_class(failure: _Failure) -> Classified | None:
    """By the part of the action that failed, where the platform names it (`ACTION....`)."""
    action_class = _action_class(failure.error)
    if action_class == _AUTHENTICATION:
        return Classified(AUTH_ERROR, action_class)
    if action_class == _PROCESSING:
        return Classified(INVALID_INPUT, action_class)
    if action_class == _REMOTE and failure.names_timeout:  # early: the remote service's own gateway gave up
        return Classified(BACKEND_ERROR, failure.code)
    return _of_remote(failure.status, failure.error) if action_class == _REMOTE else None


def _by_status(failure: _Failure) -> Classified:
    status = failure.status
    if failure.inside_result and (status >= 500 or failure.names_timeout):
        return Classified(BACKEND_ERROR, failure.code)
    if status in (401, 403):
        return Classified(AUTH_ERROR, failure.code)
    if 400 <= status < 500 and status != 408:
        return Classified(INVALID_INPUT, failure.code)
    return Classified(PLATFORM_ERROR, failure.code)


def _of_remote(status: int, error: _Json) -> Classified:
    """The remote service's own error: its 4xx is a fast failure of the input, its 5xx a failing backend.

    408 and 429 from it also mean a backend that does not keep up, not a wrong input.
    """
    remote = _remote_status(error) or status
    fails = remote >= 500 or remote in (408, 429)
    return Classified(BACKEND_ERROR if fails else INVALID_INPUT, f"{_REMOTE}:{remote}")


def _remote_status(error: _Json) -> int | None:
    """The status the web service answered with: from a message ("status code 503") or a nested error."""
    for body in _nested(error):
        message = body.get("message", body.get("userMessage"))
        if isinstance(message, str) and (found := _REMOTE_STATUS.search(message)):
            return int(found.group(1))
    nested = [status for inner in _dicts(error.get("errors")) if (status := _status(inner))]
    return max(nested, default=None)


def _mentions_timeout(error: _Json) -> bool:
    for body in _nested(error):
        if _status(body) in (408, 504):
            return True
        for key in ("code", "errorCode", "message", "userMessage", "messageWithParams"):
            value = body.get(key)
            if isinstance(value, str) and _TIMEOUT_WORDS.search(value):
                return True
    return False


def _action_class(error: _Json) -> str | None:
    for body in _nested(error):
        for detail in _dicts(body.get("details")):
            code = detail.get("errorCode")
            if isinstance(code, str) and code.upper().startswith("ACTION."):
                return _safe(code.upper())
        code = body.get("code", body.get("errorCode"))
        if isinstance(code, str) and code.upper() in (
            _AUTHENTICATION,
            _PROCESSING,
            _REMOTE,
        ):
            return code.upper()
    return None


def _limit(error: _Json) -> str | None:
    for body in _nested(error):
        limit = _dict(body.get("limit"))
        parts = [part for key in ("namespace", "key") if isinstance(part := limit.get(key), str)]
        if parts:
            return _safe(":".join(parts))
    return None


def _code(error: _Json) -> str | None:
    for body in _nested(error):
        code = body.get("code", body.get("errorCode"))
        if isinstance(code, str) and _safe(code):
            return _safe(code)
    return None


def _message(error: _Json) -> str | None:
    """The message with most to say: the outermost is often generic, the useful one inside
    (docs/genesys-api.md, "Test calls")."""
    shapes = [
        message_shape(text)
        for body in _nested(error)
        for key in ("message", "userMessage")
        if isinstance(text := body.get(key), str)
    ]
    return max((shape for shape in shapes if shape), key=len, default=None)


def _nested(error: _Json, depth: int = 3) -> Iterator[_Json]:
    """The error and the ones inside it, outermost first."""
    yield error
    if depth:
        for inner in _dicts(error.get("errors")):
            yield from _nested(inner, depth - 1)


def _status(error: _Json) -> int | None:
    status = error.get("status")
    return status if isinstance(status, int) and 100 <= status <= 599 else None


def _safe(code: str) -> str | None:
    """The code if it looks like one: free text could quote payload values."""
    return code if len(code) <= MAX_ERROR_CODE and _SAFE_CODE.fullmatch(code) else None


def _parse(body: bytes | None) -> _Json | None:
    try:
        value = json.loads(body or b"")
    except (ValueError, RecursionError):
        return None
    return cast(_Json, value) if isinstance(value, dict) else None


def _broken_json(body: bytes) -> str:
    """Say whether it is other JSON, began as JSON (cut off on the way), or never was (a proxy's page)."""
    if body.rstrip()[-1:] in (b"}", b"]"):
        return "body.unexpected"
    return "body.truncated" if body.lstrip()[:1] in (b"{", b"[") else "body.not_json"


def _dict(value: object) -> _Json:
    return cast(_Json, value) if isinstance(value, dict) else {}


def _dicts(value: object) -> list[_Json]:
    return [cast(_Json, item) for item in value if isinstance(item, dict)] if isinstance(value, list) else []
