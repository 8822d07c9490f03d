"""How many calls of this process may be in flight at once, and when nothing may be sent at all."""

from loadtests.recording.run_clock import RunClock
from loadtests.sending.session_link import SessionLink


class CallBudget:
    """Shared by calls and by the polls of jobs: each takes a place before it is sent and gives it back after.

    The places of all processes together are `max_in_flight`, one that waits for its turn included: the others
    make room for it meanwhile. After `may_call_until` (Unix seconds; None: never) there are none.
    """

    def __init__(
        self, max_in_flight: int, link: SessionLink, clock: RunClock, may_call_until: float | None = None
    ) -> None:
        self._max_in_flight = max_in_flight
        self._link = link
        self._clock = clock
        self._may_call_until = may_call_until
        self.taken = 0
        """Places in use."""
        self.on_hold = False
        """Whether nothing may be sent: a pause of the guard, or no token. Set by the steering."""

    @property
    def closed(self) -> bool:
        """Whether the time in which calls may leave is over."""
        return self._clock.is_past(self._may_call_until)

    def has_room(self) -> bool:
        """Whether one more call, or one more poll, may be in flight now."""
        return self.taken < self._max_in_flight // self._link.workers() and not self.closed
