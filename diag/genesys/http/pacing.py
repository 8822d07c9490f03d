"""One bucket for all administrative calls: at most N in any 60 seconds.

The platform allows 300 requests a minute for each token and asks tools to respect it with one token
(docs/genesys-api.md, "Rate limits"). Test calls never pass here: their schedule belongs to the load
generator.

Processes do not share a bucket, on purpose. Each logs in for a token of its own, and the limit is the
token's. Only where several are given one GENESYSCLOUD_ACCESS_TOKEN do they compete; then the platform's 429
rules, which every administrative call waits for and repeats (`retrying.py`). A pace shared through a file
would need locks that survive kill -9 and network drives, and would still not see a load test's calls.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final

DEFAULT_CALLS_PER_MINUTE: Final = 300
_WINDOW_S: Final = 60.0


class RateBucket:
    """Lets `calls_per_minute` through in any window of a minute; the next one waits. Thread-safe.

    `clock` and `sleep` are for tests.
    """

    def __init__(
        self,
        calls_per_minute: int = DEFAULT_CALLS_PER_MINUTE,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if calls_per_minute < 1:
            raise ValueError("calls_per_minute must be at least 1")
        self._allowed = calls_per_minute
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._starts: deque[float] = deque()

    def take(self, on_wait: Callable[[float], None] | None = None) -> float:
        """Wait until one more call may start, count it, return the seconds waited.

        `on_wait` is called with the seconds before a wait, so a display can say why it stands.
        """
        with self._lock:
            now = self._clock()
            while self._starts and self._starts[0] <= now - _WINDOW_S:
                self._starts.popleft()
            wait_s = 0.0
            if len(self._starts) >= self._allowed:
                # Reserve the slot that frees first; later callers queue behind this one.
                wait_s = self._starts[len(self._starts) - self._allowed] + _WINDOW_S - now
            self._starts.append(now + wait_s)
        if wait_s > 0:
            if on_wait:
                on_wait(wait_s)
            self._sleep(wait_s)
        return max(wait_s, 0.0)
