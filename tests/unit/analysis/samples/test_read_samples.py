from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.analysis_errors import UnreadableSamplesError
from analysis.format.action_facts import ActionFacts
from analysis.format.manifest import Manifest, Status, write_manifest
from analysis.format.run_folder import RunFolder
from analysis.format.sample_schema import Outcome
from analysis.samples.parquet_run import convert_run
from analysis.samples.read_samples import read_samples
from tests.support.sample_tables import START, calls, write_segment


def manifest(run_id: str = "r1", status: Status = "running") -> Manifest:
    return Manifest(
        run_id=run_id,
        created_at=START,
        status=status,
        sandbox=True,
        host="http://127.0.0.1:1",
        model="open",
        actions=(ActionFacts("orders", "Order lookup", current_timeout_s=7),),
    )


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    folder = RunFolder(tmp_path / "r1")
    write_manifest(folder, manifest())
    return folder


def test_a_killed_run_is_read_from_its_segments(run: RunFolder) -> None:
    path = write_segment(run, latency_ms=[10, 20, 30], correlation_id=bytes(range(16)))
    path.write_bytes(path.read_bytes()[:-5])  # kill -9 in the middle of the last write
    found = read_samples([run.path], detail=True)
    assert found.table["latency_ms"].tolist() == [10, 20]
    assert found.table["action_name"].astype(str).unique().tolist() == ["Name of orders"]
    assert found.table["run_id"].astype(str).unique().tolist() == ["r1"]
    assert found.table["correlation_id"][0] == "00010203-0405-0607-0809-0a0b0c0d0e0f"
    assert found.facts()["orders"].current_timeout_s == 7
    (skipped,) = found.skipped
    assert "bytes" in skipped.why


def test_step_and_message_of_an_error_come_from_the_names(run: RunFolder) -> None:
    path = write_segment(run, latency_ms=[10, 20], outcome=Outcome.BACKEND_ERROR, error_code=1)
    with path.with_suffix(".names").open("a") as names:
        names.write('{"kind": "error", "code": 1, "text": "E:502", "step": "Execute", "message": "bad …"}\n')
    for _ in range(2):  # from the segments, then from samples.parquet
        row = read_samples([run.path], detail=True).table.iloc[0]
        assert (row["error_code"], row["failed_step"], row["error_message"]) == ("E:502", "Execute", "bad …")
        convert_run(run)
    assert "failed_step" not in read_samples([run.path]).table


def test_a_torn_record_in_the_middle_costs_only_itself(run: RunFolder) -> None:
    path = write_segment(run, latency_ms=[10, 20, 30, 40])
    raw = path.read_bytes()
    size = len(raw) // 4
    path.write_bytes(raw[:size] + raw[size : size + 13] + raw[2 * size :])
    assert read_samples([run.path]).table["latency_ms"].tolist() == [10, 30, 40]


def test_a_flipped_bit_is_found_by_the_checksum(run: RunFolder) -> None:
    path = write_segment(run, latency_ms=[10, 20, 30])
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 4
    path.write_bytes(bytes(raw))
    assert read_samples([run.path]).table["latency_ms"].tolist() == [10, 30]


def test_records_without_a_name_are_left_out_and_said(run: RunFolder) -> None:
    write_segment(run, "w1", names={9: "other"})
    write_segment(run, "w2", latency_ms=[5])
    found = read_samples([run.path])
    assert len(found.table) == 1
    assert found.skipped[0].rows == 2


def test_a_finished_run_is_read_from_parquet_and_says_the_same(run: RunFolder) -> None:
    write_segment(run, "w1", latency_ms=[10, 20], outcome=Outcome.TIMEOUT)
    write_segment(run, "w2", latency_ms=[30])
    before = read_samples([run.path], detail=True).table
    assert convert_run(run) == 3
    for path in run.segments.iterdir():
        path.unlink()
    after = read_samples([run.path], detail=True).table
    pd.testing.assert_frame_equal(before, after, check_dtype=False, check_categorical=False)


def test_segments_written_after_the_conversion_win(run: RunFolder) -> None:
    import os

    write_segment(run, "w1", latency_ms=[10])
    convert_run(run)
    late = write_segment(run, "w2", latency_ms=[20])
    later = run.samples.stat().st_mtime + 5
    os.utime(late, (later, later))
    assert len(read_samples([run.path]).table) == 2


def test_a_conversion_is_as_old_as_what_it_has_read(run: RunFolder) -> None:
    """Else calls that were added while it was written would be older than the file that lacks them."""
    segment = write_segment(run, "w1", latency_ms=[10])
    convert_run(run)
    assert run.samples.stat().st_mtime_ns == segment.stat().st_mtime_ns
    assert len(read_samples([run.path]).table) == 1


def test_several_inputs_are_one_set_and_repeats_are_counted(tmp_path: Path) -> None:
    rows = calls([0.1, 0.2, 0.3])
    rows.to_parquet(tmp_path / "a.parquet")
    pd.concat([rows[1:], calls([0.9], run="run-2")]).to_csv(tmp_path / "b.csv", index=False)
    found = read_samples([tmp_path / "a.parquet", tmp_path / "b.csv", tmp_path / "a.parquet"])
    assert sorted(found.table["latency_ms"]) == [100, 200, 300, 900]
    assert [one.rows for one in found.skipped] == [2]


def test_two_calls_at_the_same_moment_are_not_repeats(tmp_path: Path) -> None:
    rows = calls([0.1, 0.1])
    rows["started_at"] = START
    rows["worker_id"] = ["w1", "w2"]
    rows.to_parquet(tmp_path / "a.parquet")
    assert len(read_samples([tmp_path / "a.parquet"]).table) == 2


