"""How a direct call ended, by its reply: the outcome of a call and the most telling code, never a value."""

from http import HTTPStatus
from typing import Final

from analysis.format.sample_schema import Outcome
from diag.direct.rendering.prepare import PreparedAction
from diag.direct.rendering.reply.result import Result
from diag.genesys.outcomes import Classified
from loadtests.sending.connections.error_codes import DeadlinePassedError, NamedNetworkError, error_name
from loadtests.sending.direct.bounded_reply import is_success
from loadtests.sending.direct.one_call import DirectReply

DEADLINE: Final = "deadline"
"""Error code of a call that had all of its time."""
CONTRACT: Final = "contract"
"""Error code of a reply that breaks the output contract, or from which no result can be made."""
_REFUSED: Final = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
_OK: Final = Classified(Outcome.OK)


class AuthFailedError(NamedNetworkError):
    """Raised for a call that cannot be made, because the integration's custom authentication failed."""


def judge_reply(reply: DirectReply, action: PreparedAction) -> Classified:
    """Return how a call that was answered ended.

    A 429 is the backend's, so it is no reason to spare Genesys Cloud: it counts as every other status.
    """
    status = reply.status
    if is_success(status):
        made = action.result(status, reply.body)
        return _OK if made.ok else _broken(made)
    if status in _REFUSED:
        return Classified(Outcome.AUTH_ERROR, f"http_{status}")
    return Classified(Outcome.BACKEND_ERROR, reply.refused_redirect or f"http_{status}")


def judge_error(error: BaseException) -> Classified:
    """Return how a call without a whole reply ended."""
    if isinstance(error, DeadlinePassedError):
        return Classified(Outcome.TIMEOUT, DEADLINE)
    if isinstance(error, AuthFailedError):
        return Classified(Outcome.AUTH_ERROR, error.code)
    return Classified(Outcome.NETWORK_ERROR, error_name(error))


def _broken(made: Result) -> Classified:
    return Classified(Outcome.CONTRACT_ERROR, CONTRACT, failed_step=made.path, message=made.problem)
