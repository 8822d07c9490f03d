"""What must hold for any input (hypothesis)."""

import json
import math
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from analysis.format.action_facts import ActionFacts
from analysis.format.sample_schema import Outcome
from analysis.recommend_settings import RecommendSettings
from analysis.samples.calls_of_each_action import by_action
from analysis.samples.read_samples import read_samples
from analysis.samples.sample_set import SampleSet
from analysis.statistics.confidence_bounds import lower_ms, upper_ms
from analysis.statistics.kaplan_meier import kaplan_meier
from analysis.statistics.latency_counts import count_latencies
from analysis.stopping.when_settled import settled
from analysis.verdicts.analysis_json import analysis_to_json
from analysis.verdicts.recommend import recommend, recommend_action
from analysis.verdicts.recommendation import Recommendation
from tests.support.examples import examples
from tests.support.sample_tables import START, calls, lognormal, sample_set

SLOW = settings(max_examples=examples(25), deadline=None, suppress_health_check=list(HealthCheck))
QUICK = settings(max_examples=examples(80), deadline=None)

seeds = st.integers(0, 2**32 - 1)


def one(table: pd.DataFrame, current: int = 10) -> Recommendation:
    (found,) = recommend(
        sample_set(table), {"orders": ActionFacts("orders", current_timeout_s=current)}
    ).actions
    return found


def bound(x: np.ndarray, event: np.ndarray, p: float = 0.95) -> float:
    found = upper_ms(kaplan_meier(count_latencies(x, event)), p, 0.9)
    return math.inf if found is None else found


latencies = st.lists(st.integers(1, 400), min_size=30, max_size=200)


@pytest.mark.slow
@QUICK
@given(latencies, st.data())
def test_a_slower_call_never_lowers_quantile_or_bounds(values: list[int], data: st.DataObject) -> None:
    x = np.array(values, dtype=float)
    position = data.draw(st.integers(0, len(values) - 1))
    slower = x.copy()
    slower[position] += data.draw(st.integers(1, 400))
    ended = np.ones(x.size, dtype=bool)
    assert bound(slower, ended) >= bound(x, ended)
    before, after = count_latencies(x, ended), count_latencies(slower, ended)
    assert (kaplan_meier(after).quantile_ms(0.95) or 0) >= (kaplan_meier(before).quantile_ms(0.95) or 0)
    low = lower_ms(kaplan_meier(before), before, 0.95, 0.9)
    assert (lower_ms(kaplan_meier(after), after, 0.95, 0.9) or 0) >= (low or 0)


@pytest.mark.slow
@SLOW
@given(seeds, st.integers(1, 600), st.sampled_from(["invalid_input", "auth_error"]))
def test_fast_refusals_change_nothing(seed: int, extra: int, outcome: str) -> None:
    table = calls(lognormal(700, 2.0, seed), lag_s=0.01, rtt_ms=30.0)
    rng = np.random.default_rng(seed)
    refused = calls(rng.uniform(0.01, 0.08, extra), outcome=outcome, start=START - 5, rtt_ms=5.0)
    before, after = one(table), one(pd.concat([table, refused], ignore_index=True))
    assert after.left_out_by_reason.get(outcome) == extra
    assert replace(after, left_out=before.left_out, left_out_by_reason=before.left_out_by_reason) == before


@pytest.mark.slow
@SLOW
@given(seeds, st.integers(300, 1500))
def test_order_of_rows_and_names_of_workers_change_nothing(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    table = calls(np.round(lognormal(n, 2.0, seed), 1), run="a")
    table["run_id"] = np.where(np.arange(n) < n // 2, "a", "b")
    table["started_at"] = START + rng.integers(0, n // 4, n)  # many calls start at the same moment
    table["scheduled_at"] = table["started_at"]
    table["worker_id"] = rng.choice(["w1", "w2", "w3"], n)
    shuffled = table.sample(frac=1, random_state=seed % 2**31).reset_index(drop=True)
    shuffled["worker_id"] = shuffled["worker_id"].map({"w1": "z", "w2": "w1", "w3": "k"})
    assert one(table) == one(shuffled)


@pytest.mark.slow
@SLOW
@given(seeds, st.integers(2, 8))
@example(seed=1364, factor=2)
def test_scaling_time_scales_the_estimate(seed: int, factor: int) -> None:
    x = np.ceil(lognormal(800, 2.0, seed) * 1e3) / 1e3
    before, after = one(calls(x)), one(calls(x * factor))
    for field in ("p50_ms", "p95_ms", "quantile_ms", "quantile_upper_ms"):
        a, b = getattr(before, field), getattr(after, field)
        if a is not None and b is not None:
            assert abs(b - a * factor) <= factor + 1  # the bound is rounded up to a millisecond
    # Whole seconds and the smallest buffer do not scale: a bound may stand from an earlier look on one side.
    if (before.quantile_upper_ms is None) == (after.quantile_upper_ms is None):
        assert (before.design_effect, before.n_eff) == (after.design_effect, after.n_eff)


@pytest.mark.slow
@settings(SLOW, max_examples=examples(15))
@given(seeds, st.integers(2, 4), st.sampled_from(["csv", "parquet"]))
def test_reading_parts_of_a_run_equals_reading_the_whole(seed: int, parts: int, ending: str) -> None:
    """One run in several files, as its workers wrote them, in any order; one file may be given twice."""
    rng = np.random.default_rng(seed)
    table = calls(np.round(lognormal(600, 2.0, seed), 3), timeout_s=5)
    table["worker_id"] = rng.choice(["w1", "w2", "w3"], len(table))
    part = rng.integers(0, parts, len(table))
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{k}.{ending}" for k in range(parts)]
        for k, path in enumerate(paths):
            rows = table[part == k]
            rows.to_csv(path, index=False) if ending == "csv" else rows.to_parquet(path, index=False)
        whole = Path(folder) / f"whole.{ending}"
        table.to_csv(whole, index=False) if ending == "csv" else table.to_parquet(whole, index=False)
        (of_whole,) = recommend(read_samples([whole])).actions
        anyhow = [paths[k] for k in rng.permutation(parts)]
        for given_paths in (anyhow, [*anyhow, whole]):
            assert recommend(read_samples(given_paths)).actions == (of_whole,)


@QUICK
@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0, 130_000), st.booleans()), max_size=200))
def test_merging_parts_equals_counting_the_whole(rows: list[tuple[int, float, bool]]) -> None:
    part = np.array([row[0] for row in rows], dtype=int)
    x = np.array([row[1] for row in rows], dtype=float)
    event = np.array([row[2] for row in rows], dtype=bool)
    parts = [count_latencies(x[part == k], event[part == k]) for k in range(4)]
    merged = parts[0] + parts[1] + parts[2] + parts[3]
    whole = count_latencies(x, event)
    a, b = kaplan_meier(merged), kaplan_meier(whole)
    assert merged.total == whole.total == len(rows)
    np.testing.assert_array_equal(a.t_ms, b.t_ms)
    np.testing.assert_array_equal(a.share, b.share)
    assert a.longest_ms == b.longest_ms


