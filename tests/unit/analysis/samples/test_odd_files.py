"""Files as people have them: coarse clocks, copies, a plan on another clock, broken downloads."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.errors import UnreadableSamplesError
from analysis.samples.read_samples import read_samples
from analysis.verdicts.recommend import recommend
from tests.support.sample_tables import START, calls, lognormal


@pytest.mark.parametrize("step_s", [1.0, 0.25])
def test_different_calls_of_one_second_and_one_timeout_are_kept(tmp_path: Path, step_s: float) -> None:
    """An export with coarse starts: 1.5 % of calls end at exactly 5,000 ms, many in the same second."""
    x = np.round(lognormal(20_000, 2.0), 1)
    x[np.random.default_rng(1).random(20_000) < 0.015] = 9.0
    table = calls(x, timeout_s=5)
    table["started_at"] = np.floor(table["started_at"] / step_s) * step_s
    table = table.drop(columns=["scheduled_at", "worker_id"])
    table.to_csv(tmp_path / "a.csv", index=False)
    samples = read_samples([tmp_path / "a.csv"])
    assert (len(samples.table), samples.skipped) == (20_000, ())
    assert recommend(samples).actions[0].recommended_timeout_s is None
    twice = pd.concat([table, table], ignore_index=True)
    twice.to_csv(tmp_path / "twice.csv", index=False)
    again = read_samples([tmp_path / "twice.csv"])
    assert (len(again.table), [one.rows for one in again.skipped]) == (20_000, [20_000])


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
