"""What things are called on charts and in tables."""

import re
from typing import Final

from reports.wording.plain_text import printable

_NOT_PLAIN: Final = re.compile(r"[^a-z0-9]+")
_LONGEST: Final = 40


def percentile_name(percentile: float) -> str:
    """Return `p99` for 0.99, `p99.9` for 0.999."""
    return f"p{percentile * 100:g}"


def file_name(rank: int, action_name: str, chart: str) -> str:
    """Return `01-order-lookup-survival`: safe on every file system, whatever the action is called."""
    plain = _NOT_PLAIN.sub("-", printable(action_name).lower())[:_LONGEST].strip("-")
    return "-".join(part for part in (f"{rank:02d}", plain, chart) if part)
