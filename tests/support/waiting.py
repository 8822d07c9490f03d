"""Waiting for a condition instead of sleeping for a time."""

import time
from collections.abc import Callable
from typing import Final, TypeVar

T = TypeVar("T")

PATIENCE_S: Final = 90.0
"""What a test asks of a sandbox for itself may take so long: the truth about ten thousand actions is 19 MB of
JSON, which is written and read within httpx's 5 s only while no neighbour is busy."""


def wait_until(condition: Callable[[], T], what: str, *, within_s: float = 60.0) -> T:
    """Return the first true answer of `condition`; fail, naming `what` was awaited, after `within_s`."""
    end_s = time.monotonic() + within_s
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < end_s, f"{what}: not within {within_s:g} s"
        time.sleep(0.05)
