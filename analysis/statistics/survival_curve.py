"""A survival curve with its band, as points to draw."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SurvivalCurve:
    """Kaplan-Meier share of calls slower than t, with its one-sided 95 % upper and lower band."""

    t_ms: tuple[float, ...]
    share: tuple[float, ...]
    lower: tuple[float, ...]
    upper: tuple[float, ...]
