"""How many more calls an answer needs, and of which kind.

What limits the bound is the tail: where published calls are cut off at 5 s, only the draft calls see
beyond, and a thousand more published calls would not help.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from analysis.estimates.estimate import Estimate
from analysis.format.timeout_limits import PLATFORM_MAX_TIMEOUT_S
from analysis.recommend_settings import RecommendSettings
from analysis.samples.action_calls import Calls
from analysis.statistics.confidence_bounds import calls_for_a_bound, upper_share
from analysis.statistics.kaplan_meier import watched_up_to_ms

NEGLIGIBLE_LEFT: Final = 0.3
"""Less than this part of the tail (.3 % for p99) left beyond the last call is chance, not a cut-off."""
ENOUGH_TO_BLAME_THE_TIMEOUT: Final = 0.5
"""With half the calls a bound needs (150 of 299), what hides the quantile is the cut-off, not the number."""
MOST_CALLS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Shortfall:
    """`calls_needed` more calls of the kind that sees far enough; None when no number of calls would do."""

    calls_needed: int | None
    far_seeing: int
    """Calls whose timeout let them be observed up to the slowest call that finished."""
    reach_ms: int
    """Where the other calls were cut off."""
    confidence_max_seen: float
    """Confidence (0..1) that the slowest call is at least the quantile."""
    hidden: bool
    """The cut-off hides the quantile: more calls of the same kind would not help."""

    @property
    def limited_by_the_timeout(self) -> bool:
        """True when some calls were cut off before the slowest one that ended."""
        return self.reach_ms > 0


def shortfall(calls: Calls, found: Estimate, settings: RecommendSettings) -> Shortfall:
    """Return what is missing if the calls to come look like those seen (uncut: ceil(299 D) - n)."""
    last = int(found.table.t_ms[-1]) if found.table.t_ms.size else 0
    # The slowest call may end a little after its own timeout (network overhead): those with the longest
    # timeout always count as far-seeing.
    far_ms = min(last, calls.longest_limit_ms())
    near = calls.select(lambda piece: piece.limit_ms < far_ms)
    return shortfall_of(found, len(calls) - len(near), int(near.longest_limit_ms()), settings)


def shortfall_of(found: Estimate, far_seeing: int, reach_ms: int, settings: RecommendSettings) -> Shortfall:
    """Return the same from the number of calls that see far enough, and where the others are cut off (0)."""
    worth = float(found.table.n_eff[-1]) / found.design_effect if found.table.t_ms.size else 0.0
    confident = 1.0 - settings.percentile ** min(worth, found.n_eff)
    left = found.table.share_left if found.ok and found.timeout_s is None else 0.0
    hidden = left > NEGLIGIBLE_LEFT * (1.0 - settings.percentile) and a_probe_sees_further(found)
    needed = _needed(found, far_seeing, worth, settings)
    return Shortfall(needed, 0 if hidden else far_seeing, reach_ms, confident, hidden)


def a_probe_sees_further(found: Estimate) -> bool:
    """Return False where calls were already observed for the platform's 60 s: a probe sees no further."""
    return float(watched_up_to_ms(found.table.longest_ms)) < PLATFORM_MAX_TIMEOUT_S * 1000


def _needed(found: Estimate, seen: int, worth: float, settings: RecommendSettings) -> int | None:
    p = settings.percentile
    fewest = calls_for_a_bound(p, found.confidence)
    left = found.table.share_left if found.ok else 0.0
    if found.timeout_s is not None:  # there is a bound, but not below the cap
        left = found.table.share_slower_than(settings.cap_s * 1e3)
    elif left > NEGLIGIBLE_LEFT * (1.0 - p) and a_probe_sees_further(found):
        # More of the same calls would be cut off at the same place: a whole probe is what is missing.
        return math.ceil(fewest * found.design_effect)
    effective = _calls_for(fewest, left, p, found.confidence)
    if effective is None:
        return None
    if not worth or not seen:
        return math.ceil(effective * found.design_effect)
    return max(1, math.ceil(effective * seen / worth - 1e-9) - seen)


def _calls_for(fewest: int, share: float, p: float, confidence: float) -> int | None:
    """Independent calls after which a share seen this often is proven below 1-p; None if far too many."""
    if _bound(fewest, share, confidence) <= 1.0 - p:
        return fewest
    low, high = fewest, fewest * 2
    while _bound(high, share, confidence) > 1.0 - p:
        low, high = high, high * 2
        if high > MOST_CALLS:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        fits = _bound(middle, share, confidence) <= 1.0 - p
        low, high = (low, middle) if fits else (middle, high)
    return high


def _bound(n: int, share: float, confidence: float) -> float:
    # A hair of slack: the rule of 299 meets its own limit to the last digit.
    return float(upper_share(np.array([share]), np.array([float(n)]), confidence)[0]) - 1e-12
