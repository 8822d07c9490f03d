"""How long a campaign lasts: `24h`, `3d`, `1d12h`."""

import re
from typing import Final

from diag.campaign.campaign import LONGEST_S, SHORTEST_S
from diag.errors import UsageError
from diag.toml_forms.durations import seconds

_DAYS: Final = re.compile(r"(?:(\d{1,3})d)?(.*)", re.DOTALL)


def span_s(text: str) -> float:
    """Return the seconds of a span. Raises UsageError for another text, and outside 1 h to 14 d."""
    match = _DAYS.fullmatch(text.strip())
    days, rest = match.groups() if match is not None else (None, text)
    more = seconds(rest) if rest else 0.0
    if more is None or (days is None and not rest):
        raise UsageError(f"Invalid span {text!r}.", hint="Use 12h, 24h, 3d or 1d12h.")
    span = int(days or 0) * 86_400.0 + more
    if not SHORTEST_S <= span <= LONGEST_S:
        raise UsageError(f"A campaign over {text} is not possible.", hint="Use a span from 1h to 14d.")
    return span
