"""How one test call ended, judged by its HTTP status, its body and the time it took.

Standard library only: the load process classifies with this file and never imports httpx. What an error reply
says is read by `diag/genesys/replies/error_body.py`; whether it is the action's own timeout is decided by
`diag/genesys/timeout_reply.py`.

A 429 of the test endpoint itself is the platform's. One inside a result is the backend's when its class is
ACTION.REMOTE_ENDPOINT: the web service is at its limit, which is a finding about it and no reason to
wait for ours. Unless it comes with a `limit` of namespace `dataactions`: then the org's own limit was hit.

The outcome values are those of `analysis.format.sample_schema.Outcome`; a test holds them together.
"""

from dataclasses import dataclass, replace
from typing import Final

from diag.genesys.replies.error_body import (
    AUTHENTICATION,
    PROCESSING,
    REMOTE,
    ErrorJson,
    action_class,
    as_object,
    limit_of,
    message_of,
    objects_of,
    parsed,
    remote_status,
    status_of,
)
from diag.genesys.timeout_reply import FailedReply, KnownTimeout, Waited

OK: Final = "ok"
TIMEOUT: Final = "timeout"
CLIENT_TIMEOUT: Final = "client_timeout"
BACKEND_ERROR: Final = "backend_error"
INVALID_INPUT: Final = "invalid_input"
AUTH_ERROR: Final = "auth_error"
RATE_LIMITED: Final = "rate_limited"
PLATFORM_ERROR: Final = "platform_error"
NETWORK_ERROR: Final = "network_error"

_OWN_LIMITS: Final = "dataactions"  # the org's (docs/genesys-api.md, "Limits of the org")


@dataclass(frozen=True, slots=True)
class Classified:
    """How a call ended. `outcome` is an `analysis.format.sample_schema.Outcome` value.

    `error_code`: the most telling code of the reply. For `rate_limited` it is the limit's namespace and
    key, `dataactions:actions.concurrent.executions.max` or `platform.api:...`, so that the org's shared
    limit and our own token's can be distinguished. `failed_step`: name of the first step that failed.
    `message`: the platform's own words of the most telling message (see `message_shape`). `contradicts`: it
    speaks of a timeout, about when the action's own was due, in another form than the one that was learnt.
    """

    outcome: str
    error_code: str | None = None
    failed_step: str | None = None
    message: str | None = None
    contradicts: bool = False


def classify(
    status: int,
    body: bytes | None,
    timeout_s: int | None,
    elapsed_ms: float,
    known: KnownTimeout | None = None,
) -> Classified:
    """Return how a test call ended. Never raises, whatever the body holds.

    `status`: HTTP status. `body`: the reply's bytes, None when it could not be read whole.
    `timeout_s`: the action's timeout in force (60 when unset). `elapsed_ms`: sent to last byte. `known`: how
    this platform answers a call that timed out; None where that was not learnt.
    """
    reply, waited = parsed(body), Waited(timeout_s, elapsed_ms)
    if status == 200:
        return _of_result(reply, body, waited, known)
    return _of_error(FailedReply(status, reply or {}, inside_result=False), waited, known)


def _of_result(
    reply: ErrorJson | None, body: bytes | None, waited: Waited, known: KnownTimeout | None
) -> Classified:
    """A TestExecutionResult, or something in its place."""
    if reply is None:
        return Classified(PLATFORM_ERROR, "body.missing" if not body else _broken_json(body))
    success = reply.get("success")
    if success is True:
        return Classified(OK)
    if success is not False:
        return Classified(PLATFORM_ERROR, "body.unexpected")
    failed = next((step for step in objects_of(reply.get("operations")) if step.get("success") is False), {})
    error = as_object(reply.get("error"))
    step_error = as_object(failed.get("error"))
    inside = [*objects_of(error.get("errors")), *([step_error] if step_error else [])]
    status = status_of(error) or status_of(step_error) or 500
    result = _of_error(FailedReply(status, {**error, "errors": inside}, inside_result=True), waited, known)
    name = failed.get("name")
    return replace(result, failed_step=name if isinstance(name, str) else None)


def _of_error(failure: FailedReply, waited: Waited, known: KnownTimeout | None) -> Classified:
    """Judge an ErrorBody, be it the reply or inside a failed result; the first rule to fit decides."""
    timeout = waited.judge(failure, known)
    result = (
        _if_rate_limited(failure)
        or (Classified(TIMEOUT, failure.code) if timeout.own else None)
        or _if_action_class(failure)
        or _by_status(failure)
    )
    return replace(result, message=message_of(failure.error), contradicts=timeout.contradicts)


def _if_rate_limited(failure: FailedReply) -> Classified | None:
    if failure.status != 429:
        return None
    limit = limit_of(failure.error)
    own = (limit or "").partition(":")[0] == _OWN_LIMITS
    if failure.inside_result and action_class(failure.error) == REMOTE and not own:
        return Classified(BACKEND_ERROR, f"{REMOTE}:429")
    return Classified(RATE_LIMITED, limit or failure.code)


def _if_action_class(failure: FailedReply) -> Classified | None:
    """By the part of the action that failed, where the platform names it (`ACTION....`)."""
    failed = action_class(failure.error)
    if failed == AUTHENTICATION:
        return Classified(AUTH_ERROR, failed)
    if failed == PROCESSING:
        return Classified(INVALID_INPUT, failed)
    if failed == REMOTE and failure.names_timeout:  # early: the remote service's own gateway gave up
        return Classified(BACKEND_ERROR, failure.code)
    return _of_remote(failure) if failed == REMOTE else None


def _by_status(failure: FailedReply) -> Classified:
    status = failure.status
    if failure.inside_result and (status >= 500 or failure.names_timeout):
        return Classified(BACKEND_ERROR, failure.code)
    if status in (401, 403):
        return Classified(AUTH_ERROR, failure.code)
    if 400 <= status < 500 and status != 408:
        return Classified(INVALID_INPUT, failure.code)
    return Classified(PLATFORM_ERROR, failure.code)


def _of_remote(failure: FailedReply) -> Classified:
    """The remote service's own error: its 4xx is a fast failure of the input, its 5xx a failing backend.

    408 and 429 from it also mean a backend that does not keep up, not a wrong input.
    """
    remote = remote_status(failure.error) or failure.status
    fails = remote >= 500 or remote in (408, 429)
    return Classified(BACKEND_ERROR if fails else INVALID_INPUT, f"{REMOTE}:{remote}")


def _broken_json(body: bytes) -> str:
    """Say whether it is other JSON, began as JSON (cut off on the way), or never was (a proxy's page)."""
    if body.rstrip()[-1:] in (b"}", b"]"):
        return "body.unexpected"
    return "body.truncated" if body.lstrip()[:1] in (b"{", b"[") else "body.not_json"
