"""Sees to it that calls carry a token Genesys accepts, and says when there is none.

One renewal at a time, with growing gaps: a login that is down must not become a storm of logins. Nothing
is sent while a refusal is unanswered (a call with a dead token measures nothing), and not for ever.
"""

import math
from collections.abc import Callable
from typing import Any, Final

import gevent

from diag.genesys.errors import ApiError

LATE_S: Final = 2.0
"""A refusal this soon after a renewal is of a call that left with the old token."""
CALM_S: Final = 5.0
"""So long without a refusal after a renewal, and the new token counts as accepted."""
LONGEST_GAP_S: Final = 4.0


class TokenWatch:
    """One per load process. `refused` for each call turned away for its token, `look` once a second.

    `renew(refused)` returns whether the token is another one now and may block; it raises ApiError when
    there is none (TokenKeeper). `on_new` is told of a new token, `say` gets sentences for people. After
    `ends_after_s` without a good token the run must end.
    """

    def __init__(
        self,
        renew: Callable[[bool], bool],
        *,
        ends_after_s: float,
        now: Callable[[], float],
        on_new: Callable[[], None],
        say: Callable[[str], None],
    ) -> None:
        self._renew = renew
        self._ends_after_s = ends_after_s
        self._now = now
        self._on_new = on_new
        self._say = say
        self._flight: Any = None
        self._bad_since: float | None = None
        self._answered_at = -math.inf
        self._error: str | None = None
        self._gap_s = 0.0
        self._next_at = -math.inf

    @property
    def lost(self) -> bool:
        """Whether there is no token that Genesys is known to accept: nothing may be sent."""
        return self._bad_since is not None and self._answered_at < self._bad_since

    def refused(self) -> None:
        """Take in a call that was refused for its token."""
        now = self._now()
        if self.lost or now - self._answered_at < LATE_S:
            return
        if self._bad_since is None:
            self._bad_since = now
            self._say("Genesys refuses our token: nothing is sent until there is a good one")
        self._answered_at = -math.inf

    def look(self) -> str | None:
        """Start a renewal if it is time for one; return why the run must end, or None."""
        now = self._now()
        if self._bad_since is not None:
            if not self.lost and now - self._answered_at > CALM_S:
                self._bad_since, self._gap_s, self._next_at = None, 0.0, -math.inf
            elif self.lost and now - self._bad_since > self._ends_after_s:
                waiting = self._flight is not None and not self._flight.dead
                why = self._error or (
                    "the login does not answer" if waiting else "each new token was refused, too"
                )
                return f"for {now - self._bad_since:.0f} s there was no token that Genesys accepts: {why}"
        if (self._flight is None or self._flight.dead) and now >= self._next_at:
            self._flight = gevent.spawn(self._fly, self.lost)
        return None

    def stop(self) -> None:
        """Give up a renewal on its way: the run is over, and its files are about to be closed."""
        if self._flight is not None:
            self._flight.kill()

    def _fly(self, refused: bool) -> None:
        try:
            # Asking the client costs nothing while its token is good; it renews in time by itself.
            changed = self._renew(refused)
        except ApiError as error:
            self._error = error.message
            if self._bad_since is None:
                self._bad_since = self._now()
                self._say(f"there is no token any more, so nothing is sent: {error.message}")
        else:
            if changed:
                self._on_new()
            if self.lost:
                self._error = None
                self._answered_at = self._now()
                self._say(f"a good token again after {self._answered_at - (self._bad_since or 0.0):.0f} s")
        if self._bad_since is not None:
            self._gap_s = min(max(1.0, 2 * self._gap_s), LONGEST_GAP_S)
            self._next_at = self._now() + self._gap_s
