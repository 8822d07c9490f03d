"""Whether a 401 or 403 of a call refuses us our token or a permission, or is the backend's word."""

from http import HTTPStatus
from typing import Final

from analysis.format.sample_schema import Outcome
from loadtests.sending.feedback import FailedCall
from loadtests.sending.transport import Reply

_OURS: Final = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


def refused_to_us(call: FailedCall, *, direct: bool) -> Reply | None:
    """Return the reply that refused us our token or permission, which must not count against the action.

    Where the action's login at its backend failed, the code begins with ACTION. or the reply is a 200.
    A backend that is called directly (`direct`) refuses what is its own.
    """
    reply = call.reply
    if reply is None or direct or call.outcome is not Outcome.AUTH_ERROR:
        return None
    backends = (call.code or "").startswith("ACTION.")
    return reply if reply.status in _OURS and not backends else None
