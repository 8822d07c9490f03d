"""Sample tables, segments and verdicts for the tests."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.format.action_facts import ActionFacts
from analysis.format.call_record import (
    NAMES_SUFFIX,
    OUTCOME_CODES,
    SEGMENT_SUFFIX,
    TARGET_CODES,
    CallRecord,
    pack,
)
from analysis.format.run_folder import RunFolder
from analysis.format.sample_schema import ActionVersion, InputOrigin, Outcome
from analysis.recommend_settings import RecommendSettings
from analysis.samples.action_calls import Calls
from analysis.samples.calls_of_each_action import by_action
from analysis.samples.sample_set import SampleSet
from analysis.verdicts.recommend import recommend
from analysis.verdicts.recommendation import Recommendation

OUTCOMES = {outcome.value: code for code, outcome in enumerate(Outcome)}
OUTCOME_TEXTS = pd.CategoricalDtype(pd.Index(list(OUTCOMES)))
START = 1_700_000_000.0


def calls(
    latency_s: Sequence[float] | np.ndarray,
    *,
    action: str = "orders",
    rate: float = 10.0,
    timeout_s: int = 60,
    run: str = "run-1",
    worker: str = "w1",
    start: float = START,
    target: str = "published",
    outcome: Sequence[str] | NDArray[np.str_] | str | None = None,
    attempt: int = 1,
    lag_s: float = 0.0,
    rtt_ms: float | None = None,
) -> pd.DataFrame:
    """One call per latency, evenly spaced; slower than `timeout_s` becomes a timeout."""
    x = np.asarray(latency_s, dtype=float)
    scheduled = start + np.arange(x.size) / rate
    if outcome is None:
        codes = np.where(x > timeout_s, OUTCOMES["timeout"], OUTCOMES["ok"])
        x = np.minimum(x, timeout_s)
    else:
        codes = np.array([OUTCOMES[str(one)] for one in np.broadcast_to(outcome, x.shape)])
    return pd.DataFrame(
        {
            "action_id": _always(action, x.size),
            "run_id": _always(run, x.size),
            "worker_id": _always(worker, x.size),
            "started_at": scheduled + lag_s,
            "scheduled_at": scheduled,
            "latency_ms": x * 1e3,
            "outcome": pd.Categorical.from_codes(codes, dtype=OUTCOME_TEXTS, validate=False),
            "timeout_s": timeout_s,
            "offered_rate": rate,
            "attempt": attempt,
            "rtt_ms": np.nan if rtt_ms is None else rtt_ms,
            "target": _always(target, x.size),
        }
    )


def _always(text: str, rows: int) -> "pd.Categorical[Any]":
    """Return a column of one text, in the type in which files are read."""
    return pd.Categorical.from_codes(np.zeros(rows, dtype=np.int8), dtype=_only(text), validate=False)


@cache
def _only(text: str) -> "pd.CategoricalDtype[Any]":
    """To make one takes longer than to draw a thousand latencies."""
    return pd.CategoricalDtype(pd.Index([text]))


def sample_set(*tables: pd.DataFrame) -> SampleSet:
    return SampleSet(together(tables))


def together(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return one table of the rows of all."""
    return tables[0] if len(tables) == 1 else pd.concat(tables, ignore_index=True)


def judge(
    *tables: pd.DataFrame, facts: ActionFacts | None = None, settings: RecommendSettings | None = None
) -> Recommendation:
    """The verdict of the only action in the tables."""
    known = {facts.action_id: facts} if facts else {}
    (one,) = recommend(sample_set(*tables), known, settings).actions
    return one


def orders(
    *,
    current_timeout_s: int | None = None,
    production_peak_rate: float | None = None,
    configurable: bool = True,
    not_configurable_reason: str | None = None,
) -> ActionFacts:
    """Facts of the action that `calls` makes."""
    return ActionFacts(
        "orders",
        "Order lookup",
        current_timeout_s=current_timeout_s,
        production_peak_rate=production_peak_rate,
        configurable=configurable,
        not_configurable_reason=not_configurable_reason,
    )


def arrays(*tables: pd.DataFrame) -> Calls:
    """The calls of the only action in the tables."""
    (action,) = by_action(together(tables))
    return action.calls


def lognormal(n: int, p99_s: float, seed: int = 1, sigma: float = 0.6) -> NDArray[np.float64]:
    """Latencies in seconds with the given true p99."""
    scale = p99_s / np.exp(sigma * 2.3263478740408408)
    return np.asarray(scale * np.exp(sigma * np.random.default_rng(seed).standard_normal(n)))


def write_segment(
    folder: RunFolder,
    worker: str = "w1",
    latency_ms: Sequence[float] = (100.0, 200.0),
    *,
    names: Mapping[int, str] | None = None,
    outcome: Outcome = Outcome.OK,
    correlation_id: bytes = b"\0" * 16,
    error_code: int = 0,
    origin: InputOrigin | None = None,
    target: ActionVersion = ActionVersion.PUBLISHED,
) -> Path:
    """One worker's segment with one record per latency for action code 1; None: a run before origins."""
    folder.segments.mkdir(parents=True, exist_ok=True)
    path = folder.segments / f"{worker}{SEGMENT_SUFFIX}"
    lines = [
        f'{{"kind": "action", "code": {code}, "text": "{text}", "name": "Name of {text}"}}'
        for code, text in (names or {1: "orders"}).items()
    ]
    if origin is not None:
        lines.append(f'{{"kind": "payload", "code": 1, "text": "any", "origin": "{origin}"}}')
    path.with_suffix(NAMES_SUFFIX).write_text("\n".join(lines) + "\n")
    path.write_bytes(
        b"".join(
            pack(
                CallRecord(
                    seq=index,
                    action=1,
                    scheduled_at=START + index,
                    started_at=START + index,
                    latency_ms=value,
                    offered_rate=1.0,
                    rtt_ms=float("nan"),
                    correlation_id=correlation_id,
                    payload=0 if origin is None else 1,
                    error_code=error_code,
                    http_status=200,
                    in_flight=1,
                    outcome=OUTCOME_CODES[outcome],
                    timeout_s=60,
                    attempt=1,
                    target=TARGET_CODES[target],
                    flags=0,
                )
            )
            for index, value in enumerate(latency_ms, start=1)
        )
    )
    return path
