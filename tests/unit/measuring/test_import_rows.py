import os
from pathlib import Path

import pytest

from analysis.format.call_record import RECORD_SIZE
from analysis.format.manifest import Manifest, read_manifest, write_manifest
from analysis.format.run_folder import RunFolder
from diag.errors import UsageError
from diag.measuring.import_rows import ImportedRows, import_rows

ROWS = bytes(range(256)) * RECORD_SIZE


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    run = RunFolder(tmp_path / "run")
    write_manifest(run, Manifest("run", 1.0, "incomplete", True, "h", "open", (), calls=3))
    put(run.path, "h-0.seg", ROWS[: 3 * RECORD_SIZE])
    put(run.path, "h-0.names", b'{"kind": "action"}\n')
    return run


def put(folder: Path, name: str, data: bytes) -> None:
    (folder / "segments").mkdir(parents=True, exist_ok=True)
    (folder / "segments" / name).write_bytes(data)


def contents(run: RunFolder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in run.segments.iterdir()}


def test_what_is_longer_is_taken_and_a_second_time_changes_nothing(tmp_path: Path, run: RunFolder) -> None:
    kept = tmp_path / "diag-rows-x"
    put(kept, "h-0.seg", ROWS[: 8 * RECORD_SIZE])
    put(kept, "h-0.names", b'{"kind": "action"}\n{"kind": "error"}\n')
    put(kept, "h-1.seg", ROWS[: 2 * RECORD_SIZE])

    assert import_rows(run, kept) == (ImportedRows("h-0", 3, 8), ImportedRows("h-1", 0, 2))

    after, manifest = contents(run), read_manifest(run)
    assert after == {path.name: path.read_bytes() for path in (kept / "segments").iterdir()}
    assert manifest is not None
    assert manifest.calls == 10
    assert manifest.notes[0] == "worker h-0: 5 rows were added later"
    assert import_rows(run, kept) == (ImportedRows("h-0", 8, 8), ImportedRows("h-1", 2, 2))
    assert contents(run) == after
    assert read_manifest(run) == manifest


def test_a_shorter_file_takes_nothing_away(tmp_path: Path, run: RunFolder) -> None:
    kept = tmp_path / "diag-rows-x"
    put(kept, "h-0.seg", ROWS[:RECORD_SIZE])
    before = contents(run)
    import_rows(run, kept)
    assert contents(run) == before


def test_rows_of_another_run_are_refused_and_nothing_is_changed(tmp_path: Path, run: RunFolder) -> None:
    kept = tmp_path / "diag-rows-x"
    put(kept, "h-0.names", b'{"kind": "action"}\n{"kind": "error"}\n')
    put(kept, "h-0.seg", b"\xff" + ROWS[1 : 8 * RECORD_SIZE])
    before = contents(run)
    with pytest.raises(UsageError, match="not of the run"):
        import_rows(run, kept)
    assert contents(run) == before


def test_a_folder_without_rows_is_refused(tmp_path: Path, run: RunFolder) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="holds no rows"):
        import_rows(run, tmp_path / "empty")
    with pytest.raises(UsageError, match="not the folder of a run"):
        import_rows(RunFolder(tmp_path / "empty"), run.path)


@pytest.mark.parametrize("kind", ["pipe", "device", "folder"])
def test_only_regular_files_are_added(tmp_path: Path, run: RunFolder, kind: str) -> None:
    put(tmp_path / "kept", "h-0.seg", ROWS)
    path = tmp_path / "kept" / "segments" / "h-0.names"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    else:
        path.mkdir()
    before = contents(run)
    with pytest.raises(UsageError, match=r"h-0\.names cannot be read"):
        import_rows(run, tmp_path / "kept")
    assert contents(run) == before
