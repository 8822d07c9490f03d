"""An array that grows: the values that were added, wherever they are kept, and nothing left of them."""

import errno
import os
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from analysis.analysis_errors import NoRoomError
from analysis.long_arrays.growing import GrowingArray, grown
from analysis.long_arrays.pieces import run_lengths, walk
from analysis.machine import scratch_files
from tests.support.examples import examples
from tests.support.short_pieces import short_pieces

FEW = settings(max_examples=examples(30), deadline=None)
PARTS = st.lists(
    st.sampled_from(["bool", "int8", "int16", "int64", "float64"]).flatmap(
        lambda kind: arrays.arrays(kind, st.integers(0, 12))
    ),
    max_size=8,
)


@pytest.mark.slow
@FEW
@given(PARTS, st.integers(1, 20))
def test_whatever_was_added_is_there_in_its_order_and_its_widest_type(
    parts: list[np.ndarray], rows: int
) -> None:
    with short_pieces(rows):
        found = grown(np.bool_, parts)
        walked = [part for (part,) in walk(found)]

    wanted = np.concatenate([np.zeros(0, np.bool_), *(part for part in parts if part.size)])
    assert found.dtype == wanted.dtype
    assert found.tobytes() == wanted.tobytes() == np.concatenate(walked).tobytes()
    assert len(walked) == 1 or max(part.size for part in walked) <= rows


def test_a_value_that_all_have_takes_no_room() -> None:
    array = GrowingArray(np.float64)
    with short_pieces(10):
        array.fill(np.nan, 999)
        assert array.finish().strides == (0,)
    assert array.size == 999


@FEW
@given(st.lists(st.lists(st.integers(0, 2), max_size=6), max_size=6))
def test_runs_of_one_value_are_counted_across_parts(parts: list[list[int]]) -> None:
    lengths = run_lengths(np.array(part, dtype=np.int64) for part in parts)

    whole = np.array([value for part in parts for value in part], dtype=np.int64)
    begins = np.flatnonzero(np.r_[True, whole[1:] != whole[:-1]]) if whole.size else np.zeros(0, int)
    assert lengths.tolist() == np.diff(np.r_[begins, whole.size]).tolist()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    return tmp_path


def test_nothing_lies_in_the_folder_while_an_array_is_kept_there(folder: Path) -> None:
    array = GrowingArray(np.int64)
    with short_pieces(10):
        array.append(np.arange(1000))
        while_it_grows = list(folder.iterdir())
        found = array.finish()

    assert not found.flags.writeable
    assert not while_it_grows  # so nothing is left of it, whatever ends this process
    assert not list(folder.iterdir())


def test_a_folder_that_is_kept_in_memory_is_not_asked_to_relieve_it(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    mounts = [("/", "ext4"), ("/tmp", "tmpfs"), ("/tmp/disk", "ext4")]
    played = [SimpleNamespace(mountpoint=at, fstype=kind) for at, kind in mounts]
    monkeypatch.setattr(psutil, "disk_partitions", lambda all: played)
    scratch_files.mounted.cache_clear()
    request.addfinalizer(scratch_files.mounted.cache_clear)
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("tempfile.tempdir", "/tmp")
    assert scratch_files.scratch_folder() == Path("/var/tmp")
    monkeypatch.setattr("tempfile.tempdir", "/tmp/disk")
    assert scratch_files.scratch_folder() == Path("/tmp/disk")


def test_a_folder_that_a_person_names_is_taken(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratch_files, "_is_in_memory", lambda folder: True)
    assert scratch_files.scratch_folder() == folder


@pytest.mark.parametrize(
    ("step", "number", "said"),
    [
        ("add", errno.ENOSPC, "is full"),
        ("add", errno.EROFS, "read-only file system"),
        ("mapped", errno.ENODEV, "no such device"),
    ],
)
def test_no_room_on_the_disk_says_where_and_how_to_get_some(
    folder: Path, monkeypatch: pytest.MonkeyPatch, step: str, number: int, said: str
) -> None:
    def refuse(self: scratch_files.ScratchFile, *data: memoryview) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(scratch_files.ScratchFile, step, refuse)
    with short_pieces(10), pytest.raises(NoRoomError) as met:
        grown(np.int64, [np.arange(1000)])
    assert str(folder) in met.value.message and said in met.value.message
    assert "TMPDIR" in (met.value.hint or "")
