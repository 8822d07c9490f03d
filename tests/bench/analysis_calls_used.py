"""Calls used until settled, beside a plan of 1,000 calls for every action: how many, and at what error.

Error: share of actions whose number would cut off more than 1 % of calls in truth. "Too high" is the
number against the one that perfect knowledge of p99 would give.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize, special, stats

from analysis.calls import ActionCalls, by_action
from analysis.facts import ActionFacts
from analysis.recommend import recommend_action
from analysis.settings import RecommendSettings
from analysis.settled import settled

SEEDS = 20
RATE = 10.0
FIXED = 1000
MOST = 6300
SHAPES: dict[str, tuple[Callable[[np.random.Generator, int], np.ndarray], Callable[[float], float]]] = {
    "lognormal": (lambda r, n: np.exp(0.6 * r.standard_normal(n)), stats.lognorm(0.6).sf),
    "heavy lognormal": (lambda r, n: np.exp(1.2 * r.standard_normal(n)), stats.lognorm(1.2).sf),
    "gamma": (lambda r, n: r.standard_gamma(2, n), stats.gamma(2).sf),
    "Weibull": (lambda r, n: r.weibull(0.7, n), stats.weibull_min(0.7).sf),
    "Pareto": (lambda r, n: r.pareto(2.0, n), stats.lomax(2).sf),
    "shifted exponential": (lambda r, n: 0.5 + r.standard_exponential(n), stats.expon(0.5).sf),
    "5 % slow path": (lambda r, n: _two_paths(r, n, 0.05), lambda t: _two_paths_above(t, 0.05)),
    "1.2 % slow path": (lambda r, n: _two_paths(r, n, 0.012), lambda t: _two_paths_above(t, 0.012)),
    "0.8 % slow path": (lambda r, n: _two_paths(r, n, 0.008), lambda t: _two_paths_above(t, 0.008)),
}
TIMEOUTS_HIDE = (0.5, 0.9, 0.96, 0.97, 0.988)
"""Scenarios in which the timeout in force cuts off everything beyond this quantile."""
BEYOND_THE_CAP_S = (34.0, 45.0)


@dataclass(frozen=True, slots=True)
class Case:
    """One action with known truth; latencies in seconds, in the order in which they would be measured."""

    name: str
    latency_s: np.ndarray
    above: Callable[[float], float]
    p99_s: float
    timeout_s: int = 60


@dataclass(frozen=True, slots=True)
class Run:
    """What a plan did in one case."""

    name: str
    calls: int
    counted: int
    """Calls left after the warm-up cut."""
    number: int | None
    wrong: bool
    too_high: float | None


def run() -> None:
    """Print the median ratio, the errors, and each scenario's median number of calls."""
    cases = [case for seed in range(SEEDS) for case in _cases(seed)]
    fixed = [_fixed(case) for case in cases]
    stopped = [_until_settled(case) for case in cases]
    sent = np.array([FIXED / one.calls for one in stopped])
    counted = np.array([FIXED / max(one.counted, 1) for one in stopped])
    print(
        f"{len(cases)} actions of {len({case.name for case in cases})} kinds, warm-up included in the calls"
    )
    for label, runs in (("fixed 1,000", fixed), ("until settled", stopped)):
        numbers = [one for one in runs if one.number is not None]
        print(
            f"  {label:14s} median {np.median([one.calls for one in runs]):6,.0f} calls, "
            f"mean {np.mean([one.calls for one in runs]):6,.0f}; "
            f"wrong numbers {np.mean([one.wrong for one in numbers]):.1%}; "
            f"number / ideal {np.mean([one.too_high or 0 for one in numbers]):.2f}"
        )
    print(
        f"  median ratio {np.median(sent):.1f} times fewer calls sent (mean of ratios {sent.mean():.1f}); "
        f"{np.median(counted):.1f} times fewer against 1,000 calls that count"
    )
    for name in dict.fromkeys(case.name for case in cases):
        used = [one.calls for one in stopped if one.name == name]
        wrong = sum(one.wrong for one in stopped if one.name == name)
        print(f"    {name:28s} median {np.median(used):6,.0f} calls, {wrong} of {len(used)} wrong")


