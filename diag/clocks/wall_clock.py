"""The wall clock that waits of hours go by, as a value: tests and a time-lapsed sandbox bring their own."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final


@dataclass(frozen=True, slots=True)
class WallClock:
    """`now`: Unix seconds. `sleep`: wait so many of its seconds, or fewer."""

    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    longest_sleep_s: float = 30.0
    """A machine that was asleep notices within it what it has missed."""

    def utc(self) -> datetime:
        """Return the time as a date, UTC."""
        return datetime.fromtimestamp(self.now(), UTC)


REAL_TIME: Final = WallClock()
