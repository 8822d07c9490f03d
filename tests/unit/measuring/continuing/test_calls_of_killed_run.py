"""What a run is whose load process was stopped from outside, at whichever moment."""

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from analysis.format.action_facts import ActionFacts
from analysis.format.call_record import EVENTS_SUFFIX
from analysis.format.manifest import Manifest, Status, read_manifest, write_manifest
from analysis.format.run_folder import RunFolder
from analysis.samples.parquet_run import convert_run
from analysis.samples.read_samples import read_samples
from diag.errors import UsageError
from diag.measuring.continuing.calls_of_killed_run import cut_short, ended_from_outside
from diag.measuring.run_lock import take_lock
from tests.support.sample_tables import START, write_segment

COMPLETE = Manifest("r1", START, "complete", True, "h", "open", (ActionFacts("orders"),), calls=4, grade="OK")
TOPPED_UP = replace(COMPLETE, status="running", before_top_up="complete", notes=("topped up after 9 s",))


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    """A run of four calls, whose process came to its end."""
    folder = RunFolder(tmp_path / "r1")
    write_part(folder, "w-0", 4, (START + 9.0, 4, {}))
    return folder


def write_part(
    folder: RunFolder, worker: str, calls: int, *seconds: tuple[float, int, Mapping[str, float]]
) -> None:
    """One process's calls, a second apart, and its lines: when, calls so far, oldest in flight."""
    path = write_segment(folder, worker, [100.0 + n for n in range(calls)])
    lines = [
        json.dumps(
            {"kind": "second", "at": at, "oldest": oldest, "actions": {"orders": [so_far, 0, 0, 0, 0]}}
        )
        for at, so_far, oldest in seconds
    ]
    path.with_suffix(EVENTS_SUFFIX).write_text("".join(line + "\n" for line in lines))


def calls_of(folder: RunFolder, worker: str) -> int:
    table = read_samples([folder.path]).table
    return int((table["worker_id"] == worker).sum())


def test_of_a_process_that_came_to_its_end_every_call_counts(run: RunFolder) -> None:
    assert cut_short(run) == {}


@pytest.mark.parametrize(
    ("seconds", "until", "count"),
    [
        ((), 0.0, 0),  # killed before its first line
        (((START + 3.0, 2, {}),), START + 3.0, 2),  # nothing in flight as the line was written
        (((START + 5.5, 5, {"orders": START + 2.5}),), START + 2.5, 2),
        (((START + 2.5, 2, {}), (START + 9.0, 7, {})), START + 2.5, 2),  # two of seven rows are not on disk
    ],
)
@pytest.mark.parametrize("as_parquet", [False, True])
def test_calls_begun_since_the_oldest_lost_one_do_not_count(
    run: RunFolder,
    seconds: tuple[tuple[float, int, Mapping[str, float]], ...],
    until: float,
    count: int,
    as_parquet: bool,
) -> None:
    write_part(run, "w-1", 5, *seconds)
    write_manifest(run, TOPPED_UP)

    ended = ended_from_outside(run, TOPPED_UP)

    assert ended == read_manifest(run)
    assert ended.cut_short == {"w-1": until}
    assert (ended.status, ended.before_top_up, ended.grade) == ("complete", None, "OK")
    if as_parquet:
        convert_run(run)
    assert (calls_of(run, "w-0"), calls_of(run, "w-1")) == (4, count)
    if not as_parquet:
        (said,) = read_samples([run.path]).skipped
        assert said.rows == 5 - count and "slower calls of that time are lost" in said.why


def test_a_file_of_all_calls_that_was_made_before_counts_no_more(run: RunFolder) -> None:
    write_part(run, "w-1", 5, (START + 3.0, 2, {}))
    manifest = written(run, replace(COMPLETE, status="incomplete"))
    convert_run(run)
    assert calls_of(run, "w-1") == 5

    ended_from_outside(run, manifest)

    assert calls_of(run, "w-1") == 2


def test_one_killed_before_its_first_call_is_what_it_was(run: RunFolder) -> None:
    write_manifest(run, TOPPED_UP)
    ended = ended_from_outside(run, TOPPED_UP)
    assert (ended.status, ended.cut_short) == ("complete", {})
    assert ended.status_reason == "topped up in part: its process was stopped from outside"


def test_a_second_kill_keeps_what_the_first_one_cut(run: RunFolder) -> None:
    write_part(run, "w-1", 5, (START + 3.0, 2, {}))
    first = ended_from_outside(run, written(run, TOPPED_UP))
    write_part(run, "w-2", 5, (START + 4.0, 3, {}))
    again = replace(first, status="running", before_top_up=first.status)

    second = ended_from_outside(run, written(run, again))

    assert second.cut_short == {"w-1": START + 3.0, "w-2": START + 4.0}


@pytest.mark.parametrize("status", ["running", "incomplete"])
def test_a_run_that_was_stopped_itself_was_interrupted(run: RunFolder, status: Status) -> None:
    ended = ended_from_outside(run, written(run, replace(COMPLETE, status=status)))
    assert (ended.status, ended.status_reason) == ("interrupted", "its process was stopped from outside")


@pytest.mark.parametrize("change", [{}, {"status": "invalid"}, {"status": "running", "soak_until": 9e9}])
def test_any_other_is_left_alone(run: RunFolder, change: dict[str, object]) -> None:
    manifest = written(run, replace(COMPLETE, **change))  # type: ignore[arg-type]
    before = run.manifest.stat().st_mtime_ns
    assert ended_from_outside(run, manifest) is manifest
    assert run.manifest.stat().st_mtime_ns == before


def test_one_that_goes_on_is_not_ended(run: RunFolder) -> None:
    lock = take_lock(run.path)
    assert lock is not None
    with pytest.raises(UsageError, match="A run is going on") as error:
        ended_from_outside(run, written(run, TOPPED_UP))
    assert error.value.hint == "Top it up once it has ended."
    assert read_manifest(run) == TOPPED_UP
    os.close(lock)


def written(run: RunFolder, manifest: Manifest) -> Manifest:
    write_manifest(run, manifest)
    return manifest
