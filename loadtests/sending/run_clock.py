"""One clock for a run: monotonic for durations, anchored once to the wall clock for the record."""

import time


class Clock:
    """`now()` is monotonic seconds; `wall(now)` is the same moment as Unix seconds (UTC).

    A step of the wall clock during the run (NTP) therefore moves no row against another.
    """

    def __init__(self) -> None:
        self._offset = time.time() - time.perf_counter()
        self.now = time.perf_counter

    def wall(self, now: float) -> float:
        """Return a moment of `now()` as Unix seconds."""
        return now + self._offset