@QUICK
@given(st.lists(st.integers(1, 500), min_size=20, max_size=300), st.integers(1, 500), st.integers(1, 500))
def test_censoring_more_never_lowers_the_bound_below_what_is_proven(
    values: list[int], limit: int, lower_limit: int
) -> None:
    x = np.array(values, dtype=float)
    early, late = sorted((limit, lower_limit))

    def cut(at: int) -> tuple[np.ndarray, np.ndarray]:
        return np.minimum(x, at), x <= at

    counts = count_latencies(*cut(late))
    proven = lower_ms(kaplan_meier(counts), counts, 0.9, 0.9)
    more = count_latencies(*cut(early))
    assert bound(*cut(early), p=0.9) >= min(proven or 0, early)
    assert (lower_ms(kaplan_meier(more), more, 0.9, 0.9) or 0) <= early
    assert bound(*cut(early), p=0.9) >= (lower_ms(kaplan_meier(more), more, 0.9, 0.9) or 0)


odd = st.sampled_from([0.0, 1e-9, 0.5, 999.9999, 1000.0, 30_000.0, 60_000.0, 1e5, 1e12, 1e300])
row = st.tuples(
    st.sampled_from(list(Outcome)),
    st.one_of(odd, st.floats(0, 70_000)),
    st.one_of(st.floats(-1e6, 1e6), st.just(START)),
    st.one_of(st.none(), st.floats(-1e9, 1e9)),
    st.one_of(st.none(), st.sampled_from([-1.0, 0.0, 1e-300, 1.0, 2.0, 10.0, 1e300])),
    st.one_of(st.none(), st.sampled_from([0, 1, 2, 30, 60, 255])),
    st.one_of(st.none(), st.sampled_from([-5.0, 0.0, 40.0, 1e9])),
    st.integers(1, 3),
    st.sampled_from(["published", "draft"]),
    st.sampled_from(["r1", "r2"]),
)


@pytest.mark.slow
@settings(max_examples=examples(80), deadline=None)
@given(
    st.lists(row, min_size=1, max_size=60),
    st.integers(1, 120),
    st.sampled_from([0.5, 0.9, 0.99]),
    st.integers(1, 60),
    st.one_of(st.none(), st.integers(1, 60)),
    st.one_of(st.none(), st.floats(0.01, 100)),
    st.sampled_from(["max", "sum"]),
)
def test_no_input_makes_a_nan_an_exception_or_a_number_above_the_cap(
    rows: list[tuple[object, ...]],
    repeat: int,
    percentile: float,
    cap: int,
    current: int | None,
    peak: float | None,
    rule: Literal["max", "sum"],
) -> None:
    columns = ["outcome", "latency_ms", "started_at", "scheduled_at", "offered_rate", "timeout_s", "rtt_ms",
               "attempt", "target", "run_id"]  # fmt: skip
    table = pd.DataFrame(rows * repeat, columns=columns).assign(action_id="orders", worker_id="w1")
    table["outcome"] = [str(value) for value in table["outcome"]]
    for name in ("scheduled_at", "offered_rate", "timeout_s", "rtt_ms"):
        table[name] = table[name].astype("float64")
    chosen = RecommendSettings(percentile=percentile, cap_s=cap, rule=rule)
    facts = ActionFacts("orders", current_timeout_s=current, production_peak_rate=peak)
    analysis = recommend(SampleSet(table), {"orders": facts}, chosen, concurrency_limit=25)
    (found,) = analysis.actions
    json.dumps(analysis_to_json(analysis), allow_nan=False)
    assert "nan" not in found.reason.lower()
    if found.recommended_timeout_s is not None:
        assert 1 <= found.recommended_timeout_s <= cap
    if found.quantile_lower_ms is not None and found.quantile_upper_ms is not None:
        assert found.quantile_lower_ms <= found.quantile_upper_ms
    assert found.samples + found.left_out == len(table)
    (action,) = by_action(table)
    state = settled(action, facts, chosen)
    assert state.settled or (state.more_calls or 0) >= 1
    stopped = recommend_action(action, facts, chosen, 25, many_looks=True)
    assert stopped.recommended_timeout_s is None or 1 <= stopped.recommended_timeout_s <= cap
