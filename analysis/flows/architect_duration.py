"""Architect's text of a duration, `P0D0H1M0S0F`: days, hours, minutes, seconds, milliseconds. No ISO 8601."""

import re
from typing import Final

from analysis.flows.flow import MOST_MS

_FORM: Final = re.compile(r"P([0-9]{1,9})D([0-9]{1,9})H([0-9]{1,9})M([0-9]{1,9})S([0-9]{1,9})F")
_MS: Final = (86_400_000, 3_600_000, 60_000, 1_000, 1)


def duration_ms(text: object) -> int | None:
    """Return the milliseconds in a duration text, None for anything else (docs/genesys-api.md, "Flows")."""
    found = _FORM.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return None
    total = sum(int(part) * size for part, size in zip(found.groups(), _MS, strict=True))
    return total if total <= MOST_MS else None
