"""One deadline for all of a call: connecting, sending, redirects and the last byte of the reply.

A timer of the event loop, not a timeout of sockets: those begin anew with each byte that arrives.
"""

import time
from types import TracebackType

import gevent

from loadtests.sending.connections.error_codes import DeadlinePassedError


class Deadline:
    """Begins when it is made, ends with `cancel`; `with deadline:` turns its end into DeadlinePassedError.

    Until then the end of the time is a `gevent.Timeout`, which nothing that handles errors of the network
    takes for one of them: a pool would go on with the next address.
    """

    def __init__(self, seconds: float) -> None:
        self._began_at = time.perf_counter()
        self._seconds = seconds
        self._timer = gevent.Timeout.start_new(seconds)

    def check(self) -> None:
        """Raise DeadlinePassedError where the time is over already."""
        if time.perf_counter() - self._began_at > self._seconds:
            raise self._passed()

    def cancel(self) -> None:
        """Stop the clock: the call is over."""
        self._timer.close()

    def __enter__(self) -> None:
        """Do nothing: the clock runs already."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Name the end of the time."""
        if error is not None and error is self._timer:
            error.__traceback__ = None  # else its frames and this would hold each other
            raise self._passed() from None

    def _passed(self) -> DeadlinePassedError:
        return DeadlinePassedError(time.perf_counter() - self._began_at)
