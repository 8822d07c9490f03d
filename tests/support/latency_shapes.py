"""Latency distributions with known p99, for the tests and benchmarks of this room
(docs/method.md, "The simulations").

Every process that collects the tests imports this: scipy.stats and scipy.optimize take it a second of a core.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

Draw = Callable[[np.random.Generator, tuple[int, ...]], NDArray[np.float64]]


@dataclass(frozen=True)
class Shape:
    """`draw(rng, size)` in units of its own; `above(t)` is the true share slower than t (also of arrays)."""

    draw: Draw
    above: Callable[[Any], Any]
    slow_share: float = field(default=0.0)
    """Share of calls that take a slow path, 0 where there is none."""

    @cached_property
    def p99(self) -> float:
        """The true p99, in units of the shape."""
        return self.slower_than(0.01)

    def slower_than(self, share: float) -> float:
        """The time that this share of calls exceeds."""
        low, high = 1e-3, 1e3
        while low < (middle := (low + high) / 2) < high:  # until no number is left between them
            low, high = (middle, high) if self.above(middle) > share else (low, middle)
        return high


def two_paths(slow: float) -> Shape:
    """Lognormal .3, and a share `slow` around eight times its median."""

    def draw(rng: np.random.Generator, size: tuple[int, ...]) -> NDArray[np.float64]:
        z = rng.standard_normal(size)
        return np.asarray(np.exp(np.where(rng.random(size) < slow, np.log(8) + 0.4 * z, 0.3 * z)))

    def above(t: Any) -> Any:
        fast = special.ndtr(-np.log(t) / 0.3)
        return (1 - slow) * fast + slow * special.ndtr(-(np.log(t) - np.log(8)) / 0.4)

    return Shape(draw, above, slow)


SHAPES: dict[str, Shape] = {
    "lognormal": Shape(
        lambda r, n: np.exp(0.6 * r.standard_normal(n)), lambda t: special.ndtr(-np.log(t) / 0.6)
    ),
    "heavy lognormal": Shape(
        lambda r, n: np.exp(1.2 * r.standard_normal(n)), lambda t: special.ndtr(-np.log(t) / 1.2)
    ),
    "gamma": Shape(lambda r, n: r.standard_gamma(2, n), lambda t: special.gammaincc(2, t)),
    "Weibull": Shape(lambda r, n: r.weibull(0.7, n), lambda t: np.exp(-(t**0.7))),
    "Pareto": Shape(lambda r, n: r.pareto(2.0, n), lambda t: (1.0 + t) ** -2.0),
    "shifted exponential": Shape(
        lambda r, n: 0.5 + r.standard_exponential(n), lambda t: np.exp(-np.maximum(t - 0.5, 0.0))
    ),
    "5 % slow path": two_paths(0.05),
    "1.2 % slow path": two_paths(0.012),
    "0.8 % slow path": two_paths(0.008),
}
