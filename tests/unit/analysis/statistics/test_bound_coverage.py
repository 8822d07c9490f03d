"""Does "95 % sure" hold? Fixed seeds, every shape, few and many calls: 94 to 98 %
(docs/method.md, "The bound").

The issue asks for 300, 1,000 and 5,000 calls; 400 is where the fraction matters most.

40,000 replications miss a true share of 95 % by .11 points (one standard error), so no tolerance is given
beyond the interval asked for. They are cheap because without censoring the bound lies between two order
statistics: those are drawn directly (Renyi 1953), and the real function is held to the same place first.
"""

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import special

from analysis.statistics.confidence_bounds import upper_ms
from analysis.statistics.kaplan_meier import kaplan_meier
from analysis.statistics.latency_counts import count_latencies
from tests.support.latency_shapes import SHAPES, Shape

REPLICATIONS = 40_000
SCALE_MS = 100.0


@pytest.mark.parametrize("n", [300, 400, 1000, 5000])
@pytest.mark.parametrize("name", SHAPES)
def test_the_bound_covers_the_true_quantile(name: str, n: int) -> None:
    rng = np.random.default_rng([n, list(SHAPES).index(name)])
    shape = SHAPES[name]
    slower, part = place_of_the_bound(n)
    high, low = slowest(shape, rng, n, slower)
    covered = float(np.mean(low * (high / low) ** part >= shape.p99))
    assert 0.94 <= covered <= 0.98


@pytest.mark.parametrize("n", [300, 400, 1000, 5000])
@pytest.mark.parametrize("name", SHAPES)
def test_the_bound_lies_where_the_replications_put_it(name: str, n: int) -> None:
    rng = np.random.default_rng([n, list(SHAPES).index(name), 7])
    slower, part = place_of_the_bound(n)
    for _ in range(4):
        x = np.sort(np.ceil(SHAPES[name].draw(rng, (n,)) * SCALE_MS))[::-1]
        bound = upper_ms(kaplan_meier(count_latencies(x, np.ones(n, bool))), 0.99, 0.95)
        high, low = x[slower], x[slower + 1]
        # Calls that share a millisecond are one step of the curve: the bound may then lie a call further out.
        alone = x[slower - 1 if slower else 0] > high > low > x[slower + 2] or slower == 0
        if alone:
            assert bound == pytest.approx(low * (high / low) ** part, abs=1.0)
        else:
            assert bound is not None and low <= bound <= high


def place_of_the_bound(n: int) -> tuple[int, float]:
    """How many calls are slower than the upper of the two order statistics, and how far up it lies.

    The number of slower calls at which p99 is 95 % sure to be passed is a fraction (Hutson 1999).
    """
    low, exact = 0.0, n / 20
    while low < (middle := (low + exact) / 2) < exact:
        sure = special.betainc(middle + 1, n - middle, 0.01) >= 0.95
        low, exact = (middle, exact) if sure else (low, middle)
    return int(exact), 1.0 - exact % 1.0


def slowest(
    shape: Shape, rng: np.random.Generator, n: int, slower: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The calls of n that `slower` and `slower + 1` others exceed, REPLICATIONS times."""
    steps = np.cumsum(rng.standard_exponential((REPLICATIONS, slower + 2)), axis=1)
    whole = steps[:, -1] + rng.standard_gamma(n - 1 - slower, REPLICATIONS)
    times = np.geomspace(1e-2, 1e5, 10_000)
    above = shape.above(times)
    high, low = (np.interp(-steps[:, k] / whole, -above, times) for k in (slower, slower + 1))
    assert math.isfinite(float(high.max()))
    return high, low
