"""Input that was left out, and why: a value, never a silent drop."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SkippedInput:
    """One file, or some of its rows, that were left out, and why."""

    what: str
    rows: int | None
    why: str
