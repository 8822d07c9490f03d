"""Moments and intervals as Genesys Cloud writes and reads them: ISO 8601, UTC where no offset is."""

from datetime import UTC, datetime

from diag.genesys.api_errors import UnexpectedReplyError


def interval_of(since: datetime, until: datetime) -> str:
    """Return an interval (ISO/ISO) as queries take it, to the millisecond."""
    return f"{_iso(since)}/{_iso(until)}"


def unix_seconds(text: str, where: str, what: str) -> float:
    """Return a moment of a reply as Unix seconds.

    Raises UnexpectedReplyError, which says that the reply of `where` has a `what` (a date) that is no time.
    """
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise UnexpectedReplyError(f"The reply of {where} has {what} that is not a time.") from None


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
