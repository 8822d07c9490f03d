import math
from pathlib import Path

import numpy as np
import pytest

from analysis.format.call_record import (
    OUTCOME_CODES,
    RECORD_SIZE,
    RECORD_VERSION,
    SEGMENT_SUFFIX,
    TARGET_CODES,
    pack,
)
from analysis.format.sample_schema import ActionVersion, Outcome
from diag.measuring.live_quantiles import ROWS_AT_ONCE, LiveQuantiles


def row(
    latency_ms: float,
    outcome: Outcome = Outcome.OK,
    action: int = 1,
    payload: int = 0,
    target: ActionVersion = ActionVersion.PUBLISHED,
) -> bytes:
    code = OUTCOME_CODES[outcome]
    measured = (1, action, 0.0, 0.0, latency_ms, 1.0, math.nan, b"", payload, 0, 200, 1)
    return pack((*measured, code, 5, 1, TARGET_CODES[target], 0, RECORD_VERSION))


def test_quantiles_are_right_to_half_a_percent_and_read_on_where_they_stopped(tmp_path: Path) -> None:
    values = np.exp(np.random.default_rng(1).normal(5.0, 1.0, 3500))
    path = tmp_path / f"w-0{SEGMENT_SUFFIX}"
    whole = b"".join(row(value) for value in values)
    live, steps = LiveQuantiles(), []
    for end in (0, 1, RECORD_SIZE - 1, RECORD_SIZE * 2500 + 7, len(whole)):  # also in the middle of a row
        path.write_bytes(whole[:end])
        live.read_on(path, lambda: steps.append(1))

    found = live.of({"w-0": 1})
    assert found.total == 3500
    for p in (0.5, 0.99):
        true = float(np.quantile(values, p, method="inverted_cdf"))
        assert true * 0.9999 <= float(found.quantile_ms(p) or 0) <= true * 1.0051
    assert len(steps) >= 3500 / ROWS_AT_ONCE


def test_a_timed_out_call_is_slower_than_any_and_a_refused_one_tells_nothing(tmp_path: Path) -> None:
    path = tmp_path / f"w-0{SEGMENT_SUFFIX}"
    refused = [row(1.0, Outcome.RATE_LIMITED)] * 50
    path.write_bytes(b"".join([row(100.0)] * 98 + [row(50.0, Outcome.TIMEOUT)] * 2 + refused))
    live = LiveQuantiles()
    live.read_on(path, lambda: None)

    found = live.of({"w-0": 1})
    assert found.total == 100
    assert found.quantile_ms(0.5) == pytest.approx(100.0, rel=0.006)
    assert found.quantile_ms(0.99) is None


def test_workers_are_told_apart_by_their_own_codes(tmp_path: Path) -> None:
    live = LiveQuantiles()
    for worker, ours, theirs in (("w-0", 1, 2), ("w-1", 2, 1)):
        path = tmp_path / f"{worker}{SEGMENT_SUFFIX}"
        path.write_bytes(b"".join([row(10.0, action=ours)] * 5 + [row(1000.0, action=theirs)] * 5))
        live.read_on(path, lambda: None)

    assert live.of({"w-0": 1, "w-1": 2}).quantile_ms(0.99) == pytest.approx(10.0, rel=0.006)
    assert live.of({"w-0": 2, "w-1": 1}).total == 10
    assert live.of({}).quantile_ms(0.5) is None


def test_calls_are_counted_by_their_payload_as_each_worker_numbers_it(tmp_path: Path) -> None:
    live = LiveQuantiles()
    for worker, code in (("w-0", 1), ("w-1", 2)):
        path = tmp_path / f"{worker}{SEGMENT_SUFFIX}"
        refused = row(1.0, Outcome.RATE_LIMITED, payload=code)
        path.write_bytes(b"".join([row(10.0, payload=code)] * 3 + [row(10.0, payload=3)] * 5 + [refused]))
        live.read_on(path, lambda: None)

    codes = {"w-0": 1, "w-1": 1}
    assert live.calls_with(codes, {"w-0": {1}, "w-1": {2}}) == 6
    assert live.calls_with(codes, {"w-0": {2}}) == 0
    assert live.calls_with({}, {"w-0": {1}}) == 0


def test_a_backend_called_directly_is_apart_and_broken_contracts_took_their_time(tmp_path: Path) -> None:
    path = tmp_path / f"w-0{SEGMENT_SUFFIX}"
    direct = [row(10.0, target=ActionVersion.DIRECT, payload=1)] * 6
    broken = [row(1000.0, Outcome.CONTRACT_ERROR, target=ActionVersion.DIRECT)] * 4
    path.write_bytes(b"".join([row(100.0)] * 5 + direct + broken))
    live = LiveQuantiles()
    live.read_on(path, lambda: None)

    action, backend = live.of({"w-0": 1}), live.of({"w-0": 1}, direct=True)
    assert (action.total, action.contract_errors) == (5, 0)
    assert (backend.total, backend.contract_errors) == (10, 4)
    assert action.quantile_ms(0.5) == pytest.approx(100.0, rel=0.006)
    assert backend.quantile_ms(0.5) == pytest.approx(10.0, rel=0.006)
    assert backend.quantile_ms(0.7) == pytest.approx(1000.0, rel=0.006)
    assert live.calls_with({"w-0": 1}, {"w-0": {1}}, direct=True) == 6
    assert live.calls_with({"w-0": 1}, {"w-0": {1}}) == 0
