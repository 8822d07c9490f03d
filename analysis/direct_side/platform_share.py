"""How long an action took, how long its backend alone, and what is between the two
(docs/method.md, "Backend and platform")."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.direct_side.direct_side import PlatformShare
from analysis.direct_side.platform_share_words import no_interval, share_words
from analysis.estimates.estimate import timed_calls
from analysis.estimates.judge_action import JudgedAction
from analysis.estimates.level_estimates import JudgedLevel
from analysis.estimates.load_levels import SAME_LEVEL_RATIO
from analysis.samples.action_calls import Calls
from analysis.statistics.confidence_bounds import calls_for_a_bound
from analysis.statistics.quantile_difference import (
    BoundedQuantile,
    bounded_quantile,
    difference_of,
    moves_at,
    shared_slowness,
)
from analysis.statistics.timed_calls import TimedCalls

ONE_SIDED: Final = 0.975
"""Confidence of each end of the interval: together 95 %."""
MEDIAN: Final = 0.5
TOGETHER: Final = 0.9
"""Of the calls of each side, with one of the other side close to them: then both were called at one time."""
CLOSE_SHARE: Final = 0.05
"""Close is this part of the shorter side's span, or three of the other side's usual gaps."""
CLOSEST_S: Final = 1.0
FURTHEST_S: Final = 60.0


def calls_for_a_share(percentile: float) -> int:
    """Return how many independent calls of each side it takes to tell what is between them: 368 at p99."""
    return calls_for_a_bound(max(percentile, 1.0 - percentile), ONE_SIDED)


def level_like(judged: JudgedAction, rate: float | None) -> JudgedLevel:
    """Return the load level nearest to this rate, where one is as good as the same; else the one that
    decides."""
    if rate is None:
        return judged.deciding

    def apart(level: JudgedLevel) -> float:
        here = level.rate or 0.0
        return max(here, rate) / min(here, rate) if here > 0 and rate > 0 else np.inf

    nearest = min(judged.judged, key=apart, default=judged.deciding)
    return nearest if apart(nearest) <= SAME_LEVEL_RATIO and len(nearest.calls) else judged.deciding


def platform_shares(
    whole: Calls, backend: Calls, percentiles: Sequence[float], *, together: bool
) -> tuple[PlatformShare, ...]:
    """Return what is between the two at each percentile. `whole`: the calls that decide the action's number;
    `backend`: those straight to the backend; `together`: as in `called_together`, of the two."""
    one, other = timed_calls(whole), timed_calls(backend)
    both = {percentile: _both_at(percentile, one, other) for percentile in {MEDIAN, *percentiles}}
    # The level shows best at the median: of 400 calls, four slow ones tell nothing of it.
    moves = not together and both[MEDIAN].wander()
    return tuple(_share(both[percentile], together=together, moves=moves) for percentile in percentiles)


@dataclass(frozen=True, slots=True)
class _Both:
    """The calls of the action and those of its backend, with a quantile of each."""

    percentile: float
    whole: TimedCalls
    backend: TimedCalls
    whole_at: BoundedQuantile
    backend_at: BoundedQuantile

    def wander(self) -> bool:
        """Whether the level of both moves."""
        one, other = self.whole_at.quantile_ms, self.backend_at.quantile_ms
        return one is not None and other is not None and moves_at(self.whole, one, self.backend, other)

    def shared(self) -> float:
        """How far both were slow in the same moments; 0 unless the slow calls of both come in bursts."""
        one, other = self.whole_at.quantile_ms, self.backend_at.quantile_ms
        if one is None or other is None:
            return 0.0
        if min(self.whole_at.design_effect, self.backend_at.design_effect) <= 1.0:
            return 0.0
        return shared_slowness(self.whole, one, self.backend, other)


def _both_at(percentile: float, whole: TimedCalls, backend: TimedCalls) -> _Both:
    one, other = (bounded_quantile(side, percentile, ONE_SIDED) for side in (whole, backend))
    return _Both(percentile, whole, backend, one, other)


def _share(both: _Both, *, together: bool, moves: bool) -> PlatformShare:
    """`moves`: the level does, and the two did not meet it at the same moments. Then what moved in between
    would be taken for somebody's share, and no interval knows of it: there is none."""
    one, other, percentile = both.whole_at, both.backend_at, both.percentile
    moves = moves or (not together and both.wander())
    found = None if moves else difference_of(one, other, both.shared() if together else 0.0)
    whole_ms, backend_ms = one.quantile_ms, other.quantile_ms
    if found is not None:
        known = PlatformShare(percentile, whole_ms, backend_ms, found.by_ms, found.lower_ms, found.upper_ms)
        return share_words(known, None, together=together)
    seen = PlatformShare(percentile, whole_ms, backend_ms)
    calls = min(both.whole.latency_ms.size, both.backend.latency_ms.size)
    why = no_interval(seen, calls, calls_for_a_share(percentile), moves=moves)
    # Of too few calls the p99 is the slowest one: no number to show.
    return share_words(seen if moves else PlatformShare(percentile), why, together=together)


def called_together(whole: Calls, backend: Calls) -> bool:
    """Return whether the two were called at the same moments: nine in ten calls of each have one of the other
    near them."""
    if not len(whole) or not len(backend):
        return False
    one, other = np.sort(whole.started_at), np.sort(backend.started_at)
    return _near(one, other) >= TOGETHER and _near(other, one) >= TOGETHER


def _near(own: NDArray[np.float64], others: NDArray[np.float64]) -> float:
    """The share of `own` moments that have one of `others` close to them."""
    shorter = min(float(own[-1] - own[0]), float(others[-1] - others[0]))
    usual = 3.0 * float(np.median(np.diff(others))) if others.size > 1 else 0.0
    close = min(max(CLOSE_SHARE * shorter, usual, CLOSEST_S), FURTHEST_S)
    after = np.minimum(np.searchsorted(others, own), others.size - 1)
    before = np.maximum(after - 1, 0)
    gap = np.minimum(np.abs(others[after] - own), np.abs(own - others[before]))
    return float((gap <= close).mean())
