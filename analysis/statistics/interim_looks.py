"""When to look, and which confidence each look needs, so that all looks together keep the confidence.

Every look at a growing sample is a chance to stop on a lucky one. For uncensored calls the number of
calls slower than the true quantile is a binomial random walk whatever the latency's shape, so the risk of
ever having a bound below the true quantile is computed exactly, look by look (group-sequential design
with an alpha-spending function, Lan & DeMets 1983): most of it is spent at the first look, because most
actions are settled there. What is left is spread evenly over the logarithm of the calls; spending it
sooner or later, or looking less often, took more calls at the same error on nine shapes
(docs/method.md, "When to stop").
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import special

FIRST_SHARE: Final = 0.82
"""Part of the risk spent at the first look: 4.1 of 5 %, which puts it at 318 calls for p99.

All of it would put the look at 299, and leave none for the actions that are not settled there.
"""
GROWTH: Final = 1.25


@dataclass(frozen=True, slots=True)
class Look:
    """After `calls` calls, take the bound at `confidence`; `may_exceed` of them may be slower than it.

    `spent` is the exact risk, up to this look, that any bound so far lay below the true quantile.
    """

    calls: int
    may_exceed: int
    confidence: float
    spent: float


@lru_cache(maxsize=32)
def look_plan(p: float, confidence: float, most_calls: int) -> tuple[Look, ...]:
    """Return the looks from the fewest calls that can give a bound up to `most_calls` (at least one)."""
    first = math.ceil(math.log(FIRST_SHARE * (1.0 - confidence)) / math.log(p))
    sizes = [first]
    while sizes[-1] < most_calls:
        sizes.append(min(most_calls, math.ceil(sizes[-1] * GROWTH)))
    return _looks(p, 1.0 - confidence, tuple(sizes), sizes[-1])


@lru_cache(maxsize=256)
def last_look(p: float, confidence: float, most_calls: int, calls: int) -> Look | None:
    """Return the look at all `calls` of a measurement that was stopped at one of the plan's looks.

    Some calls more are in by then. It is one look more, at what the plan may have spent by then, so that the
    looks before it and this one together keep the confidence. None before the first look of the plan;
    beyond `most_calls`, where other runs were added, the plan's last look.
    """
    plan = look_plan(p, confidence, most_calls)
    if calls < plan[0].calls:
        return None
    if calls >= plan[-1].calls:
        return plan[-1]
    sizes = (*(look.calls for look in plan if look.calls < calls), calls)
    return _looks(p, 1.0 - confidence, sizes, plan[-1].calls)[-1]


def _looks(p: float, risk: float, sizes: tuple[int, ...], most: int) -> tuple[Look, ...]:
    width = int(sizes[-1] * (1.0 - p) + 12 * math.sqrt(sizes[-1] * (1.0 - p)) + 30)
    alive = np.zeros(width)
    alive[0] = 1.0
    looks, spent, before = [], 0.0, 0
    for size in sizes:
        alive = np.convolve(alive, _binomial(size - before, 1.0 - p, width))[:width]
        before = size
        grown = math.log(size / sizes[0]) / math.log(most / sizes[0]) if most > sizes[0] else 1.0
        allowed = risk * (FIRST_SHARE + (1.0 - FIRST_SHARE) * grown) - spent
        may_exceed = int(np.searchsorted(np.cumsum(alive), allowed + 1e-15, side="right")) - 1
        if may_exceed < 0:
            continue
        spent += float(alive[: may_exceed + 1].sum())
        alive[: may_exceed + 1] = 0.0
        confidence = float(special.betainc(may_exceed + 1, size - may_exceed, 1.0 - p))
        looks.append(Look(size, may_exceed, confidence, spent))
    return tuple(looks)


def _binomial(n: int, q: float, width: int) -> NDArray[np.float64]:
    k = np.arange(min(n, width - 1) + 1)
    log = special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1)
    return np.asarray(np.exp(log + k * math.log(q) + (n - k) * math.log1p(-q)))
