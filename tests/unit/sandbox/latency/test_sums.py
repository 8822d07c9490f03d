"""The law of two times that follow each other."""

from bisect import bisect_right
from random import Random

import pytest

from diag.sandbox.latency.distributions import (
    Distribution,
    Fixed,
    Gamma,
    Lognormal,
    Pareto,
    Shifted,
    Weibull,
    mixture,
)
from diag.sandbox.latency.sums import Sum, one_after_the_other

LEVELS = (0.01, 0.5, 0.95, 0.99, 0.999)


@pytest.mark.slow
def test_two_gammas_of_one_scale_are_a_gamma() -> None:
    ours, true = one_after_the_other(Gamma(3.0, 80.0), Gamma(1.5, 80.0)), Gamma(4.5, 80.0)
    assert isinstance(ours, Sum)
    for p in LEVELS:
        assert ours.quantile(p) == pytest.approx(true.quantile(p), rel=1e-6)
        assert ours.sf(true.quantile(p)) == pytest.approx(1.0 - p, rel=1e-5)


def test_a_fixed_time_shifts_the_other_and_none_leaves_it() -> None:
    law = Weibull(1.2, 90.0)
    assert (
        one_after_the_other(Fixed(40.0), law) == one_after_the_other(law, Fixed(40.0)) == Shifted(law, 40.0)
    )
    assert one_after_the_other(Fixed(0.0), law) is one_after_the_other(law, Fixed(0.0)) is law
    assert one_after_the_other(Fixed(3.0), Fixed(4.0)).quantile(0.5) == 7.0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Lognormal(1180.0, 0.25), Lognormal(120.0, 0.3)),
        (Pareto(50.0, 2.5), Gamma(2.0, 50.0)),
        (mixture([(92, Lognormal(150.0, 0.25)), (8, Fixed(2400.0))]), Lognormal(120.0, 0.3)),
        (Lognormal(100.0, 0.3), mixture([(9, Lognormal(80.0, 0.3)), (1, Lognormal(400.0, 0.2))])),
    ],
)
def test_samples_follow_the_law_that_truth_shows(first: Distribution, second: Distribution) -> None:
    law, rng = one_after_the_other(first, second), Random(5)
    drawn = sorted(first.sample(rng) + second.sample(rng) for _ in range(20_000))
    for p in (0.1, 0.5, 0.9, 0.99):
        reached = bisect_right(drawn, law.quantile(p)) / len(drawn)
        assert reached == pytest.approx(p, abs=4.0 * (p * (1.0 - p) / len(drawn)) ** 0.5)
    ours = sorted(law.sample(rng) for _ in range(20_000))
    assert ours[10_000] == pytest.approx(law.quantile(0.5), rel=0.05)
