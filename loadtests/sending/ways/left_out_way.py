"""The way of an action whose direct calls cannot begin in this process: it is left out, and never called."""

import math
from typing import Any, Final, NoReturn

from diag.errors import DiagError
from diag.genesys.outcomes import Classified
from loadtests.sending.direct.direct_outcome import AuthFailedError, judge_error
from loadtests.sending.transport import Reply
from loadtests.sending.ways.call_way import CallEnd

_CODE: Final = "left_out"


class LeftOutWay:
    """A CallWay. `error`: what keeps its calls from beginning."""

    is_watched: Final = False
    rtt_ms: Final = math.nan

    def __init__(self, method: str, error: DiagError) -> None:
        self.method = method
        self.error = error

    @property
    def why(self) -> str:
        """Return the reason, a sentence without its full stop."""
        return self.error.message.rstrip(".")

    def use_token(self, token: str) -> None:
        """Do nothing: nothing is sent."""

    def connect(self, turn: int) -> NoReturn:
        """Raise AuthFailedError: a call that was made all the same would not be one of the action."""
        raise AuthFailedError(_CODE)

    def exchange(self, connection: Any, turn: int) -> Reply:
        """Raise AuthFailedError, as there is no connection."""
        raise AuthFailedError(_CODE)

    def correlation_id(self, connection: Any) -> str:
        """Return nothing."""
        return ""

    def judge(self, reply: Reply, latency_ms: float) -> Classified:
        """Return that it was not allowed to be made."""
        return judge_error(AuthFailedError(_CODE))

    def judge_failure(self, error: BaseException, *, connected: bool) -> Classified:
        """Return that it was not allowed to be made."""
        return judge_error(error)

    def ended(self, connection: Any, call: CallEnd) -> None:
        """Do nothing."""
