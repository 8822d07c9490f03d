"""Slower calls never lower the number, over the whole way from samples to verdict
(docs/method.md, "The number").

In the strongest form that is true. Four steps of the method can lower it, each seen in the JSON:
- `design_effect` fell: the slowed calls lie elsewhere than the bursts did, so the calls are worth more;
- the verdict was `unstable`: the number was that of the slower part, and now the parts agree;
- `level_rate` changed: a guard is no longer proven slower than the level judged first;
- calls were cut off after different times (a draft probe beside published calls): Kaplan-Meier spreads what
  was cut off over the calls that end later, so where a call ends decides what becomes of the others.
Slowing all calls alike (a factor, a shift) changes none but the level, where 60 s now cut off its answer.
"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from analysis.verdicts.recommendation import Recommendation, Verdict
from tests.support.examples import examples
from tests.support.latency_shapes import SHAPES
from tests.support.sample_tables import calls, judge, orders

pytestmark = pytest.mark.slow

MANY = settings(max_examples=examples(60), deadline=None, suppress_health_check=list(HealthCheck))

seeds = st.integers(0, 2**32 - 1)
shapes = st.sampled_from(sorted(SHAPES))
limits = st.sampled_from([5, 10, 60, 60])
levels = st.sampled_from([(10.0,), (10.0, 10.0), (10.0, 2.0)])
ways = st.sampled_from(["some", "a stretch", "the slowest", "one"])


def drawn(rng: np.random.Generator, shape: str) -> np.ndarray:
    """300 to 1,500 calls in seconds; a third of the samples have slow bursts."""
    n = int(rng.integers(300, 1500))
    p99 = float(np.exp(rng.uniform(np.log(0.4), np.log(20))))
    x = SHAPES[shape].draw(rng, (n,)) * (p99 / SHAPES[shape].p99)
    bursts = np.repeat(rng.random(n // 25 + 1) < 0.05, 25)[:n]
    return np.where(bursts, 4 * x, x) if rng.random() < 0.33 else x


def slowed(rng: np.random.Generator, x: np.ndarray, way: str) -> np.ndarray:
    chosen = np.zeros(x.size, dtype=bool)
    if way == "some":
        chosen = rng.random(x.size) < rng.random()
    elif way == "a stretch":
        start = int(rng.integers(x.size))
        chosen[start : start + int(rng.integers(1, x.size))] = True
    elif way == "the slowest":
        chosen = x >= np.quantile(x, rng.choice([0.5, 0.9, 0.98, 0.99]))
    else:
        chosen[rng.integers(x.size)] = True
    return np.where(chosen, x * rng.uniform(1, 4) + rng.choice([0.0, rng.exponential()]), x)


def table(
    x: np.ndarray, limit: int, *, rates: tuple[float, ...] = (10.0,), lag: float | NDArray[np.float64] = 0.0
) -> pd.DataFrame:
    parts = np.array_split(x, len(rates))
    made = [
        calls(part, timeout_s=limit, rate=rate, run=f"r{k}", start=1.7e9 + 9000 * k)
        for k, (part, rate) in enumerate(zip(parts, rates, strict=True))
    ]
    whole = pd.concat(made, ignore_index=True)
    whole["started_at"] += lag
    return whole


def excused(before: Recommendation, after: Recommendation) -> bool:
    """One of the named diagnostics changed."""
    return (
        before.verdict is Verdict.UNSTABLE
        or (after.design_effect or 1.0) < (before.design_effect or 1.0)
        or after.level_rate != before.level_rate
    )


def never_lower(before: Recommendation, after: Recommendation) -> None:
    for a, b in (
        (before.uncapped_timeout_s, after.uncapped_timeout_s),
        (before.recommended_timeout_s, after.recommended_timeout_s),
    ):
        if a is not None and b is not None:
            assert b >= a


@MANY
@given(seeds, shapes, limits, ways, st.integers(1, 60), levels)
def test_slowing_any_calls_never_lowers_the_number_unless_a_diagnostic_says_why(
    seed: int, shape: str, limit: int, way: str, current: int, rates: tuple[float, ...]
) -> None:
    rng = np.random.default_rng(seed)
    x = drawn(rng, shape)
    facts = orders(current_timeout_s=min(current, limit))
    before, after = (judge(table(y, limit, rates=rates), facts=facts) for y in (x, slowed(rng, x, way)))
    assume(not excused(before, after))
    never_lower(before, after)
    assert after.quantile_ms is None or before.quantile_ms is None or after.quantile_ms >= before.quantile_ms


@MANY
@given(seeds, shapes, limits, st.floats(1, 6), st.sampled_from([0.0, 0.3, 2.0]), st.integers(1, 60), levels)
def test_slowing_all_calls_alike_never_lowers_the_number(
    seed: int, shape: str, limit: int, factor: float, shift_s: float, current: int, rates: tuple[float, ...]
) -> None:
    rng = np.random.default_rng(seed)
    x = drawn(rng, shape)
    lag = rng.exponential(rng.choice([0.001, 0.03, 0.2]), x.size)
    facts = orders(current_timeout_s=min(current, limit))
    before, after = (
        judge(table(y, limit, rates=rates, lag=lag), facts=facts) for y in (x, x * factor + shift_s)
    )
    if after.level_rate == before.level_rate:
        never_lower(before, after)


@MANY
@given(seeds, shapes, ways, st.floats(0.02, 0.3))
def test_slower_calls_never_turn_the_clock_back(seed: int, shape: str, way: str, late_s: float) -> None:
    """A lag between .1 s and a tenth of the median once counted, or did not, by how slow the calls were."""
    rng = np.random.default_rng(seed)
    x = drawn(rng, shape)
    lag = np.where(rng.random(x.size) < 0.05, late_s, 0.0)
    before, after = (judge(table(y, 60, lag=lag)) for y in (x, 5 + slowed(rng, x, way)))
    assert before.clock == after.clock == ("response" if late_s > 0.1 else "service")
    if not excused(before, after):
        never_lower(before, after)


@MANY
@given(seeds, shapes, st.integers(1, 30))
@example(31378023, "heavy lognormal", 1)  # a look before the calls that were cut off has not seen the bound
def test_cutting_calls_off_earlier_leaves_the_number_or_takes_it_away(
    seed: int, shape: str, limit: int
) -> None:
    """And never puts the bound below what was proven, which the calls that were not cut off still prove."""
    x = drawn(np.random.default_rng(seed), shape)
    whole, cut = (judge(table(x, most), facts=orders(current_timeout_s=limit)) for most in (60, limit))
    for name in ("quantile_ms", "quantile_upper_ms"):
        assert getattr(cut, name) in (None, getattr(whole, name))
    if cut.quantile_upper_ms is None:
        assert cut.verdict in (
            Verdict.CENSORED_NEEDS_PROBE, Verdict.INSUFFICIENT_SAMPLES, Verdict.OVER_CAP_USE_ASYNC,
        )  # fmt: skip
    elif whole.quantile_lower_ms is not None:
        assert cut.quantile_upper_ms >= whole.quantile_lower_ms
