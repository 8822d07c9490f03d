"""The other side of a promise: a timeout far above what production needs costs callers silence.

Advice that is looked for at every look, for ever, must not come by luck: the looks would find a quiet day.
So before a shorter number is named, a bet has to win on the question of a fixed edge, half the timeout: that
no more than what the number accepts takes longer (`BetOnLess`; the start is known, it is the change). It
stays won: what became slower since shows in the number itself.
"""

from typing import Final

from analysis.production.cut_off_by_hour import Clustering, hours_cut
from analysis.production.estimate_from_buckets import estimate_from_buckets
from analysis.production.hourly_counts import BucketCounts
from analysis.production.sequential_proof import PROVEN, BetOnLess
from analysis.recommend_settings import RecommendSettings

FAR: Final = 2
"""A timeout at least this many times the one that would do is far too generous; advice, not an alarm."""
ENOUGH_HOURS: Final = 48
"""Fewer hours with executions show too little of a week to advise a shorter timeout."""


def enough_s(counts: BucketCounts, timeout_s: int, settings: RecommendSettings | None = None) -> int | None:
    """Return the timeout, seconds, that production needs, where `timeout_s` is far above it; else None."""
    rules = settings or RecommendSettings()
    if len(counts.hours) < ENOUGH_HOURS:
        return None
    found = estimate_from_buckets(counts, rules).timeout_s
    if found is None or timeout_s < FAR * found:
        return None
    return found if most_evidence(counts, timeout_s // FAR, 1.0 - rules.percentile) >= PROVEN else None


def most_evidence(counts: BucketCounts, edge_s: int, accepted: float) -> float:
    """Return the most that bets against "more than `accepted` take at least `edge_s` s" were ever worth."""
    bet, most, together = BetOnLess(accepted), 1.0, Clustering()
    for hour in hours_cut(counts, edge_s):
        bet = bet.after(hour, together.design_effect)
        most = max(most, bet.worth)
        together = together.after(hour)
    return most
