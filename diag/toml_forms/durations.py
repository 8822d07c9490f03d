"""Lengths of time as people write them."""

import re
from typing import Final

LONGEST_S: Final = 366 * 86_400.0
RIGHT: Final = 'seconds or a text such as "90s", "10m", "1h30m": above 0, at most 366 days'
_DURATION: Final = re.compile(r"(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+(?:\.[0-9]+)?)s)?")


def seconds(text: object) -> float | None:
    """Return the seconds of `90`, `"90s"`, `"10m"`, `"1h30m"`; None when it is none of these, or longer than
    `LONGEST_S`: the end of such a time would be no date."""
    if isinstance(text, str):
        match = _DURATION.fullmatch(text.strip())
        if match is None or not any(match.groups()):
            return None
        hours, minutes, rest = (float(part or 0) for part in match.groups())
        length = hours * 3600 + minutes * 60 + rest
    elif isinstance(text, int | float) and not isinstance(text, bool):
        length = float(text)
    else:
        return None
    return length if length <= LONGEST_S else None
