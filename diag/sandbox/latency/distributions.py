"""Latency distributions with known truth. All times are milliseconds.

Each has `sample(rng)`, `sf(x_ms)` (share of calls slower than x) and `quantile(p)`, all three of the same
law, so that `GET /sandbox/truth` is exact and not an estimate.
"""

import bisect
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random
from statistics import NormalDist
from typing import Protocol

from diag.sandbox.latency.special_functions import invert_survival, upper_gamma_ratio

_NORMAL = NormalDist()


class Distribution(Protocol):
    """A law of latencies. What is derived from it is kept by it."""

    def __hash__(self) -> int:
        """The same for the same law."""

    def sample(self, rng: Random) -> float:
        """One latency in ms."""

    def sf(self, x_ms: float) -> float:
        """Share of calls slower than `x_ms`."""

    def quantile(self, p: float) -> float:
        """The latency that a share `p` (0 < p < 1) of calls does not exceed."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """Always the same time."""

    at_ms: float

    def sample(self, rng: Random) -> float:
        """One latency in ms."""
        return self.at_ms

    def sf(self, x_ms: float) -> float:
        """Share of calls slower than `x_ms`."""
        return 1.0 if x_ms < self.at_ms else 0.0

    def quantile(self, p: float) -> float:
        """Quantile in ms."""
        return self.at_ms


@dataclass(frozen=True, slots=True)
class Lognormal:
    """exp(N(log median, sigma)): the usual shape of a healthy service (sigma .3 to .7)."""

    median_ms: float
    sigma: float

    def sample(self, rng: Random) -> float:
        """One latency in ms."""
        return self.median_ms * math.exp(self.sigma * rng.gauss(0.0, 1.0))

    def sf(self, x_ms: float) -> float:
        """Share of calls slower than `x_ms`."""
        if x_ms <= 0.0:
            return 1.0
        return 0.5 * math.erfc(math.log(x_ms / self.median_ms) / self.sigma / math.sqrt(2.0))

    def quantile(self, p: float) -> float:
        """Quantile in ms."""
        return self.median_ms * math.exp(self.sigma * _NORMAL.inv_cdf(p))


@dataclass(frozen=True, slots=True)
class Gamma:
    """`shape` exponential stages in a row, `scale_ms` each."""

    shape: float
    scale_ms: float

    def sample(self, rng: Random) -> float:
        """One latency in ms."""
        return rng.gammavariate(self.shape, self.scale_ms)

    def sf(self, x_ms: float) -> float:
        """Share of calls slower than `x_ms`."""
        return upper_gamma_ratio(self.shape, x_ms / self.scale_ms)

    def quantile(self, p: float) -> float:
        """Quantile in ms."""
        return invert_survival(self.sf, p)


@dataclass(frozen=True, slots=True)
class Weibull:
    """Stretched exponential; `shape` below 1 has a long tail."""

    shape: float
    scale_ms: float

    def sample(self, rng: Random) -> float:
        """One latency in ms."""
        return rng.weibullvariate(self.scale_ms, self.shape)

    def sf(self, x_ms: float) -> float:
        """Share of calls slower than `x_ms`."""
        return math.exp(-((max(x_ms, 0.0) / self.scale_ms) ** self.shape))

    def quantile(self, p: float) -> float:
        """Quantile in ms."""
        return float(self.scale_ms * (-math.log1p(-p)) ** (1.0 / self.shape))


@dataclass(frozen=True, slots=True)
class Pareto:
    """Power-law tail from `min_ms` on: P(X > x) = (min/x)^alpha."""

    min_ms: float
    alpha: float

    def sample(self, rng: Random) -> float:
        """One latency in ms."""
        return self.min_ms * rng.paretovariate(self.alpha)

    def sf(self, x_ms: float) -> float:
        """Share of calls slower than `x_ms`."""
        return 1.0 if x_ms <= self.min_ms else float((self.min_ms / x_ms) ** self.alpha)

    def quantile(self, p: float) -> float:
        """Quantile in ms."""
        return float(self.min_ms * (1.0 - p) ** (-1.0 / self.alpha))


@dataclass(frozen=True, slots=True)
class Shifted:
    """A floor under another distribution: nothing is faster than `by_ms`."""

    of: Distribution
    by_ms: float

    def sample(self, rng: Random) -> float:
        """One latency in ms."""
        return self.by_ms + self.of.sample(rng)

    def sf(self, x_ms: float) -> float:
        """Share of calls slower than `x_ms`."""
        return self.of.sf(x_ms - self.by_ms) if x_ms > self.by_ms else 1.0

    def quantile(self, p: float) -> float:
        """Quantile in ms."""
        return self.by_ms + self.of.quantile(p)


@dataclass(frozen=True, slots=True)
class Scaled:
    """Another distribution, `factor` times slower."""

    of: Distribution
    factor: float

    def sample(self, rng: Random) -> float:
        """One latency in ms."""
        return self.factor * self.of.sample(rng)

    def sf(self, x_ms: float) -> float:
        """Share of calls slower than `x_ms`."""
        return self.of.sf(x_ms / self.factor)

    def quantile(self, p: float) -> float:
        """Quantile in ms."""
        return self.factor * self.of.quantile(p)


@dataclass(frozen=True, slots=True)
class Mixture:
    """Each call takes one of several paths (cache hit or miss, fast or slow shard)."""

    weights: tuple[float, ...]
    """Positive, adding up to 1."""
    parts: tuple[Distribution, ...]

    def sample(self, rng: Random) -> float:
        """One latency in ms."""
        u = rng.random()
        for weight, part in zip(self.weights, self.parts, strict=True):
            u -= weight
            if u < 0.0:
                return part.sample(rng)
        return self.parts[-1].sample(rng)

    def sf(self, x_ms: float) -> float:
        """Share of calls slower than `x_ms`."""
        return sum(w * part.sf(x_ms) for w, part in zip(self.weights, self.parts, strict=True))

    def quantile(self, p: float) -> float:
        """Quantile in ms."""
        return invert_survival(self.sf, p)


@dataclass(frozen=True, slots=True)
class Empirical:
    """The latencies of a recorded trace, each as likely as the other."""

    sorted_ms: tuple[float, ...] = field(repr=False)

    def sample(self, rng: Random) -> float:
        """One latency in ms."""
        return rng.choice(self.sorted_ms)

    def sf(self, x_ms: float) -> float:
        """Share of calls slower than `x_ms`."""
        return 1.0 - bisect.bisect_right(self.sorted_ms, x_ms) / len(self.sorted_ms)

    def quantile(self, p: float) -> float:
        """Quantile in ms: the smallest recorded value that at least a share `p` does not exceed."""
        return self.sorted_ms[max(math.ceil(p * len(self.sorted_ms) - 1e-9) - 1, 0)]


def mixture(weighted: Sequence[tuple[float, Distribution]]) -> Mixture:
    """A mixture with its weights brought to a sum of exactly 1."""
    totals = list(accumulate(weight for weight, _ in weighted))
    return Mixture(tuple(w / totals[-1] for w, _ in weighted), tuple(part for _, part in weighted))
