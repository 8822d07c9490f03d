"""The small functions against the well-kept libraries (test-only dependencies).

lifelines and statsmodels take five seconds of a core to import, scipy.stats one, in every process that
collects the tests: only the tests that need them do.
"""

from functools import cache
from typing import Any

import numpy as np
import pytest

from analysis.statistics.confidence_bounds import (
    calls_for_a_bound,
    lower_ms,
    lower_share,
    upper_ms,
    upper_share,
)
from analysis.statistics.kaplan_meier import kaplan_meier
from analysis.statistics.latency_counts import count_latencies

CASES = ["plain", "one_timeout", "three_timeouts", "random_errors", "ties", "all_cut_off_at_the_end"]


def sample(case: str) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(CASES.index(case))
    x = np.ceil(400 * np.exp(0.8 * rng.standard_normal(700)))
    limit = np.full(x.size, np.inf)
    if case == "one_timeout":
        limit[:] = 1500
    elif case == "three_timeouts":
        limit = rng.choice([800.0, 1500.0, 60_000.0], x.size)
    elif case == "random_errors":
        limit = np.ceil(rng.exponential(3000, x.size))
    elif case == "ties":
        x = np.ceil(x / 100) * 100
        limit[:] = 1500
    elif case == "all_cut_off_at_the_end":
        limit[x > 900] = np.where(rng.random((x > 900).sum()) < 0.5, 900, 1000)
    return np.minimum(x, limit), x <= limit


@cache
def lifelines_curve(case: str) -> Any:
    import lifelines

    return lifelines.KaplanMeierFitter().fit(*sample(case)).survival_function_


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_survival_equals_lifelines_statsmodels_and_scipy(case: str) -> None:
    from scipy import stats
    from statsmodels.duration.survfunc import SurvfuncRight

    x, event = sample(case)
    ours = kaplan_meier(count_latencies(x, event))

    curve = lifelines_curve(case)["KM_estimate"]
    np.testing.assert_allclose(ours.share, curve.loc[ours.t_ms].to_numpy(), rtol=0, atol=1e-9)

    right = SurvfuncRight(x, event.astype(int))
    np.testing.assert_array_equal(ours.t_ms, right.surv_times)
    np.testing.assert_allclose(ours.share, right.surv_prob, rtol=0, atol=1e-9)
    np.testing.assert_array_equal(ours.at_risk, right.n_risk)
    inside = ours.share > 0
    np.testing.assert_allclose(
        (ours.share * np.sqrt(ours.greenwood))[inside], right.surv_prob_se[inside], rtol=1e-9
    )

    ecdf = stats.ecdf(stats.CensoredData.right_censored(x, ~event))
    np.testing.assert_allclose(ours.share, ecdf.sf.evaluate(ours.t_ms), rtol=0, atol=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("p", [0.5, 0.9, 0.95, 0.99])
def test_quantiles_equal_lifelines(case: str, p: float) -> None:
    import lifelines

    x, event = sample(case)
    theirs = lifelines.utils.qth_survival_time(1 - p + 1e-11, lifelines_curve(case))
    ours = kaplan_meier(count_latencies(x, event)).quantile_ms(p)
    assert ours == (None if np.isinf(theirs) else theirs)


@pytest.mark.parametrize("n", [3, 150, 299, 5000, 100_000])
@pytest.mark.parametrize("share", [0.0, 0.004, 0.01, 0.3, 1.0])
def test_share_bounds_equal_the_exact_binomial_interval(n: int, share: float) -> None:
    from scipy import stats

    slow = round(n * share)
    test = stats.binomtest(slow, n, alternative="two-sided")
    interval = test.proportion_ci(0.90, method="exact")  # 95 % on each side
    ours = np.array([slow / n]), np.array([float(n)])
    assert upper_share(*ours, 0.95)[0] == pytest.approx(interval.high, abs=1e-9)
    assert lower_share(*ours, 0.95)[0] == pytest.approx(interval.low, abs=1e-9)


@pytest.mark.parametrize("n", [299, 400, 1000, 5000])
def test_the_upper_bound_lies_between_the_binomial_order_statistics(n: int) -> None:
    """Uncensored: at most the exact order statistic, at least the one before it (Hutson 1999)."""
    from scipy import optimize, stats

    x = np.arange(1, n + 1, dtype=float) * 10
    rank = int(stats.binom.ppf(0.95, n, 0.99)) + 1  # P(X_(rank) >= q99) >= 95 %, smallest such rank
    bound = upper_ms(kaplan_meier(count_latencies(x, np.ones(n, bool))), 0.99, 0.95)
    assert bound is not None
    assert 10 * (rank - 1) < bound <= 10 * rank
    slower = (
        optimize.brentq(lambda k: stats.beta.cdf(0.01, k + 1, n - k) - 0.95, n - rank, n - rank + 1)
        if n > 299
        else 0.0
    )  # 299 is the fewest: its largest call is only just sure enough
    low, part = 10.0 * (rank - 1), 1.0 - slower % 1.0
    assert bound == np.ceil(low * (10 * rank / low) ** part - 1e-6)


@pytest.mark.parametrize("n", [50, 299, 1000, 5000])
def test_the_lower_bound_is_the_binomial_order_statistic(n: int) -> None:
    """p99 > t is proven up to just below the largest t with enough calls seen to be slower."""
    from scipy import stats

    x = np.arange(1, n + 1, dtype=float) * 10
    counts = count_latencies(x, np.ones(n, bool))
    found = lower_ms(kaplan_meier(counts), counts, 0.99, 0.95)
    slower = n - np.arange(n)  # calls slower than 0, 10, 20 ... ms
    proven = np.flatnonzero(stats.beta.ppf(0.05, slower, n - slower + 1) > 0.01)
    assert found == proven[-1] * 10 + 9  # nothing ends between one multiple of 10 and the next


@pytest.mark.parametrize(
    ("p", "confidence", "calls"), [(0.99, 0.95, 299), (0.999, 0.95, 2995), (0.95, 0.9, 45)]
)
def test_fewest_calls_for_a_bound(p: float, confidence: float, calls: int) -> None:
    assert calls_for_a_bound(p, confidence) == calls
    for n, found in ((calls, True), (calls - 1, False)):
        table = kaplan_meier(count_latencies(np.arange(1.0, n + 1), np.ones(n, bool)))
        assert (upper_ms(table, p, confidence) is not None) is found


@pytest.mark.parametrize(("slower", "calls"), [(1, 473), (2, 628), (4, 913)])
def test_fewest_calls_for_a_bound_above_which_some_lie(slower: int, calls: int) -> None:
    from scipy import stats

    assert calls_for_a_bound(0.99, 0.95, slower) == calls
    sure = [stats.binom.sf(slower, n, 0.01) for n in (calls - 1, calls)]
    assert sure[0] < 0.95 <= sure[1]


def test_a_single_call_that_outlived_the_timeout_proves_nothing() -> None:
    """2 % hit the timeout; one draft call ended later: the curve reaches zero, but on one call."""
    x = np.r_[np.linspace(100, 2900, 4900), np.full(99, 3000.0), 5000.0]
    event = np.r_[np.ones(4900, bool), np.zeros(99, bool), True]
    table = kaplan_meier(count_latencies(x, event))
    assert table.share[-1] == 0.0
    assert upper_ms(table, 0.99, 0.95) is None
