"""Waiting for a condition instead of sleeping for a time."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_until(
    condition: Callable[[], T],
    what: str,
    *,
    within_s: float = 60.0,
    sleep: Callable[[float], object] = time.sleep,
) -> T:
    """Return the first true answer of `condition`; fail, naming `what` was awaited, after `within_s`.

    `sleep`: gevent's where what is awaited is done by a greenlet of this thread.
    """
    end_s = time.monotonic() + within_s
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < end_s, f"{what}: not within {within_s:g} s"
        sleep(0.05)
