"""Of more calls than memory should hold, everything is found as of few; and the memory it takes stays."""

import tempfile
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.estimates.deciding_calls import calls_that_count
from analysis.recommend_settings import RecommendSettings
from analysis.samples.read_samples import read_samples
from analysis.samples.sample_set import SampleSet
from analysis.samples.table_builder import TableBuilder
from analysis.verdicts.recommend import recommend
from analysis.views.compare_runs import compare
from analysis.views.summarise import summarise
from tests.support.examples import examples
from tests.support.odd_tables import odd_table
from tests.support.sample_tables import calls, lognormal
from tests.support.short_pieces import short_pieces
from tests.support.tool_files import jtl_csv, true_calls

RULES = RecommendSettings()


def everything(paths: list[Path]) -> list[object]:
    """What the files come to: table, verdicts, pictures, comparison with themselves."""
    samples = read_samples(paths, detail=True)
    analysis = recommend(samples)
    counted = calls_that_count(samples, analysis.facts, RULES)
    return [
        samples.table.astype(object).where(samples.table.notna(), None).to_dict("list"),
        samples.skipped,
        repr(analysis),
        repr(summarise(samples, RULES, analysis.waiting)),
        repr(compare([analysis, analysis], ["a", "b"], [counted, counted])),
    ]


@pytest.mark.slow
@settings(max_examples=examples(4), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32 - 1), st.sampled_from([40, 90, 250]))
def test_a_long_file_is_judged_to_the_last_digit_as_if_memory_held_it(seed: int, rows: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        table = odd_table(seed, 280)
        paths = [Path(folder) / "a.parquet", Path(folder) / "b.csv"]
        table.iloc[:170].to_parquet(paths[0])
        table.iloc[170:].to_csv(paths[1], index=False)
        in_memory = everything(paths)
        with short_pieces(rows):
            assert everything(paths) == in_memory


@pytest.mark.slow
def test_a_file_of_another_tool_is_judged_alike_however_long_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.jtl"
    lines = jtl_csv(true_calls(700)).splitlines()
    path.write_text("\n".join([lines[0], *sorted(lines[1:], key=lambda line: line[::-1])]))  # in no order

    in_memory = everything([path])
    with short_pieces(100):
        assert everything([path]) == in_memory


@pytest.mark.slow
def test_four_times_the_calls_take_no_more_memory() -> None:
    peak_bytes(500)  # what is made once
    few, many = peak_bytes(10_000), peak_bytes(40_000)

    assert many - few < 30_000 * np.dtype(np.float64).itemsize  # not even a number for each call more


def peak_bytes(rows: int) -> int:
    """The most memory that judging and drawing so many calls of one action takes, where 4,000 are many."""
    with short_pieces(4000):
        builder = TableBuilder()
        builder.add(calls(lognormal(rows, 2.0), rate=50.0, rtt_ms=20.0, lag_s=0.01))
        samples = SampleSet(builder.finish())
        tracemalloc.start()
        try:
            analysis = recommend(samples)
            summarise(samples, RULES, analysis.waiting)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


def test_ids_of_a_long_table_are_kept_where_a_report_shows_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = calls(
        [0.1] * 40, outcome=["ok"] * 20 + ["backend_error", "ok", "backend_error", "network_error"] * 5
    )
    table["correlation_id"] = [f"id-{number}" for number in range(40)]
    table.to_parquet(tmp_path / "a.parquet", row_group_size=10)
    monkeypatch.setattr("analysis.samples.table_builder.ALL_OF", 10)

    kept = read_samples([tmp_path / "a.parquet"], detail=True).table["correlation_id"]

    first_of_each = ["id-20", "id-23"]
    assert kept.dropna().tolist() == [f"id-{number}" for number in range(10)] + first_of_each
