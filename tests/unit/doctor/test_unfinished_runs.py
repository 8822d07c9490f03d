import os
import time
from pathlib import Path

from analysis.format.manifest import Manifest, write_manifest
from analysis.format.run_folder import RunFolder
from diag.doctor.unfinished_runs import check_runs


def test_a_run_that_was_killed(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "20260101T000000Z-abc")
    write_manifest(folder, Manifest("r", 1.0, "running", True, "h", "open", ()))
    (tmp_path / "journal.jsonl").write_text("{}")  # lies beside the runs
    assert [check.status for check in check_runs(tmp_path)] == ["ok"]  # it may still be going on
    old = time.time() - 3600
    os.utime(folder.manifest, (old, old))
    (check,) = check_runs(tmp_path)
    assert check.status == "warning" and check.fix and "diag recommend" in check.fix
    write_manifest(folder, Manifest("r", 1.0, "complete", True, "h", "open", ()))
    os.utime(folder.manifest, (old, old))
    assert [check.status for check in check_runs(tmp_path)] == ["ok"]
    folder.manifest.write_text("{half")
    assert [check.status for check in check_runs(tmp_path)] == ["warning"]
    assert [check.status for check in check_runs(tmp_path / "absent")] == ["ok"]
