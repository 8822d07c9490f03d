"""How many calls of this process may be in flight at once, and when nothing may be sent at all."""

import math

from loadtests.recording.run_clock import Clock
from loadtests.sending.run_port import RunPort


class CallBudget:
    """Shared by calls and by the polls of jobs: each takes a place before it is sent and gives it back after.

    The places of all processes together are `max_in_flight`. There is none before `opens_at` (the clock's
    seconds): a worker that joins a running load waits until the others have made room.
    """

    def __init__(
        self, max_in_flight: int, port: RunPort, clock: Clock, *, opens_at: float = -math.inf
    ) -> None:
        self._max_in_flight = max_in_flight
        self._port = port
        self._now = clock.now
        self._opens_at = opens_at
        self.taken = 0
        """Places in use."""
        self.on_hold = False
        """Whether nothing may be sent: a pause of the guard, or no token. Set by the steering."""

    def has_room(self) -> bool:
        """Whether one more call, or one more poll, may be in flight now."""
        return self.taken < self._max_in_flight // self._port.workers() and self._now() >= self._opens_at
