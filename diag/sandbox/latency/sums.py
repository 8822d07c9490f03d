"""The law of two times that follow each other and do not depend on each other."""

import math
from dataclasses import dataclass
from random import Random
from statistics import NormalDist
from typing import Final

from diag.sandbox.latency.distributions import Distribution, Fixed, Mixture, Shifted

_NORMAL: Final = NormalDist()
_STEP: Final = 0.1
_NODES: Final = tuple(_STEP * k for k in range(-60, 61))
"""The second time is taken at the quantiles of these normal scores, six sigma to either side: the trapezoid
rule on them is exact to 1e-9 where the first time has a density."""
_HALVINGS: Final = 40


@dataclass(frozen=True, slots=True)
class Sum:
    """A time with a density, and another one after it. Made by `one_after_the_other`."""

    first: Distribution
    second: Distribution
    seconds_ms: tuple[float, ...]
    """Quantiles of `second` at `_NODES`."""

    def sample(self, rng: Random) -> float:
        """One latency in ms."""
        return self.first.sample(rng) + self.second.sample(rng)

    def sf(self, x_ms: float) -> float:
        """Share of calls slower than `x_ms`."""
        return math.fsum(
            weight * self.first.sf(x_ms - then_ms)
            for weight, then_ms in zip(_WEIGHTS, self.seconds_ms, strict=True)
        )

    def quantile(self, p: float) -> float:
        """Quantile in ms. It lies between the sums of the two at p / 2 and at 1 - (1 - p) / 2."""
        low, high = (self.first.quantile(at) + self.second.quantile(at) for at in (p / 2.0, (1.0 + p) / 2.0))
        for _ in range(_HALVINGS):
            middle = (low + high) / 2.0
            if self.sf(middle) > 1.0 - p:
                low = middle
            else:
                high = middle
        return high


def one_after_the_other(first: Distribution, second: Distribution) -> Distribution:
    """Return the law of the sum: exact where one of them is fixed, also as a part of a mixture."""
    if isinstance(first, Fixed):
        return Shifted(second, first.at_ms) if first.at_ms else second
    if isinstance(second, Fixed):
        return Shifted(first, second.at_ms) if second.at_ms else first
    if isinstance(first, Mixture):
        return Mixture(first.weights, tuple(one_after_the_other(part, second) for part in first.parts))
    return Sum(first, second, tuple(second.quantile(_NORMAL.cdf(z)) for z in _NODES))


def _weights() -> tuple[float, ...]:
    densities = [math.exp(-z * z / 2.0) for z in _NODES]
    total = math.fsum(densities)
    return tuple(density / total for density in densities)


_WEIGHTS: Final = _weights()
