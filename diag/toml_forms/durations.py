"""Lengths of time as people write them."""

import math
import re
from typing import Final

_DURATION: Final = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?")
RIGHT: Final = 'seconds or a text such as "90s", "10m", "1h30m"'


def seconds(text: object) -> float | None:
    """Return the seconds of `90`, `"90s"`, `"10m"`, `"1h30m"`; None when it is none of these."""
    if isinstance(text, int | float) and not isinstance(text, bool):
        return float(text) if math.isfinite(text) else None
    if not isinstance(text, str) or not text:
        return None
    match = _DURATION.fullmatch(text.strip())
    if match is None or not any(match.groups()):
        return None
    hours, minutes, rest = (float(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + rest
