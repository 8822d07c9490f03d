"""A file split in two is one source with one warm-up; another day's file is a run of its own."""

from pathlib import Path

import pandas as pd
import pytest

from analysis.samples.read_samples import read_samples
from analysis.verdicts.recommend import recommend
from tests.support.sample_tables import START, calls, lognormal


def written(folder: Path, *tables: pd.DataFrame) -> list[Path]:
    paths = []
    for index, table in enumerate(tables):
        paths.append(folder / f"part{index}.parquet")
        table.drop(columns="run_id").to_parquet(paths[-1])
    return paths


@pytest.mark.slow
@pytest.mark.parametrize("cut", [40, 900])
def test_a_file_that_was_split_is_judged_as_the_whole(tmp_path: Path, cut: int) -> None:
    x = lognormal(2000, 2.0)
    x[:150] *= 4
    whole = calls(x)
    parts = whole.iloc[:cut], whole.iloc[cut:]
    (one,) = recommend(read_samples(written(tmp_path, whole))).actions
    (two,) = recommend(read_samples(written(tmp_path, *parts)[::-1])).actions
    assert two == one
    assert one.left_out_by_reason == {"warm_up": 150}


def test_files_of_two_workers_are_one_run(tmp_path: Path) -> None:
    both = calls(lognormal(600, 2.0)), calls(lognormal(600, 2.0, 2), worker="w2")
    assert read_samples(written(tmp_path, *both)).table["run_id"].nunique() == 1


def test_files_with_a_pause_between_them_are_runs_of_their_own(tmp_path: Path) -> None:
    days = calls(lognormal(600, 2.0)), calls(lognormal(600, 2.0, 2), start=START + 86_400)
    found = read_samples(written(tmp_path, *days))
    assert found.table["run_id"].nunique() == 2


def test_sparse_files_are_one_where_the_pause_is_none(tmp_path: Path) -> None:
    every_5_min = calls(lognormal(100, 2.0), rate=1 / 300)
    parts = every_5_min.iloc[:50], every_5_min.iloc[50:]
    assert read_samples(written(tmp_path, *parts)).table["run_id"].nunique() == 1
