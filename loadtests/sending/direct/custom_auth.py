"""An integration's custom authentication: its own action is called, and its result is `authResponse`.

One per action, set of credentials and process. What it returns is kept in memory only, until it is about to
expire or the backend refuses it; it is asked for once at a time, with growing gaps while that fails.
"""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import gevent
from gevent.lock import RLock

from diag.direct.direct_action import Secrets
from diag.direct.rendering.prepare import PreparedAction
from diag.errors import CredentialsError, DiagError
from loadtests.sending.connections.error_codes import NETWORK_ERRORS
from loadtests.sending.direct.backends import Backends
from loadtests.sending.direct.bounded_reply import is_success
from loadtests.sending.direct.direct_outcome import AuthFailedError, judge_error
from loadtests.sending.direct.one_call import OneCall
from loadtests.sending.direct.wire_request import wire_request
from loadtests.sending.watching.trace_context import new_trace

DEADLINE_S: Final = 10.0
LONGEST_MARGIN_S: Final = 60.0
MARGIN_SHARE: Final = 0.1
"""So much of its life before the end a result is asked for anew, LONGEST_MARGIN_S at most."""
SOON_S: Final = 5.0
"""A refusal this soon after a new result: asking again at once would be a storm of logins."""
LONGEST_GAP_S: Final = 30.0
SHORTEST_GAP_S: Final = 1.0
"""A result is used for so long at least, also where it says that it holds for no time at all: else every call
would log in, and the login's host is confirmed for one a second."""
_FAILED: Final = "custom_auth_"
"""How the error codes of calls begin that it did not let through."""


@dataclass(frozen=True, slots=True)
class AuthResponse:
    """What custom authentication returned; `number` counts the times it was asked."""

    number: int
    values: Mapping[str, object] = field(repr=False)


class CustomAuth:
    """`current` for each call, `refused` for each 401.

    `name`: of the action. `now`: seconds on a clock that only goes forward.
    """

    def __init__(
        self,
        name: str,
        action: PreparedAction,
        credentials: Mapping[str, str],
        backends: Backends,
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._action = action
        self._secrets = Secrets(credentials)
        self._backends = backends
        self._now = now
        self._asking = RLock()
        self._response: AuthResponse | None = None
        self._failure: str | None = None
        self._refused = False
        self._issued_at = self._renew_at = self._expires_at = -math.inf
        self._gap_s = 0.0
        self._next_at = -math.inf
        self._renewal: gevent.Greenlet | None = None

    def begin(self) -> None:
        """Ask for the first time. Raises CredentialsError, with the reason, where that fails."""
        try:
            self.current()
        except AuthFailedError as error:
            used = ", ".join(sorted(self._action.credentials)) or "none"
            raise CredentialsError(
                f"The custom authentication {self._name!r} failed: {_words(error.code)}. "
                f"Check the credentials that it uses ({used}), and its request."
            ) from None

    def current(self) -> AuthResponse:
        """Return what calls are to use now; waits while it is asked for. Raises AuthFailedError."""
        now = self._now()
        known = self._response
        if known is not None and not self._refused and now < self._expires_at:
            if now >= self._renew_at and now >= self._next_at and not self._renewal:
                self._renewal = gevent.spawn(self._renew_quietly, known.number)
            return known
        with self._asking:
            return self._renewed(known.number if known is not None else 0)

    def refused(self, number: int) -> None:
        """Consider a 401 that a call met which used this response; of an older one it says nothing."""
        known = self._response
        if known is None or number != known.number or self._refused:
            return
        self._refused = True
        soon = self._now() - self._issued_at < SOON_S
        self._gap_s = self._longer_gap_s() if soon else 0.0
        self._next_at = self._issued_at + self._gap_s

    def stop(self) -> None:
        """Ask no more."""
        if self._renewal is not None:
            self._renewal.kill()

    def _renew_quietly(self, number: int) -> None:
        try:
            with self._asking:
                self._renewed(number)
        except AuthFailedError:
            pass  # the response in use is good until it expires
        finally:
            self._renewal = None

    def _renewed(self, number: int) -> AuthResponse:
        """Return a response newer than `number`; where it is too early to ask again, that one."""
        known = self._response
        if known is not None and known.number > number and self._failure is None:
            return known  # another call asked meanwhile
        if self._now() < self._next_at:
            if known is not None and self._failure is None:
                return known
            raise AuthFailedError(self._failure or f"{_FAILED}refused")
        try:
            values = self._ask()
        except AuthFailedError as error:
            self._failure = error.code
            self._gap_s = self._longer_gap_s()
            self._next_at = self._now() + self._gap_s
            raise
        self._failure, self._refused = None, False
        self._issued_at = now = self._now()
        self._next_at = now + SHORTEST_GAP_S
        life_s = _life_s(values.get("expires_in"))
        self._expires_at = now + life_s
        self._renew_at = now + life_s - min(LONGEST_MARGIN_S, MARGIN_SHARE * life_s)
        self._response = AuthResponse(number + 1, values)
        return self._response

    def _longer_gap_s(self) -> float:
        return min(max(SHORTEST_GAP_S, 2 * self._gap_s), LONGEST_GAP_S)

    def _ask(self) -> Mapping[str, object]:
        try:
            request = wire_request(self._action.request({}, self._secrets))
            self._backends.refuse_what_is_not_allowed(request)
        except DiagError:
            raise AuthFailedError(f"{_FAILED}not_rendered") from None
        try:
            call = OneCall(self._backends, request, new_trace(), DEADLINE_S)
            call.connect()
            reply = call.exchange()
        except NETWORK_ERRORS as error:
            raise AuthFailedError(f"{_FAILED}{judge_error(error).error_code}") from None
        if not is_success(reply.status):
            raise AuthFailedError(f"{_FAILED}{reply.refused_redirect or f'http_{reply.status}'}")
        made = self._action.result(reply.status, reply.body)
        if not made.ok or not isinstance(made.value, Mapping):
            raise AuthFailedError(f"{_FAILED}contract")
        return made.value


def _words(code: str) -> str:
    """Return how it failed: "its backend answered 401", or the code where that is all there is to say."""
    what = code.removeprefix(_FAILED)
    return f"its backend answered {what.removeprefix('http_')}" if what.startswith("http_") else what


def _life_s(expires_in: object) -> float:
    """Return how long a response holds, in seconds; for ever where it does not say, or says no number."""
    if isinstance(expires_in, str) and expires_in.strip().isdigit():
        expires_in = int(expires_in)
    if isinstance(expires_in, bool) or not isinstance(expires_in, int | float):
        return math.inf
    return max(0.0, float(expires_in)) if math.isfinite(expires_in) else math.inf
