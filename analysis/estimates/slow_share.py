"""The share of calls that take at least t, in two sets of calls: which is larger, and is that proven?

Needs no p99, so it also works where both sets were cut off by their timeout before it.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import special

from analysis.estimates.estimate import timed_calls
from analysis.samples.action_calls import Calls
from analysis.statistics.design_effect import clustering_at
from analysis.statistics.kaplan_meier import watched_up_to_ms

RISK: Final = 0.05


@dataclass(frozen=True, slots=True)
class SlowShare:
    """`slow` of `calls` took at least `edge_ms`; `n_eff`: how many independent calls they are worth."""

    edge_ms: float
    share: float
    slow: float
    calls: float
    n_eff: float


def slow_share(calls: Calls, edge_ms: float) -> SlowShare | None:
    """Return the share among the calls observed that long; None where there were none.

    A call that its timeout ended counts as at least that slow, though a little less may be read off it once
    network overhead is taken off.
    """

    def lasted(piece: Calls) -> NDArray[np.bool_]:
        latency_ms = piece.latency_ms
        return np.where(piece.event, latency_ms, watched_up_to_ms(latency_ms)) >= edge_ms

    seen = calls.select(lambda piece: (piece.limit_ms >= edge_ms) & (piece.event | lasted(piece)))
    if not len(seen):
        return None
    slow = sum(int(lasted(piece).sum()) for piece in seen.pieces())
    effect = clustering_at(edge_ms - 1, timed_calls(seen))
    return SlowShare(edge_ms, slow / len(seen), float(slow), len(seen), len(seen) / effect)


def score(here: SlowShare, there: SlowShare) -> float:
    """Return z of the two-sample score test; positive where `here` has more slow calls."""
    both = (here.share * here.n_eff + there.share * there.n_eff) / (here.n_eff + there.n_eff)
    spread = math.sqrt(both * (1.0 - both) * (1.0 / here.n_eff + 1.0 / there.n_eff))
    return (here.share - there.share) / spread if spread > 0 else 0.0


def proven(z: float, risk: float = RISK) -> bool:
    """Return whether so large a z is not chance (two-sided)."""
    return abs(z) > float(special.ndtri(1.0 - risk / 2))


def gap_interval(first: SlowShare, later: SlowShare, risk: float = RISK) -> tuple[float, float]:
    """Return the ends of the interval of later share minus first share (normal approximation)."""
    gap = later.share - first.share
    variance = sum(one.share * (1.0 - one.share) / one.n_eff for one in (first, later))
    half = float(special.ndtri(1.0 - risk / 2)) * math.sqrt(variance)
    return gap - half, gap + half
