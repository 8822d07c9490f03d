"""Sees to it that calls carry a token Genesys accepts, and reports when there is none.

One renewal at a time, with growing gaps: a login that is down must not become a storm of logins. Nothing
is sent while a refusal is unanswered (a call with a refused token measures nothing), and not for ever.
"""

import math
from typing import Any, Final

import gevent

from diag.exit_codes import ExitCode
from diag.genesys.api_errors import ApiError
from loadtests.recording.run_clock import RunClock
from loadtests.sending.session_link import SessionLink
from loadtests.steering.decisions import Decision, Notice, StopRun
from loadtests.steering.load_second import Second

LATE_S: Final = 2.0
"""A refusal this soon after a renewal is of a call that left with the old token."""
CALM_S: Final = 5.0
"""So long without a refusal after a renewal, and the new token counts as accepted."""
LONGEST_GAP_S: Final = 4.0


class TokenRenewal:
    """Policy: `refused` for each call turned away for its token, `second` once a second.

    After `ends_after_s` seconds without a token that Genesys accepts the run ends. Times are the clock's. Not
    `needed`: no call goes through Genesys, so it does nothing.
    """

    def __init__(
        self, link: SessionLink, clock: RunClock, *, ends_after_s: float, needed: bool = True
    ) -> None:
        self._link = link
        self._now = clock.now
        self._ends_after_s = ends_after_s
        self._needed = needed
        self._in_use = link.token() if needed else ""
        self._new: str | None = None
        self._decisions: list[Decision] = []
        self._renewal: Any = None
        self._bad_since: float | None = None
        self._answered_at = -math.inf
        self._error: str | None = None
        self._gap_s = 0.0
        self._next_at = -math.inf

    @property
    def lost(self) -> bool:
        """Whether there is no token that Genesys is known to accept: nothing may be sent."""
        return self._bad_since is not None and self._answered_at < self._bad_since

    def refused(self, at: float) -> None:
        """Consider a call that was refused for its token at this moment."""
        if self.lost or at - self._answered_at < LATE_S:
            return
        if self._bad_since is None:
            self._bad_since = at
            self._notice("Genesys refuses our token: nothing is sent until there is a good one")
        self._answered_at = -math.inf

    def second(self, second: Second) -> list[Decision]:
        """Start a renewal if it is time for one; return what to do, the end of the run included."""
        if not self._needed:
            return []
        now = self._now()
        if self._bad_since is not None:
            if not self.lost and now - self._answered_at > CALM_S:
                self._bad_since, self._gap_s, self._next_at = None, 0.0, -math.inf
            elif self.lost and now - self._bad_since > self._ends_after_s:
                without_s = now - self._bad_since
                why = f"for {without_s:.0f} s there was no token that Genesys accepts: {self._why()}"
                return [*self.take(), StopRun(why, ExitCode.AUTH)]
        if not self._is_renewing() and now >= self._next_at:
            self._renewal = gevent.spawn(self._renew, self.lost)
        return self.take()

    def take(self) -> list[Decision]:
        """Return what to do now, once."""
        decisions, self._decisions = self._decisions, []
        return decisions

    def take_new_token(self) -> str | None:
        """Return the token that calls must carry from now on, once; None when it is still the same."""
        new, self._new = self._new, None
        return new

    def stop(self) -> None:
        """Give up a renewal on its way: the run is over, and its files are about to be closed."""
        if self._renewal is not None:
            self._renewal.kill()

    def _is_renewing(self) -> bool:
        return self._renewal is not None and not self._renewal.dead

    def _why(self) -> str:
        if self._error is not None:
            return self._error
        return "the login does not answer" if self._is_renewing() else "each new token was refused, too"

    def _renew(self, refused: bool) -> None:
        try:
            # Asking the client costs nothing while its token is good; it renews in time by itself.
            token = self._link.renew_token(refused)
        except ApiError as error:
            self._error = error.message
            if self._bad_since is None:
                self._bad_since = self._now()
                self._notice(f"there is no token any more, so nothing is sent: {error.message}")
        else:
            if token != self._in_use:
                self._in_use = self._new = token
            if self.lost:
                self._error = None
                self._answered_at = self._now()
                self._notice(f"a good token again after {self._answered_at - (self._bad_since or 0.0):.0f} s")
        if self._bad_since is not None:
            self._gap_s = min(max(1.0, 2 * self._gap_s), LONGEST_GAP_S)
            self._next_at = self._now() + self._gap_s

    def _notice(self, why: str) -> None:
        self._decisions.append(Notice("token", why))