def test_unusable_rows_are_left_out_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "action_id,started_at,latency_ms,outcome,colour\n"
        "a,1,100,ok,red\n"
        "a,2,-1,ok,red\n"
        "a,3,nonsense,ok,red\n"
        ",4,100,ok,red\n"
        "a,5,100,exploded,red\n"
        "a,6,100,ok,red,extra,fields\n"
        "a,7,10"
    )
    found = read_samples([tmp_path / "a.csv"])
    assert found.table["started_at"].tolist() == [1, 6]
    assert sum(one.rows or 0 for one in found.skipped) == 5


def test_times_in_milliseconds_are_not_taken_for_years(tmp_path: Path) -> None:
    rows = calls([0.1, 0.2])
    rows.loc[0, "started_at"] = rows["started_at"][0] * 1000
    rows.to_parquet(tmp_path / "a.parquet")
    found = read_samples([tmp_path / "a.parquet"])
    assert len(found.table) == 1
    assert "Unix seconds" in found.skipped[0].why


def test_a_csv_cut_off_inside_quotes_is_read_up_to_there(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        'action_id,started_at,latency_ms,outcome\na,1,100,ok\na,2,100,ok\n"a,3,100'
    )
    found = read_samples([tmp_path / "a.csv"])
    assert found.table["started_at"].tolist() == [1, 2]
    assert any("quotes" in one.why for one in found.skipped)


def test_missing_optional_columns_are_allowed_and_unknown_ones_ignored(tmp_path: Path) -> None:
    rows = calls([0.1, 0.2])[["action_id", "started_at", "latency_ms", "outcome"]]
    rows.assign(colour="red").to_parquet(tmp_path / "a.parquet")
    found = read_samples([tmp_path / "a.parquet"])
    assert list(found.table.columns) == ["action_id", "run_id", "started_at", "latency_ms", "outcome"]


def test_files_that_name_no_run_are_runs_of_their_own(tmp_path: Path) -> None:
    nameless = calls([0.1, 0.2]).drop(columns="run_id")
    nameless.to_csv(tmp_path / "a.csv", index=False)
    nameless.to_parquet(tmp_path / "copy of a.parquet")
    later = calls([0.3], start=START + 3600)
    later["run_id"] = None
    later.to_parquet(tmp_path / "b.parquet")
    found = read_samples([tmp_path / name for name in ("a.csv", "copy of a.parquet", "b.parquet")])
    assert found.table["run_id"].tolist() == [str(tmp_path / "a.csv")] * 2 + [str(tmp_path / "b.parquet")]
    assert [one.rows for one in found.skipped] == [2]


def test_a_stray_time_is_left_out_but_times_from_zero_are_not(tmp_path: Path) -> None:
    stray = calls([0.1] * 5)
    stray.loc[2, "started_at"] = 1.0
    stray.to_parquet(tmp_path / "a.parquet")
    calls([0.1] * 5, start=0.0).to_parquet(tmp_path / "b.parquet")
    assert len(read_samples([tmp_path / "a.parquet"]).table) == 4
    assert len(read_samples([tmp_path / "b.parquet"]).table) == 5


def test_a_run_without_a_manifest_says_what_is_not_known(tmp_path: Path) -> None:
    write_segment(RunFolder(tmp_path / "x"), latency_ms=[1, 2])
    found = read_samples([tmp_path / "x"])
    assert found.manifests == ()
    assert "configured is not known" in found.skipped[0].why


def test_numbers_as_action_ids_become_text(tmp_path: Path) -> None:
    calls([0.1]).assign(action_id=17).to_parquet(tmp_path / "a.parquet")
    assert read_samples([tmp_path / "a.parquet"]).table["action_id"].tolist() == ["17"]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.csv", b"", "cannot be read as CSV"),
        ("a.csv", b"action_id,latency_ms\na,1\n", "no column started_at, outcome"),
        ("a.parquet", b"PAR1 but then nothing", "cannot be read as Parquet"),
        ("a.parquet", bytes(200), "cannot be read as Parquet"),
    ],
)
def test_a_file_that_is_no_sample_file_says_so(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnreadableSamplesError, match=says) as caught:
        read_samples([tmp_path / name])
    assert caught.value.hint


def test_one_readable_input_is_enough(tmp_path: Path) -> None:
    calls([0.1]).to_parquet(tmp_path / "a.parquet")
    found = read_samples([tmp_path / "a.parquet", tmp_path / "gone.csv"])
    assert len(found.table) == 1
    assert "does not exist" in found.skipped[0].why


def test_an_empty_run_says_what_to_do(run: RunFolder) -> None:
    with pytest.raises(UnreadableSamplesError, match="holds no call"):
        read_samples([run.path])


def test_a_broken_manifest_does_not_hide_the_samples(run: RunFolder) -> None:
    write_segment(run, latency_ms=[1, 2])
    run.manifest.write_text('{"run_id": "r1"')
    found = read_samples([run.path])
    assert len(found.table) == 2
    assert found.manifests == ()
    assert "manifest" in found.skipped[0].why


def test_the_damaged_part_of_a_parquet_file_costs_only_itself(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = tmp_path / "a.parquet"
    table = pa.Table.from_pandas(calls(np.linspace(0.1, 9, 4000)), preserve_index=False)
    pq.write_table(table, path, row_group_size=1000, compression="zstd")
    raw = bytearray(path.read_bytes())
    group = pq.ParquetFile(path).metadata.row_group(1).column(5)  # latency_ms
    start = group.dictionary_page_offset or group.data_page_offset
    raw[start : start + group.total_compressed_size] = bytes(group.total_compressed_size)
    path.write_bytes(bytes(raw))
    found = read_samples([path])
    assert len(found.table) == 3000
    assert found.skipped[0].rows == 1000
