"""Sample tables of every kind that a file may hold, drawn from a seed: for comparing two ways over them."""

from typing import Final

import numpy as np
import pandas as pd

from analysis.format.sample_schema import Outcome

_OUTCOMES: Final = np.array([outcome.value for outcome in Outcome])
_TEXTS: Final = {
    "payload": ("p", "q", "r", None),
    "input_origin": ("invented", "file", None),
    "error_code": ("x", "y", None),
    "failed_step": ("s", None),
    "error_message": ("m", "n", "o", None),
}


def odd_table(seed: int, calls: int) -> pd.DataFrame:
    """Return calls of some actions, runs and workers, with some of the columns that need not be there."""
    rng = np.random.default_rng(seed)

    def chance(p: float) -> bool:
        return bool(rng.random() < p)

    run = rng.integers(0, rng.choice([1, 1, 3, 40]), calls)
    span = float(rng.choice([300.0, 4000.0, 90_000.0]))
    within = np.round(np.sort(rng.uniform(0.0, span, calls)), int(rng.choice([0, 1, 6])))
    started = 1.7e9 + run * span * rng.choice([0.3, 1.5]) + within
    latency = rng.lognormal(np.log(rng.choice([80.0, 400.0, 2500.0])), rng.choice([0.2, 0.6, 1.2]), calls)
    latency[calls // 2 :] *= rng.choice([1.0, 1.0, 3.0])
    latency[-calls // 10 :] *= rng.choice([1.0, 4.0])
    latency = np.round(latency, int(rng.choice([0, 3])))
    failed = rng.random(calls) < rng.choice([0.0, 0.05, 0.3, 1.0], p=(0.4, 0.3, 0.2, 0.1))
    table = pd.DataFrame(
        {
            "action_id": [f"a{number}" for number in rng.integers(0, rng.choice([1, 1, 4]), calls)],
            "started_at": started,
            "latency_ms": latency,
            "outcome": np.where(failed, rng.choice(_OUTCOMES, calls), "ok"),
        }
    )
    if chance(0.7):
        table["run_id"] = [f"r{number}" for number in run]
    if chance(0.6):
        table["worker_id"] = [f"w{number}" for number in rng.integers(0, 3, calls)]
    if chance(0.5):
        rates = np.sort(rng.choice([2.0, 2.1, 9.0], calls))
        table["offered_rate"] = np.where(rng.random(calls) < rng.choice([0.0, 0.05]), np.nan, rates)
    if chance(0.5):
        limit = float(rng.choice([1.0, 5.0, 60.0]))
        cut = latency > limit * 1e3
        table["timeout_s"] = np.where(rng.random(calls) < 0.1, np.nan, limit)
        table["latency_ms"] = np.where(cut, limit * 1e3, latency)
        table.loc[cut & ~failed, "outcome"] = "timeout"
    if chance(0.5):
        late = np.abs(rng.normal(0.0, rng.choice([0.001, 0.3]), calls))
        late[calls // 2 :] += rng.choice([0.0, 30.0])
        table["scheduled_at"] = np.where(rng.random(calls) < 0.05, np.nan, started - late)
    if chance(0.4):
        table["rtt_ms"] = np.where(rng.random(calls) < 0.2, np.nan, rng.uniform(20.0, 40.0, calls))
    if chance(0.3):
        table["attempt"] = rng.choice([1, 1, 1, 2], calls)
    if chance(0.4):
        table["in_flight"] = rng.integers(0, 40, calls)
    if chance(0.3):
        table["target"] = rng.choice(["published", rng.choice(["draft", "direct"])], calls)
    if chance(0.5):
        table["http_status"] = rng.choice([200.0, 503.0, np.nan], calls)
    for name, texts in _TEXTS.items():
        if chance(0.4):
            table[name] = rng.choice(np.array(texts, dtype=object), calls)
    if chance(0.4):
        table["correlation_id"] = [f"c{number}" if number % 3 else None for number in range(calls)]
    if chance(0.4):
        table = table.iloc[rng.permutation(calls)]
    if chance(0.4):
        table = pd.concat([table, table.iloc[: int(rng.choice([calls // 3, calls]))]])
    return table.reset_index(drop=True)
