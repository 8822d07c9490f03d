"""When an administrative call is tried again, and after how long.

Only reads (GET) are repeated after a lost connection or a 5xx: whether a write took effect is unknown
then. Any call is repeated after a 429 (it was refused before it did anything). Retry-After is
honoured up to 180 s, the limit of the official SDKs; longer ones are an error at once. Test calls never
come here: a repeated call would be two measurements.
"""

import logging
from collections.abc import Callable
from typing import Final, TypeVar

import stamina
from stamina.instrumentation import RetryDetails, set_on_retry_hooks

from diag.genesys.api_errors import ApiError, NetworkError, PlatformError, RateLimitedError

MAX_RETRY_AFTER_S: Final = 180.0
MAX_ATTEMPTS: Final = 6

_T = TypeVar("_T")
_log = logging.getLogger(__name__)


def wait_before_retry(method: str, error: Exception) -> bool | float:
    """Return False to give up, seconds to wait, or True for a back-off that doubles.

    A limit without Retry-After is waited for longer: it counts calls by the minute.
    """
    if not isinstance(error, ApiError) or not error.repeatable:
        return False
    if not isinstance(error, RateLimitedError) and not (method == "GET" and _passes_by_itself(error)):
        return False
    if error.retry_after_s is None:
        return True
    return error.retry_after_s if error.retry_after_s <= MAX_RETRY_AFTER_S else False


def _passes_by_itself(error: ApiError) -> bool:
    if isinstance(error, PlatformError):
        return error.status != 501
    return isinstance(error, NetworkError) or error.status == 408


def call_with_retries(method: str, attempt_once: Callable[[], _T]) -> _T:
    """Return what `attempt_once` returns, repeating it as this module says; the last error is raised."""
    limited = 0

    def wait(error: Exception) -> bool | float:
        nonlocal limited
        answer = wait_before_retry(method, error)
        if answer is True and isinstance(error, RateLimitedError):
            limited += 1
            return 2.0**limited  # 2 + 4 + 8 + 16 + 32 s: past the end of the minute
        return answer

    for attempt in stamina.retry_context(
        on=wait,
        attempts=MAX_ATTEMPTS,
        timeout=None,
        wait_initial=1.0,
        wait_max=30.0,
    ):
        with attempt:
            return attempt_once()
    raise AssertionError("stamina yields at least one attempt")


def log_retry(details: RetryDetails) -> None:
    """Log that a call is repeated. stamina's own hook prints the arguments; a token could be among them."""
    cause = details.caused_by
    status = cause.status if isinstance(cause, ApiError) else None
    _log.info(
        "retry %d after %.1f s: %s (status %s)",
        details.retry_num,
        details.wait_for,
        type(cause).__name__,
        status,
    )


def install_retry_hook() -> None:
    """Replace stamina's own hooks, which log arguments, by ours. The hooks belong to the whole process."""
    set_on_retry_hooks([log_retry])
