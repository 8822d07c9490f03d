"""When to look, and how sure each look must be, so that all looks together keep the confidence.

Every look at a growing sample is a chance to stop on a lucky one. For uncensored calls the number of
calls slower than the true quantile is a binomial random walk whatever the latency's shape, so the risk of
ever having a bound below the true quantile is computed exactly, look by look (group-sequential design
with an alpha-spending function, Lan & DeMets 1983): most of it is spent at the first look, because most
actions are settled there.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import special

FIRST_SHARE: Final = 0.7
"""Part of the risk spent at the first look: 3.5 of 5 %, which puts it at 334 calls for p99."""
GROWTH: Final = 1.5


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
    risk = 1.0 - confidence
    first = math.ceil(math.log(FIRST_SHARE * risk) / math.log(p))
    sizes = [first]
    while sizes[-1] < most_calls:
        sizes.append(min(most_calls, math.ceil(sizes[-1] * GROWTH)))
    width = int(sizes[-1] * (1.0 - p) + 12 * math.sqrt(sizes[-1] * (1.0 - p)) + 30)
    alive = np.zeros(width)
    alive[0] = 1.0
    looks, spent, before = [], 0.0, 0
    for size in sizes:
        alive = np.convolve(alive, _binomial(size - before, 1.0 - p, width))[:width]
        before = size
        grown = math.log(size / first) / math.log(sizes[-1] / first) if sizes[-1] > first else 1.0
        allowed = risk * (FIRST_SHARE + (1.0 - FIRST_SHARE) * grown) - spent
        may_exceed = int(np.searchsorted(np.cumsum(alive), allowed + 1e-15, side="right")) - 1
        if may_exceed < 0:
            continue
        spent += float(alive[: may_exceed + 1].sum())
        alive[: may_exceed + 1] = 0.0
        sure = float(special.betainc(may_exceed + 1, size - may_exceed, 1.0 - p))
        looks.append(Look(size, may_exceed, sure, spent))
    return tuple(looks)


def _binomial(n: int, q: float, width: int) -> NDArray[np.float64]:
    k = np.arange(min(n, width - 1) + 1)
    log = special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1)
    return np.asarray(np.exp(log + k * math.log(q) + (n - k) * math.log1p(-q)))
