"""How much a number rests on inputs that diag made up, and from when on that forbids to lower by it."""

from collections.abc import Mapping
from typing import Final

from analysis.format.sample_schema import InputOrigin

MOSTLY: Final = 0.5
"""From this share of invented inputs on, no timeout is lowered (docs/method.md, "What may be changed"): were
they all fast, twice as many real calls would be cut off as are accepted."""


def mostly_invented(share: float | None) -> bool:
    """Return whether so many inputs were invented that the number may be far too short for real ones."""
    return (share or 0.0) >= MOSTLY


def share_invented(input_origins: Mapping[str, int], calls: int) -> float | None:
    """Return the share (0..1) of `calls` that had an invented input; None where no origin is known."""
    if not input_origins or not calls:
        return None
    return input_origins.get(InputOrigin.INVENTED, 0) / calls
