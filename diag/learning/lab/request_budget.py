"""The most requests an experiment session may send, repeated ones included: a bucket that runs dry."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from diag.genesys.http.pacing import RateBucket

MOST_REQUESTS: Final = 60
KEPT_FOR_THE_END: Final = 9
"""Requests to delete a draft by: read it, delete it, see it gone, and look at the published action."""


class BudgetUsedError(Exception):
    """Raised instead of sending a request too many."""


class RequestBudget(RateBucket):
    """Lets `most` requests through, at the pace of the bucket they belong to (`within`)."""

    def __init__(self, most: int, within: RateBucket) -> None:
        super().__init__()
        self._most = most
        self._within = within
        self._kept = 0
        self._ending = False
        self.used = 0
        """Requests sent so far."""

    @property
    def left(self) -> int:
        """Return how many requests may still be sent, without those kept for the end."""
        return max(self._most - self._kept - self.used, 0)

    def keep(self, requests: int) -> None:
        """Keep so many back from now on."""
        self._kept = requests

    @contextmanager
    def for_the_end(self) -> Iterator[None]:
        """Let everything through: a draft is never left for want of a request."""
        self._kept, self._ending = 0, True
        try:
            yield
        finally:
            self._ending = False

    def count(self, requests: int) -> None:
        """Count requests that do not come through here: logins."""
        self.used += requests

    def take(self, on_wait: Callable[[float], None] | None = None) -> float:
        """Count one more request and wait for its turn. Raises BudgetUsedError when all were sent."""
        if not self._ending and not self.left:
            raise BudgetUsedError
        self.used += 1
        return self._within.take(on_wait)
