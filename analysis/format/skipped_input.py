"""Input that was left out, and why: a value, never a silent drop."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SkippedInput:
    """Input that was left out, and why ("skipped, because" is a value)."""

    what: str
    rows: int | None
    why: str
