"""When something was, as it is shown: in UTC, and by the clock of the reader's zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from reports.wording.traced_text import TracedText, traced_number


def moment(at: float, zone: str | None, place: str) -> TracedText:
    """Return a time as `2026-11-21 22:13:10 UTC`, with the named zone's clock behind it when there is one.

    `place`: where the time stands in the JSON, in Unix seconds.
    """
    utc = datetime.fromtimestamp(at, UTC)
    text = f"{utc:%Y-%m-%d %H:%M:%S} UTC"
    if zone is not None and zone != "UTC":
        try:
            local = utc.astimezone(ZoneInfo(zone))
        except (ZoneInfoNotFoundError, ValueError):
            return traced_number(text, at, place)
        day = "" if local.date() == utc.date() else f"{local:%Y-%m-%d} "
        text = f"{text} ({day}{local:%H:%M} {zone})"
    return traced_number(text, at, place)
