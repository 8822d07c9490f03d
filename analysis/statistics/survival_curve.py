"""A survival curve with its band, as points to draw."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SurvivalCurve:
    """Kaplan-Meier share of calls slower than t, with its one-sided 95 % upper and lower band."""

    t_ms: tuple[float, ...]
    share: tuple[float, ...]
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    watched_ms: float = field(default=0.0, kw_only=True)
    """Calls were watched so long, finished or not: up to there, or the last step, the share is known."""
