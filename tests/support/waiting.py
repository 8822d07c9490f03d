"""Waiting for a condition instead of sleeping for a time."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_until(condition: Callable[[], T], what: str, *, within_s: float = 60.0) -> T:
    """Return the first true answer of `condition`; fail, naming `what` was awaited, after `within_s`."""
    end_s = time.monotonic() + within_s
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < end_s, f"{what}: not within {within_s:g} s"
        time.sleep(0.05)
