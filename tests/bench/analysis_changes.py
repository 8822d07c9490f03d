"""Runs that change while they are measured, beside runs that only wander: what is given, and what is wrong.

Each kind of run is judged twice: as one distribution, and with the search for a change
(`analysis.statistics.change_point`). "Wrong" is a number given without a warning (raise, lower, ok) that cuts
off more than 1 % of the calls to come: of those after the step, at the end of the drift, or of the stationary
mixture. "Short" is the same of the number beside `unstable`.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.signal import lfilter

from analysis.format.action_facts import ActionFacts
from analysis.recommend_settings import RecommendSettings
from analysis.samples.action_calls import ActionCalls
from analysis.samples.calls_of_each_action import by_action
from analysis.verdicts.judge import judge
from analysis.verdicts.make_findings import findings
from analysis.verdicts.recommendation import Recommendation, Verdict

SEEDS: Final = 60
RATE: Final = 5.0
SIZES: Final = (420, 1000, 2000, 5000)
P99_SIGMAS: Final = 2.3263478740408408
SIGMA: Final = 0.6
DEFAULT: Final = RecommendSettings()
GIVEN: Final = (Verdict.RAISE, Verdict.LOWER, Verdict.OK)

Draw = Callable[[np.random.Generator, int], tuple[NDArray[np.float64], float]]
"""From a generator and a number of calls: log latencies in order, and the log of the p99 to cover."""


def run() -> None:
    """Print a line for each kind of run and size."""
    print(f"  {'kind':26s} {'calls':>5s}  {'as one distribution':24s} {'with the search for a change'}")
    for kind, draw in KINDS.items():
        for n in SIZES:
            whole, searched = Tally(), Tally()
            for seed in range(SEEDS):
                rng = np.random.default_rng([seed, n])
                log_latency, log_p99 = draw(rng, n)
                p99_s = float(np.exp(rng.uniform(np.log(2.0), np.log(9.0))))
                one, other = _judged(np.exp(log_latency - log_p99) * p99_s)
                whole.add(one, p99_s)
                searched.add(other, p99_s)
            print(f"  {kind:26s} {n:5d}  {whole.text():24s} {searched.text()}", flush=True)


class Tally:
    """How often a number was given, wrong, held back as unstable (and too short), or refused."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def add(self, found: Recommendation, p99_s: float) -> None:
        """Count one verdict."""
        number = found.recommended_timeout_s
        self._counts["runs"] += 1
        short = number is not None and number < p99_s
        if found.verdict in GIVEN:
            self._counts["given"] += 1
            self._counts["wrong"] += short
        elif found.verdict is Verdict.UNSTABLE:
            self._counts["unstable"] += 1
            self._counts["short"] += short
            self._counts["without"] += number is None

    def text(self) -> str:
        """Return shares of all runs, in percent."""
        of = {name: 100 * count / self._counts["runs"] for name, count in self._counts.items()}
        line = f"given {of.get('given', 0):3.0f} wrong {of.get('wrong', 0):4.1f}"
        if "unstable" not in of:
            return line
        beside = f"short {of.get('short', 0):4.1f}, no number {of.get('without', 0):3.0f}"
        return f"{line}  unstable {of['unstable']:3.0f} ({beside})"


def _judged(latency_s: NDArray[np.float64]) -> tuple[Recommendation, Recommendation]:
    known = findings(_action(latency_s), ActionFacts("a", current_timeout_s=60), DEFAULT, many_looks=False)
    return judge(replace(known, disagreement=None), DEFAULT, None), judge(known, DEFAULT, None)


def _action(latency_s: NDArray[np.float64]) -> ActionCalls:
    table = pd.DataFrame(
        {
            "action_id": "a",
            "run_id": "r",
            "worker_id": "w",
            "started_at": 1.7e9 + np.arange(latency_s.size) / RATE,
            "latency_ms": np.minimum(latency_s, 60.0) * 1e3,
            "outcome": np.where(latency_s > 60.0, "timeout", "ok"),
            "timeout_s": 60,
            "offered_rate": RATE,
        }
    )
    (action,) = by_action(table)
    return action


