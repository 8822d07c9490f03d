"""Repeats where starts are whole seconds: only a file merged as a whole is told from calls that are alike."""

import pandas as pd
import pytest

from analysis.samples.cleaning.repeated_calls import without_repeated
from analysis.samples.table_builder import TableBuilder
from tests.support.sample_tables import START, calls
from tests.support.short_pieces import short_pieces


def by_the_second() -> pd.DataFrame:
    """16 calls, two in each second, of which those cut off at one timeout take as long."""
    table = calls([2.0, 2.0, 0.5, 0.7] * 4, timeout_s=2, outcome=["timeout", "timeout", "ok", "ok"] * 4)
    return table.assign(started_at=START + table.index // 2)


def as_read(*tables: pd.DataFrame) -> pd.DataFrame:
    builder = TableBuilder()
    for table in tables:
        builder.add(table)
    return builder.finish()


@pytest.mark.slow
@pytest.mark.parametrize("rows", [3, 7, 1000])
def test_only_a_file_merged_as_a_whole_is_taken_out(rows: int) -> None:
    once, alone = by_the_second(), calls([0.3], start=START + 99)
    again = once.iloc[::-1]

    with short_pieces(rows):
        assert without_repeated(as_read(once))[1] == 0
        table, dropped = without_repeated(as_read(once, again))
        assert without_repeated(as_read(once, again, alone))[1] == 0
        assert without_repeated(as_read(once, again), ["run-1"])[1] == 0

    assert dropped == 16
    kept = table[["started_at", "latency_ms"]].sort_values(["started_at", "latency_ms"])
    assert kept.to_numpy().tolist() == once[kept.columns].sort_values(list(kept.columns)).to_numpy().tolist()
