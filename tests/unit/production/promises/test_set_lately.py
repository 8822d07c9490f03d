"""What diag set lately is not called again, whoever measured it, as long as its evidence holds."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.production.hourly_counts import BucketCounts, HourCounts
from diag.production.promises.what_was_promised import Promise, SetLately, set_lately
from tests.support.changes.journal_records import record

SINCE = 1_000_000.0
HOUR_S = 3600.0
BY_RUNS = record(
    phase="result",
    outcome="applied",
    at=SINCE + 100.0,
    after_timeout_s=3,
    run_ids=("c-w0001", "c-w0002"),
    percentile=0.99,
    promised_share=0.01,
    grade="B",
)
BY_PRODUCTION = replace(BY_RUNS, run_ids=())


def lately(line: Any, percentile: float = 0.99, hours: tuple[HourCounts, ...] = ()) -> SetLately | None:
    counts = {line.action_id: BucketCounts(line.action_id, hours)} if hours else {}
    return set_lately([Promise(line)], SINCE, lambda _: percentile, counts).get(line.action_id)


@pytest.mark.parametrize(
    "line",
    [
        *(BY_RUNS, replace(BY_RUNS, grade="A"), replace(BY_RUNS, run_ids=("one-run",)), BY_PRODUCTION),
        replace(BY_PRODUCTION, grade=None),  # by an older diag
    ],
)
def test_what_was_seen_over_time_stands_whoever_measured_it(line: Any) -> None:
    found = lately(line)
    assert found is not None and found.holds and found.promise.timeout_s == 3


@pytest.mark.parametrize(
    ("change", "percentile"),
    [
        ({"at": SINCE - 1.0}, 0.99),  # before the days that are looked at
        ({"promised_share": None}, 0.99),  # decided by hand
        ({"grade": "C"}, 0.99),  # not seen over time: calls are what it lacks
        ({"grade": None}, 0.99),  # a run of an older diag: not known
        ({}, 0.999),  # another question
        ({"percentile": 0.999}, 0.99),
    ],
)
def test_anything_else_is_called(change: dict[str, Any], percentile: float) -> None:
    assert lately(replace(BY_RUNS, **change), percentile) is None


def hours_of(cut_off: int, timeout_s: int = 3, hours: int = 12) -> tuple[HourCounts, ...]:
    below = (*[0] * (timeout_s - 1), 60 - cut_off)
    return tuple(HourCounts(SINCE + HOUR_S * n, 60, below) for n in range(1, 1 + hours))


@given(cut_off=st.integers(0, 60))
def test_it_holds_until_production_breaks_its_promise(cut_off: int) -> None:
    found = lately(BY_RUNS, hours=hours_of(cut_off))
    assert found is not None
    assert found.holds == (found.state.broken_at is None)
    if cut_off == 0:
        assert found.holds
    if cut_off >= 12:  # twenty times what was promised, for twelve hours
        assert not found.holds
    # What ran under another timeout says nothing of this one.
    other = lately(BY_RUNS, hours=hours_of(cut_off, timeout_s=9))
    assert other is not None and other.holds
