"""Every distribution's sample, sf and quantile speak of the same law."""

from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any

import numpy as np
import pytest

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


def of_scipy(name: str, *shape: float, **place: float) -> Any:
    """Return scipy's law of this name; its import takes a second of a core, which only these tests spend."""
    from scipy import stats

    return getattr(stats, name)(*shape, **place)


LAWS: dict[str, tuple[Distribution, Callable[[], Any]]] = {
    "lognormal": (Lognormal(300.0, 0.6), partial(of_scipy, "lognorm", 0.6, scale=300.0)),
    "gamma": (Gamma(2.5, 120.0), partial(of_scipy, "gamma", 2.5, scale=120.0)),
    "gamma below one": (Gamma(0.6, 500.0), partial(of_scipy, "gamma", 0.6, scale=500.0)),
    "weibull": (Weibull(0.7, 400.0), partial(of_scipy, "weibull_min", 0.7, scale=400.0)),
    "pareto": (Pareto(150.0, 2.2), partial(of_scipy, "pareto", 2.2, scale=150.0)),
    "shifted": (
        Shifted(Weibull(1.5, 90.0), 40.0),
        partial(of_scipy, "weibull_min", 1.5, loc=40.0, scale=90.0),
    ),
    "scaled": (Scaled(Lognormal(300.0, 0.6), 1.5), partial(of_scipy, "lognorm", 0.6, scale=450.0)),
}


@pytest.mark.parametrize("name", LAWS)
@pytest.mark.parametrize("p", [0.01, 0.5, 0.95, 0.99, 0.999])
def test_quantiles_and_survival_are_those_of_scipy(name: str, p: float) -> None:
    ours, law = LAWS[name]
    oracle = law()
    assert ours.quantile(p) == pytest.approx(oracle.ppf(p), rel=1e-8)
    assert ours.sf(oracle.ppf(p)) == pytest.approx(1 - p, rel=1e-6)


MIXED = mixture([(3, Lognormal(100.0, 0.3)), (1, Gamma(4.0, 500.0))])
EVERY = {name: ours for name, (ours, _) in LAWS.items()} | {"mixture": MIXED}


@pytest.mark.parametrize("name", EVERY)
def test_samples_follow_the_law(name: str) -> None:
    from scipy import stats

    law, rng = EVERY[name], Random(7)
    samples = [law.sample(rng) for _ in range(4000)]

    def cdf(x: Any) -> Any:
        return np.array([1 - law.sf(value) for value in x])

    assert stats.kstest(samples, cdf).pvalue > 1e-3


def test_a_mixture_inverts_its_own_survival() -> None:
    assert MIXED.weights == (0.75, 0.25)
    for p in (0.1, 0.5, 0.74, 0.76, 0.99):
        assert MIXED.sf(MIXED.quantile(p)) == pytest.approx(1 - p, rel=1e-9)


@pytest.mark.parametrize("shape", [0.3, 1.0, 2.0, 9.5, 60.0])
@pytest.mark.parametrize("x", [0.0, 0.01, 0.9, 3.0, 20.0, 90.0])
def test_the_incomplete_gamma_function_is_that_of_scipy(shape: float, x: float) -> None:
    assert upper_gamma_ratio(shape, x) == pytest.approx(of_scipy("gamma", shape).sf(x), rel=1e-9, abs=1e-14)


def test_fixed_is_always_the_same() -> None:
    assert {Fixed(80.0).sample(Random(1)), Fixed(80.0).quantile(0.99)} == {80.0}
    assert (Fixed(80.0).sf(79.9), Fixed(80.0).sf(80.0)) == (1.0, 0.0)


def test_a_trace_has_its_own_quantiles() -> None:
    law = Empirical((10.0, 20.0, 30.0, 40.0))
    assert [law.quantile(p) for p in (0.25, 0.26, 0.5, 0.99)] == [10.0, 20.0, 20.0, 40.0]
    assert law.sf(20.0) == 0.5
