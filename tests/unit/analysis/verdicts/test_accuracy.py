"""The whole way from samples to verdict on actions with known truth: few wrong numbers, no badly wrong one.

A number is wrong when it would cut off more than 1 % of calls in truth, badly wrong above 2 %.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from scipy import special

from analysis.format.action_facts import ActionFacts
from analysis.recommend_settings import RecommendSettings
from analysis.samples.calls_of_each_action import by_action
from analysis.verdicts.recommend import recommend_action
from analysis.verdicts.recommendation import Recommendation, Verdict
from tests.support.sample_tables import START, calls

SEEDS = 6
SIGMA = 0.6
Z99 = 2.3263478740408408
NUMBER = (Verdict.OK, Verdict.RAISE, Verdict.LOWER)
GENEROUS = ActionFacts("orders", current_timeout_s=60)


@dataclass(frozen=True, slots=True)
class Scenario:
    """Samples of one action, its true p99, and the verdicts that are right."""

    table: pd.DataFrame
    p99_s: float
    right: tuple[Verdict, ...] = NUMBER
    facts: ActionFacts = GENEROUS

    def cut_off(self, timeout_s: float) -> float:
        scale = self.p99_s / np.exp(SIGMA * Z99)
        return float(special.ndtr(-np.log(timeout_s / scale) / SIGMA))


def draw(rng: np.random.Generator, n: int, p99_s: float) -> np.ndarray:
    return np.asarray(p99_s / np.exp(SIGMA * Z99) * np.exp(SIGMA * rng.standard_normal(n)))


def plain(n: int) -> Callable[[np.random.Generator, float], Scenario]:
    return lambda rng, p99: Scenario(calls(draw(rng, n, p99)), p99)


def autocorrelated(rng: np.random.Generator, p99: float) -> Scenario:
    z = rng.standard_normal(5000)
    for index in range(1, z.size):
        z[index] = 0.9 * z[index - 1] + np.sqrt(1 - 0.81) * z[index]
    return Scenario(calls(p99 / np.exp(SIGMA * Z99) * np.exp(SIGMA * z)), p99)


def hidden(rng: np.random.Generator, p99: float) -> Scenario:
    timeout = max(1, int(p99 * 0.7))
    table = calls(draw(rng, 5000, timeout / 0.7), timeout_s=timeout)
    facts = ActionFacts("orders", current_timeout_s=timeout)
    return Scenario(table, timeout / 0.7, (Verdict.CENSORED_NEEDS_PROBE,), facts)


def probed(rng: np.random.Generator, p99: float) -> Scenario:
    timeout = max(1, int(p99 * 0.7))
    published = calls(draw(rng, 2500, p99), timeout_s=timeout)
    draft = calls(draw(rng, 2500, p99), run="probe", target="draft", start=START + 400)
    facts = ActionFacts("orders", current_timeout_s=timeout)
    return Scenario(pd.concat([published, draft], ignore_index=True), p99, NUMBER, facts)


def warming_up(rng: np.random.Generator, p99: float) -> Scenario:
    x = draw(rng, 5000, p99)
    x[:150] *= 4
    return Scenario(calls(x), p99)


def stepping(rng: np.random.Generator, p99: float) -> Scenario:
    p99 = max(p99, 3.0)
    x = draw(rng, 5000, p99)
    x[:2500] /= 2.5
    return Scenario(calls(x), p99, (Verdict.UNSTABLE,))


def polluted(rng: np.random.Generator, p99: float) -> Scenario:
    table = calls(draw(rng, 6000, p99))
    kind = rng.choice(4, 6000, p=[0.77, 0.02, 0.15, 0.06])
    for code, outcome in ((1, "rate_limited"), (2, "invalid_input"), (3, "backend_error")):
        table.loc[kind == code, "outcome"] = outcome
        table.loc[kind == code, "latency_ms"] = 50.0
    return Scenario(table, p99)


def retried(rng: np.random.Generator, p99: float) -> Scenario:
    again = calls(np.full(15_000, 0.05), rate=30, attempt=2)
    return Scenario(pd.concat([calls(draw(rng, 5000, p99)), again], ignore_index=True), p99)


def with_levels(rng: np.random.Generator, p99: float) -> Scenario:
    p99 = min(p99, 5.0)
    tables = [
        calls(draw(rng, 3000, p99 * factor), rate=rate, run=str(rate), start=START + 5000 * rate)
        for rate, factor in ((2.0, 0.7), (10.0, 1.0), (30.0, 4.0))
    ]
    facts = ActionFacts("orders", current_timeout_s=60, production_peak_rate=10.0)
    return Scenario(pd.concat(tables, ignore_index=True), p99, NUMBER, facts)


def late(rng: np.random.Generator, p99: float) -> Scenario:
    """The generator falls behind by what the calls took longer: only the planned start tells."""
    table = calls(draw(rng, 5000, p99))
    stalled = table["latency_ms"] > 1000.0 * p99 / 3
    lag = np.where(stalled, table["latency_ms"] - 100.0, 0.0)
    table["started_at"] = table["scheduled_at"] + lag / 1e3
    table["latency_ms"] -= lag
    return Scenario(table, p99)


def beyond_the_cap(rng: np.random.Generator, p99: float) -> Scenario:
    return Scenario(calls(draw(rng, 5000, 42.0)), 42.0, (Verdict.OVER_CAP_USE_ASYNC,))


def few(rng: np.random.Generator, p99: float) -> Scenario:
    return Scenario(calls(draw(rng, 220, p99)), p99, (Verdict.INSUFFICIENT_SAMPLES,))


def fitting(rng: np.random.Generator, p99: float) -> Scenario:
    facts = ActionFacts("orders", current_timeout_s=4)
    return Scenario(calls(draw(rng, 20_000, 3.3)), 3.3, (Verdict.OK,), facts)


SCENARIOS: dict[str, Callable[[np.random.Generator, float], Scenario]] = {
    "400 calls": plain(400),
    "1,000 calls": plain(1000),
    "5,000 calls": plain(5000),
    "autocorrelated": autocorrelated,
    "timeout hides p99": hidden,
    "probed": probed,
    "warming up": warming_up,
    "a step": stepping,
    "polluted": polluted,
    "retried": retried,
    "three levels": with_levels,
    "late generator": late,
    "beyond the cap": beyond_the_cap,
    "few calls": few,
    "fitting": fitting,
}


@pytest.fixture(scope="module")
def results() -> list[tuple[str, Scenario, Recommendation]]:
    found = []
    for index, (name, make) in enumerate(SCENARIOS.items()):
        for seed in range(SEEDS):
            rng = np.random.default_rng([index, seed])
            scenario = make(rng, float(np.exp(rng.uniform(np.log(1.5), np.log(12)))))
            (action,) = by_action(scenario.table)
            found.append((name, scenario, recommend_action(action, scenario.facts, RecommendSettings())))
    return found


@pytest.mark.slow
def test_wrong_numbers_are_rare_and_never_badly_wrong(
    results: list[tuple[str, Scenario, Recommendation]],
) -> None:
    shares = {
        (name, index): scenario.cut_off(one.recommended_timeout_s)
        for index, (name, scenario, one) in enumerate(results)
        if one.verdict in NUMBER and one.recommended_timeout_s is not None
    }
    assert len(shares) >= 9 * SEEDS
    assert sum(share > 0.01 for share in shares.values()) <= 0.03 * len(shares)
    assert not {key: share for key, share in shares.items() if share > 0.02}


@pytest.mark.slow
def test_numbers_are_not_much_higher_than_needed(
    results: list[tuple[str, Scenario, Recommendation]],
) -> None:
    ratios = [
        one.recommended_timeout_s / np.ceil(scenario.p99_s + max(0.2 * scenario.p99_s, 0.5))
        for name, scenario, one in results
        if one.verdict in NUMBER and one.recommended_timeout_s is not None and name != "400 calls"
    ]
    assert np.median(ratios) == 1.0
    assert np.quantile(ratios, 0.9) <= 1.35


@pytest.mark.slow
@pytest.mark.parametrize("name", SCENARIOS)
def test_the_verdict_is_right(name: str, results: list[tuple[str, Scenario, Recommendation]]) -> None:
    verdicts = [(one.verdict, scenario.right) for other, scenario, one in results if other == name]
    right = sum(verdict in wanted for verdict, wanted in verdicts)
    # Independent halves differ by chance in up to 4 % of runs (docs/method.md, "Stability"): one in six is
    # forgiven where a number is right, none where refusing or warning is.
    assert right >= len(verdicts) - (NUMBER in {wanted for _, wanted in verdicts})
