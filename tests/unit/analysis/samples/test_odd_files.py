"""Files as people have them: coarse clocks, copies, a plan on another clock, broken downloads."""

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analysis.analysis_errors import UnreadableSamplesError
from analysis.other_tools import unpacked_file
from analysis.samples import parquet_or_csv
from analysis.samples.read_samples import read_samples
from analysis.verdicts.recommend import recommend
from tests.support.sample_tables import START, calls, lognormal


@pytest.mark.slow
@pytest.mark.parametrize("step_s", [1.0, 0.25])
def test_different_calls_of_one_second_and_one_timeout_are_kept(tmp_path: Path, step_s: float) -> None:
    """An export with coarse starts: 1.5 % of calls end at exactly 5,000 ms, many in the same second."""
    x = np.round(lognormal(6000, 2.0), 1)
    x[np.random.default_rng(1).random(6000) < 0.015] = 9.0
    table = calls(x, timeout_s=5)
    table["started_at"] = np.floor(table["started_at"] / step_s) * step_s
    table = table.drop(columns=["scheduled_at", "worker_id"])
    table.to_csv(tmp_path / "a.csv", index=False)
    samples = read_samples([tmp_path / "a.csv"])
    assert (len(samples.table), samples.skipped) == (6000, ())
    assert recommend(samples).actions[0].recommended_timeout_s is None
    twice = pd.concat([table, table], ignore_index=True)
    twice.to_csv(tmp_path / "twice.csv", index=False)
    again = read_samples([tmp_path / "twice.csv"])
    assert (len(again.table), [one.rows for one in again.skipped]) == (6000, [6000])


@pytest.mark.slow
def test_of_two_workers_only_the_file_merged_twice_is_taken_once(tmp_path: Path) -> None:
    rows = calls(np.round(lognormal(3000, 2.0), 1), timeout_s=2)
    rows["started_at"] = np.floor(rows["started_at"])
    rows["worker_id"] = np.where(np.arange(3000) % 2, "w1", "w2")
    whole = pd.concat([rows, rows[rows["worker_id"] == "w1"]], ignore_index=True)
    whole.sample(frac=1, random_state=1).to_parquet(tmp_path / "a.parquet", index=False)
    found = read_samples([tmp_path / "a.parquet"]).table
    assert found["worker_id"].value_counts().to_dict() == {"w1": 1500, "w2": 1500}


def test_a_column_of_lists_is_a_clear_error(tmp_path: Path) -> None:
    calls([0.1, 0.2]).assign(action_id=pd.Series([["a"], ["b"]], dtype=object)).to_parquet(
        tmp_path / "a.parquet", index=False
    )
    with pytest.raises(UnreadableSamplesError, match=r"column action_id holds list<.*>, not text"):
        read_samples([tmp_path / "a.parquet"])


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["cut", "a flipped byte"])
def test_a_damaged_gz_is_read_as_far_as_it_goes(tmp_path: Path, damage: str) -> None:
    whole = tmp_path / "a.csv.gz"
    calls(lognormal(6000, 2.0)).to_csv(whole, index=False)
    raw = bytearray(whole.read_bytes())
    if damage == "cut":
        raw = raw[: len(raw) // 2]
    else:
        raw[len(raw) // 2] ^= 0xFF
    whole.write_bytes(raw)
    found = read_samples([whole])
    assert 2000 < len(found.table) < 6000
    assert any("read up to there" in one.why for one in found.skipped)


def test_a_plan_on_another_clock_is_left_out_and_said(tmp_path: Path) -> None:
    rows = calls(lognormal(2000, 1.5))
    rows["scheduled_at"] -= START
    rows.to_csv(tmp_path / "a.csv", index=False)
    found = read_samples([tmp_path / "a.csv"])
    assert [(one.what, one.rows) for one in found.skipped] == [("scheduled_at of 2,000 rows", None)]
    assert recommend(found).actions[0].clock == "service"


GOOD = b"action_id,started_at,latency_ms,outcome\n" + b"a,1790000000,5,ok\n" * 10


@pytest.mark.parametrize(
    "packed",
    [
        gzip.compress(GOOD + b"\n" * (3 << 20)),
        gzip.compress(b"a" * (3 << 20)),
        gzip.compress(GOOD + b"\n" * (3 << 20))[:-9],
        gzip.compress(GOOD) + gzip.compress(b"\n" * (3 << 20))[:-9],
    ],
    ids=["lines", "a line", "damaged", "behind another"],
)
def test_a_gz_that_unpacks_without_end_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, packed: bytes
) -> None:
    monkeypatch.setattr(unpacked_file, "MOST_UNPACKED_BYTES", 1 << 20)
    (tmp_path / "a.csv.gz").write_bytes(packed)
    with pytest.raises(UnreadableSamplesError, match=r"a\.csv\.gz unpacks to more than 200 times"):
        read_samples([tmp_path / "a.csv.gz"])


@pytest.mark.parametrize(
    "behind",
    [b"", bytes(200_000), b"junk", gzip.compress(b"a,1790000011,5,ok\n")],
    ids=["nothing", "zeros", "junk", "another"],
)
def test_what_lies_behind_a_gz_costs_no_row(tmp_path: Path, behind: bytes) -> None:
    rows = b"".join(b"a,%d,5,ok\n" % (1_790_000_000 + at) for at in range(10))
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(GOOD.splitlines()[0] + b"\n" + rows) + behind)
    assert len(read_samples([tmp_path / "a.csv.gz"]).table) == (11 if behind[:2] == b"\x1f\x8b" else 10)


def test_a_column_that_is_there_twice_is_named(tmp_path: Path) -> None:
    table = pa.Table.from_pandas(calls(lognormal(20, 1.5)), preserve_index=False)
    pq.write_table(table.append_column("outcome", table.column("outcome")), tmp_path / "a.parquet")
    with pytest.raises(UnreadableSamplesError, match="two columns named outcome"):
        read_samples([tmp_path / "a.parquet"])


def test_a_parquet_file_that_announces_more_than_it_can_hold_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_or_csv, "MOST_EXPECTED_ROWS", 1000)
    rows = calls(lognormal(1, 1.5)).iloc[[0] * 100_000]
    rows.to_parquet(tmp_path / "a.parquet", index=False)
    assert (tmp_path / "a.parquet").stat().st_size < 100_000
    with pytest.raises(UnreadableSamplesError, match="says that it holds 100,000 calls"):
        read_samples([tmp_path / "a.parquet"])
