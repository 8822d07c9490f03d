"""How a moment reads: a date, a time of day, in UTC or in a zone."""

import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def utc_time(at_s: float) -> str:
    """Return "2026-11-28T14:03:20Z" for Unix seconds."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at_s))


def clock_time(at_s: float) -> str:
    """Return "14:03:20 UTC" for Unix seconds."""
    return time.strftime("%H:%M:%S UTC", time.gmtime(at_s))


def at(moment: float, zone: str | None = None) -> str:
    """Return "Sat 28 Nov 16:04" for Unix seconds, in that zone; without one in UTC, which is said."""
    where = ZoneInfo(zone) if zone else UTC
    return datetime.fromtimestamp(moment, where).strftime("%a %d %b %H:%M") + ("" if zone else " UTC")