def _cases(seed: int) -> list[Case]:
    cases = []
    for index, (name, (draw, above)) in enumerate(SHAPES.items()):
        rng = np.random.default_rng([seed, index])
        unit = optimize.brentq(lambda t, above=above: above(t) - 0.01, 1e-3, 1e3)
        p99 = float(np.exp(rng.uniform(np.log(0.7), np.log(14))))
        cases.append(_case(name, rng, draw, above, unit, p99))
    draw, above = SHAPES["lognormal"]
    unit = float(stats.lognorm(0.6).ppf(0.99))
    for index, quantile in enumerate(TIMEOUTS_HIDE):
        rng = np.random.default_rng([seed, 100 + index])
        timeout = int(rng.integers(1, 9))
        p99 = timeout / float(stats.lognorm(0.6).ppf(quantile)) * unit
        cases.append(_case(f"timeout at p{quantile * 100:g}", rng, draw, above, unit, p99, timeout))
    for index, p99 in enumerate(BEYOND_THE_CAP_S):
        rng = np.random.default_rng([seed, 200 + index])
        cases.append(_case(f"p99 is {p99:g} s", rng, draw, above, unit, p99))
    return cases


def _case(
    name: str,
    rng: np.random.Generator,
    draw: Callable[[np.random.Generator, int], np.ndarray],
    above: Callable[[float], float],
    unit: float,
    p99_s: float,
    timeout_s: int = 60,
) -> Case:
    scale = p99_s / unit
    return Case(name, draw(rng, MOST) * scale, lambda t: above(t / scale), p99_s, timeout_s)


def _until_settled(case: Case) -> Run:
    action = _action(case, MOST)
    facts = ActionFacts("a", current_timeout_s=case.timeout_s)
    calls = 50
    while True:
        part = _first(action, calls)
        state = settled(part, facts, RecommendSettings())
        if state.settled or calls >= MOST:
            return _judge(case, part, calls)
        # A proof ("too slow") may come earlier than the bound, so look at least every 50 calls until then.
        step = state.more_calls or 1
        calls = min(MOST, calls + (min(step, 50) if calls < 450 else min(step, calls // 4)))


def _fixed(case: Case) -> Run:
    return _judge(case, _action(case, FIXED), FIXED)


def _judge(case: Case, action: ActionCalls, calls: int) -> Run:
    facts = ActionFacts("a", current_timeout_s=case.timeout_s)
    found = recommend_action(action, facts, RecommendSettings())
    number = found.recommended_timeout_s if found.verdict.value in ("raise", "lower", "ok") else None
    ideal = math.ceil(case.p99_s + max(0.2 * case.p99_s, 0.5))
    wrong = number is not None and case.above(number) > 0.01
    return Run(case.name, calls, found.samples, number, wrong, None if number is None else number / ideal)


def _action(case: Case, calls: int) -> ActionCalls:
    x = case.latency_s[:calls]
    table = pd.DataFrame(
        {
            "action_id": "a",
            "run_id": "r",
            "worker_id": "w",
            "started_at": 1.7e9 + np.arange(calls) / RATE,
            "latency_ms": np.minimum(x, case.timeout_s) * 1e3,
            "outcome": np.where(x > case.timeout_s, "timeout", "ok"),
            "timeout_s": case.timeout_s,
            "offered_rate": RATE,
        }
    )
    (action,) = by_action(table)
    return action


def _first(action: ActionCalls, calls: int) -> ActionCalls:
    return ActionCalls(action.action_id, "", action.calls.where(np.arange(len(action.calls)) < calls), 0)


def _two_paths(rng: np.random.Generator, n: int, slow: float) -> np.ndarray:
    z = rng.standard_normal(n)
    return np.exp(np.where(rng.random(n) < slow, np.log(8) + 0.4 * z, 0.3 * z))


def _two_paths_above(t: float, slow: float) -> float:
    fast = special.ndtr(-np.log(t) / 0.3)
    return float((1 - slow) * fast + slow * special.ndtr(-(np.log(t) - np.log(8)) / 0.4))
