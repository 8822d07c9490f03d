"""What every reply says beside its answer: headers about the rate limit, and whether a 429 names its wait."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

RATE_HEADER: Final = "inin-ratelimit-count"


class WatchedReplies:
    """Looks at status and headers of each reply (`GenesysClient(on_reply=...)`)."""

    def __init__(self) -> None:
        self.ordinary = 0
        """Replies of the API that were no error."""
        self.with_rate_headers = 0
        self.limited = 0
        """429s."""
        self.limited_with_wait = 0

    def see(self, status: int, headers: Mapping[str, str]) -> None:
        """Take in one reply."""
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            self.limited += 1
            self.limited_with_wait += "Retry-After" in headers
        elif status < HTTPStatus.MULTIPLE_CHOICES and "ININ-Correlation-Id" in headers:
            self.ordinary += 1
            self.with_rate_headers += RATE_HEADER in headers
