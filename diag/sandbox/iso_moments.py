"""Moments and intervals as the platform writes and reads them: ISO 8601, in UTC where no offset is stated."""

from datetime import UTC, datetime

from diag.sandbox.reply_bodies import JsonValue, bad_request


def iso(moment: float) -> str:
    """Return Unix seconds as a reply writes them: 2026-01-31T12:00:00.000Z."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def read_interval(value: JsonValue) -> tuple[float, float]:
    """Return both ends of a query's interval, Unix seconds. Raises ErrorReply 400."""
    try:
        first, last = str(value).split("/")
        return _moment(first), _moment(last)
    except ValueError:
        raise bad_request("interval must be two ISO 8601 dates with a slash between.") from None


def _moment(text: str) -> float:
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
