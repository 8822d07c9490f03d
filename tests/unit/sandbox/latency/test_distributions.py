"""Every distribution's sample, sf and quantile speak of the same law."""

import math
from collections.abc import Callable
from random import Random

import numpy as np
import pytest
from scipy import special

from diag.sandbox.latency.distributions import (
    Distribution,
    Empirical,
    Fixed,
    Gamma,
    Lognormal,
    Pareto,
    Scaled,
    Shifted,
    Weibull,
    mixture,
)
from diag.sandbox.latency.special_functions import upper_gamma_ratio

LAWS: dict[str, tuple[Distribution, Callable[[float], float]]] = {
    "lognormal": (Lognormal(300.0, 0.6), lambda p: 300.0 * math.exp(0.6 * special.ndtri(p))),
    "gamma": (Gamma(2.5, 120.0), lambda p: float(120.0 * special.gammaincinv(2.5, p))),
    "gamma below one": (Gamma(0.6, 500.0), lambda p: float(500.0 * special.gammaincinv(0.6, p))),
    "weibull": (Weibull(0.7, 400.0), lambda p: 400.0 * (-math.log1p(-p)) ** (1 / 0.7)),
    "pareto": (Pareto(150.0, 2.2), lambda p: 150.0 * (1 - p) ** (-1 / 2.2)),
    "shifted": (Shifted(Weibull(1.5, 90.0), 40.0), lambda p: 40.0 + 90.0 * (-math.log1p(-p)) ** (1 / 1.5)),
    "scaled": (Scaled(Lognormal(300.0, 0.6), 1.5), lambda p: 450.0 * math.exp(0.6 * special.ndtri(p))),
}
"""Each with its quantile, as scipy.stats has it of scipy.special: stats itself takes 0.6 s of a core."""


@pytest.mark.parametrize("name", LAWS)
@pytest.mark.parametrize("p", [0.01, 0.5, 0.95, 0.99, 0.999])
def test_quantiles_and_survival_are_those_of_scipy(name: str, p: float) -> None:
    ours, oracle = LAWS[name]
    assert ours.quantile(p) == pytest.approx(oracle(p), rel=1e-8)
    assert ours.sf(oracle(p)) == pytest.approx(1 - p, rel=1e-6)


MIXED = mixture([(3, Lognormal(100.0, 0.3)), (1, Gamma(4.0, 500.0))])
EVERY = {name: ours for name, (ours, _) in LAWS.items()} | {"mixture": MIXED}


@pytest.mark.parametrize("name", EVERY)
def test_samples_follow_the_law(name: str) -> None:
    law, rng = EVERY[name], Random(7)
    below = np.array([1 - law.sf(value) for value in sorted(law.sample(rng) for _ in range(4000))])

    steps = np.arange(4001) / 4000
    furthest = max((steps[1:] - below).max(), (below - steps[:-1]).max())
    assert special.kolmogorov(math.sqrt(4000) * furthest) > 1e-3  # the test of Kolmogorov and Smirnov


def test_a_mixture_inverts_its_own_survival() -> None:
    assert MIXED.weights == (0.75, 0.25)
    for p in (0.1, 0.5, 0.74, 0.76, 0.99):
        assert MIXED.sf(MIXED.quantile(p)) == pytest.approx(1 - p, rel=1e-9)


@pytest.mark.parametrize("shape", [0.3, 1.0, 2.0, 9.5, 60.0])
@pytest.mark.parametrize("x", [0.0, 0.01, 0.9, 3.0, 20.0, 90.0])
def test_the_incomplete_gamma_function_is_that_of_scipy(shape: float, x: float) -> None:
    assert upper_gamma_ratio(shape, x) == pytest.approx(special.gammaincc(shape, x), rel=1e-9, abs=1e-14)


def test_fixed_is_always_the_same() -> None:
    assert {Fixed(80.0).sample(Random(1)), Fixed(80.0).quantile(0.99)} == {80.0}
    assert (Fixed(80.0).sf(79.9), Fixed(80.0).sf(80.0)) == (1.0, 0.0)


def test_a_trace_has_its_own_quantiles() -> None:
    law = Empirical((10.0, 20.0, 30.0, 40.0))
    assert [law.quantile(p) for p in (0.25, 0.26, 0.5, 0.99)] == [10.0, 20.0, 20.0, 40.0]
    assert law.sf(20.0) == 0.5