def _independent(rng: np.random.Generator, n: int) -> tuple[NDArray[np.float64], float]:
    return SIGMA * rng.standard_normal(n), SIGMA * P99_SIGMAS


def _heavy(rng: np.random.Generator, n: int) -> tuple[NDArray[np.float64], float]:
    return np.log1p(rng.pareto(2.0, n)), float(np.log(10.0))


def _wandering(memory_s: float, level_sigma: float = 0.5, sigma: float = 0.4) -> Draw:
    """A stationary level (Ornstein-Uhlenbeck) that forgets itself in `memory_s`."""

    def draw(rng: np.random.Generator, n: int) -> tuple[NDArray[np.float64], float]:
        kept = np.exp(-1.0 / RATE / memory_s)
        steps = rng.standard_normal(n) * np.sqrt(1.0 - kept**2)
        level, _ = lfilter([1.0], [1.0, -kept], steps, zi=[kept * rng.standard_normal()])
        return level_sigma * level + sigma * rng.standard_normal(n), P99_SIGMAS * np.hypot(level_sigma, sigma)

    return draw


def _episodes(rng: np.random.Generator, n: int) -> tuple[NDArray[np.float64], float]:
    """Slow (x5) for 10 s at a time, 2 % of the time."""
    slow, dwell_s, share = rng.random() < 0.02, 10.0, 0.02
    inside = np.zeros(n, dtype=np.bool_)
    at_s = 0.0
    while at_s < n / RATE:
        lasts_s = rng.exponential(dwell_s if slow else dwell_s * (1 - share) / share)
        inside[int(at_s * RATE) : int((at_s + lasts_s) * RATE)] = slow
        at_s, slow = at_s + lasts_s, not slow
    # 2 % of calls are around five times as slow: half of them are the slowest 1 %.
    return 0.4 * rng.standard_normal(n) + np.where(inside, np.log(5.0), 0.0), float(np.log(5.0))


def _step(factor: float, first: float, last: float) -> Draw:
    """Slower by `factor` from somewhere between two shares of the run on."""

    def draw(rng: np.random.Generator, n: int) -> tuple[NDArray[np.float64], float]:
        log_latency = SIGMA * rng.standard_normal(n)
        log_latency[int(rng.uniform(first, last) * n) :] += np.log(factor)
        return log_latency, SIGMA * P99_SIGMAS + np.log(factor)

    return draw


def _drift(factor: float) -> Draw:
    def draw(rng: np.random.Generator, n: int) -> tuple[NDArray[np.float64], float]:
        drift = np.linspace(0.0, np.log(factor), n)
        return SIGMA * rng.standard_normal(n) + drift, SIGMA * P99_SIGMAS + np.log(factor)

    return draw


def _more_slow_calls(rng: np.random.Generator, n: int) -> tuple[NDArray[np.float64], float]:
    """A slow path (x6) that 0.2 % of calls take, and 4 % from somewhere on: the median does not move."""
    share = np.where(np.arange(n) >= rng.uniform(0.3, 0.9) * n, 0.04, 0.002)
    slow = rng.random(n) < share
    return 0.3 * rng.standard_normal(n) + np.where(slow, np.log(6.0), 0.0), float(np.log(6.0) + 0.3 * 0.6745)


KINDS: Final[dict[str, Draw]] = {
    "independent, lognormal": _independent,
    "independent, Pareto": _heavy,
    "wanders, memory 10 s": _wandering(10.0),
    "wanders, memory 2 min": _wandering(120.0),
    "wanders, memory 30 min": _wandering(1800.0),
    "slow episodes of 10 s": _episodes,
    "step x1.3, early": _step(1.3, 0.1, 0.6),
    "step x1.3, late": _step(1.3, 0.6, 0.95),
    "step x1.7, early": _step(1.7, 0.1, 0.6),
    "step x1.7, late": _step(1.7, 0.6, 0.95),
    "step x2.5, early": _step(2.5, 0.1, 0.6),
    "step x2.5, late": _step(2.5, 0.6, 0.95),
    "drift x1.5": _drift(1.5),
    "drift x2": _drift(2.0),
    "drift x3": _drift(3.0),
    "more slow calls": _more_slow_calls,
}
