"""A soak lasts for hours, and machines restart: the same command goes on where it was, in the same folder."""

import time
from pathlib import Path

from analysis.analysis_errors import UnreadableSamplesError
from analysis.format.event_lines import last_seconds
from analysis.format.run_folder import RunFolder, read_manifest
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


def dropped_so_far(folder: RunFolder) -> int:
    """Return the arrivals held back in the parts of a run that are over, as their last lines say."""
    return sum(counts[-1] for second in last_seconds(folder) for counts in second.actions.values())


def last_moment(folder: RunFolder) -> float | None:
    """Return when a run last recorded anything, Unix seconds; None where it never did."""
    return max((second.at for second in last_seconds(folder)), default=None)
