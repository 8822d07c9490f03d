"""The hours of production telemetry to read."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

LAG: Final = timedelta(hours=1)
"""The platform does not document how late its numbers arrive, so the newest full hour is left out."""


@dataclass(frozen=True, slots=True)
class Window:
    """Whole UTC hours from `since` to `until`."""

    since: datetime
    until: datetime

    @property
    def hours(self) -> int:
        """Return the number of hours."""
        return int((self.until - self.since) / timedelta(hours=1))

    def after(self, moment: float) -> "Window":
        """Return the part that begins with the first whole hour after `moment` (Unix seconds)."""
        changed = datetime.fromtimestamp(moment, UTC)
        hour = changed.replace(minute=0, second=0, microsecond=0)
        first = hour if hour == changed else hour + timedelta(hours=1)
        return Window(max(self.since, min(first, self.until)), self.until)


def last_days(days: int, now: datetime) -> Window:
    """Return the last `days` days of complete hours before `now`, less the lag."""
    until = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) - LAG
    return Window(until - timedelta(days=days), until)
