"""The calls that diag made itself, by action and hour, from whatever runs lie here."""

import os
from pathlib import Path

import pytest

from analysis.format.call_record import moments, unpack
from analysis.format.run_folder import RunFolder
from analysis.format.sample_schema import ActionVersion
from analysis.format.whole_records import segment_paths
from diag.choice.turns_file import Turn
from diag.production import own_calls_to_subtract as room
from diag.production.own_calls_to_subtract import HOUR_S, own_calls
from tests.support.campaigns import write_window
from tests.support.sample_tables import START, write_segment

AT = 1_795_298_400.0
"""A full hour."""
TURNS = (Turn("orders", 4, 4 / HOUR_S, True), Turn("stock", 2, 1.0, True))


def run(path: Path, at: float = AT, place: tuple[str, str | None] = ("h", "org")) -> None:
    write_window(RunFolder(path), TURNS, at, place=place)
    for segment in segment_paths(RunFolder(path)):
        os.utime(segment, (at + HOUR_S, at + HOUR_S))


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """A run, a window of a campaign half an hour later, and what is not counted."""
    run(tmp_path / "runs" / "one")
    run(tmp_path / "runs" / "tune-2" / "windows" / "w1", AT + HOUR_S / 2)
    run(tmp_path / "runs" / "elsewhere", place=("other", "org"))
    run(tmp_path / "runs" / "another", place=("h", "org-2"))
    run(tmp_path / "runs" / "old", AT - 9 * HOUR_S)
    (tmp_path / "runs" / "notes.txt").write_text("mine")
    return tmp_path / "runs"


def test_runs_and_windows_of_this_org_are_counted_hour_by_hour_each_once(runs: Path) -> None:
    found = own_calls([runs, runs / "..", runs], "h", "org", AT)

    assert found == {"orders": {AT: 6, AT + HOUR_S: 2}, "stock": {AT: 4}}


def test_a_folder_of_another_place_is_read_where_it_is_named(runs: Path, tmp_path: Path) -> None:
    run(tmp_path / "mine" / "tune" / "windows" / "w1")

    assert own_calls([tmp_path / "mine"], "h", "org", AT) == {"orders": {AT: 4}, "stock": {AT: 2}}
    assert own_calls([tmp_path / "nowhere"], "h", "org", AT) == {}


def test_calls_before_the_hours_that_are_read_do_not_count(runs: Path) -> None:
    assert own_calls([runs], "h", "org", AT + HOUR_S) == {"orders": {AT + HOUR_S: 2}}
    assert set(own_calls([runs], "h", "org", AT - 9 * HOUR_S)["stock"]) == {AT - 9 * HOUR_S, AT}


def test_a_run_that_does_not_name_its_org_counts(runs: Path) -> None:
    run(runs / "nameless", place=("h", None))

    assert own_calls([runs], "h", "org", AT)["stock"] == {AT: 6}
    assert own_calls([runs], "h", None, AT)["stock"] == {AT: 8}


@pytest.mark.parametrize("name", ["manifest.json", "segments/w-0.names", "segments/w-0.seg"])
@pytest.mark.parametrize("noise", [b"", b"\0" * 500, b"{}"])
def test_what_was_damaged_is_left_out(runs: Path, name: str, noise: bytes) -> None:
    (runs / "one" / name).write_bytes(noise)

    assert own_calls([runs], "h", "org", AT)["stock"] == {AT: 2}


def test_many_calls_are_read_a_part_at_a_time(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "AT_ONCE", 1)

    assert own_calls([runs], "h", "org", AT) == {"orders": {AT: 6, AT + HOUR_S: 2}, "stock": {AT: 4}}


def test_the_short_form_of_a_record_holds_what_the_long_one_does(runs: Path) -> None:
    (path,) = segment_paths(RunFolder(runs / "one"))
    records = path.read_bytes()

    assert list(moments(records)) == [(one.action, one.started_at, one.target) for one in unpack(records)]


def test_calls_straight_to_a_backend_are_none_that_the_platform_saw(runs: Path) -> None:
    write_segment(RunFolder(runs / "one"), "w8", [1.0] * 5, target=ActionVersion.DIRECT)
    write_segment(RunFolder(runs / "one"), "w9", [1.0] * 7, target=ActionVersion.DRAFT)

    since = START - START % HOUR_S
    found = own_calls([runs], "h", "org", since)["orders"]
    assert found[since] == 7
