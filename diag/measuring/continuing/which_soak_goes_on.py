"""A soak lasts for hours, and machines restart: the same command goes on where it was, in the same folder."""

import time
from pathlib import Path

from analysis.analysis_errors import UnreadableSamplesError
from analysis.format.manifest import read_manifest
from analysis.format.run_folder import RunFolder
from diag.measuring.run_lock import is_locked


def unfinished_soak(runs: Path, workload: str | None) -> RunFolder | None:
    """Return the newest soak of this workload below `runs` that has time left and no process runs."""
    soaks = []
    for path in runs.iterdir() if runs.is_dir() else ():
        folder = RunFolder(path)
        try:
            manifest = read_manifest(folder)
        except UnreadableSamplesError:
            continue
        if (
            manifest is not None
            and manifest.soak_until is not None
            and manifest.soak_until > time.time()
            and manifest.status != "complete"
            and manifest.workload == workload
            and not is_locked(path)
        ):
            soaks.append((manifest.created_at, folder))
    return max(soaks, key=lambda soak: soak[0])[1] if soaks else None
