"""Do the parts of the measurement agree? False alarms: 0-4 % (docs/method.md, "Stability")."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from analysis.estimates.estimate import Estimate, buffer_ms, estimate
from analysis.samples.action_calls import Calls
from analysis.settings import RecommendSettings
from analysis.statistics.latency_counts import ROUNDING_SLACK_MS

Between = Literal["halves", "runs", "days"]

MIN_CALLS: Final = 1000
MIN_RUN_CALLS: Final = 500
LONG_RUN_S: Final = 12 * 3600.0
"""A run over half a day sees the daily rhythm: its halves differ by nature."""
STARVED_RATIO: Final = 3.0
MIN_STARVED_CALLS: Final = 10


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two parts that cannot have the same p99; `slower` is the one the timeout must cover."""

    faster: Estimate
    slower: Estimate
    between: Between
    """What was compared: "halves" of a run, "runs", or "days" of production."""


def find_disagreement(calls: Calls, settings: RecommendSettings) -> Disagreement | None:
    """Return the widest proven difference between halves of a run or between runs, or None."""
    if len(calls) < MIN_CALLS:
        return None
    runs = [calls.where(calls.run == run) for run in np.unique(calls.run)]
    long_enough = [estimate(run, settings) for run in runs if len(run) >= MIN_RUN_CALLS]
    found = [disagreement_between(long_enough, settings, "runs")]
    for run in runs:
        if len(run) >= MIN_CALLS and run.started_at[-1] - run.started_at[0] < LONG_RUN_S:
            first = np.arange(len(run)) < len(run) // 2
            effect = estimate(run, settings).design_effect
            halves = [estimate(run.where(part), settings, least_effect=effect) for part in (first, ~first)]
            found.append(disagreement_between(halves, settings, "halves"))
    real = [disagreement for disagreement in found if disagreement is not None]
    return max(real, key=lambda one: one.slower.lower_ms or 0, default=None)


def starved_workers(calls: Calls, level_ms: float) -> int:
    """Return how many load generators have over three times their share of the calls slower than p99."""
    slow = calls.latency_ms > level_ms + ROUNDING_SLACK_MS
    total = int(slow.sum())
    if total < MIN_STARVED_CALLS:
        return 0
    workers = int(calls.worker.max(initial=0)) + 1
    share = np.bincount(calls.worker, minlength=workers) / len(calls)
    slow_calls = np.bincount(calls.worker[slow], minlength=workers)
    suspicious = (slow_calls >= MIN_STARVED_CALLS) & (slow_calls / total > STARVED_RATIO * share)
    return int(suspicious.sum())


def disagreement_between(
    estimates: list[Estimate], settings: RecommendSettings, between: Between
) -> Disagreement | None:
    """Compare the part proven slowest with the part proven fastest: they differ if any two do."""
    if len(estimates) < 2:
        return None
    slower = max(estimates, key=lambda one: one.lower_ms or 0)
    faster = min(estimates, key=lambda one: one.upper_ms or float("inf"))
    if faster.upper_ms is None or slower.lower_ms is None or faster.upper_ms >= slower.lower_ms:
        return None
    if faster.quantile_ms is None:
        return None
    slow_ms = slower.quantile_ms if slower.quantile_ms is not None else slower.lower_ms
    a = faster.quantile_ms + buffer_ms(faster.quantile_ms, settings)
    b = slow_ms + buffer_ms(slow_ms, settings)
    if b - a < max(settings.hysteresis_min_s * 1e3, settings.hysteresis_ratio * a):
        return None
    return Disagreement(faster, slower, between)
