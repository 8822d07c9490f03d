"""Runs that crashed: still marked "running", although nothing writes to them any more."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from analysis.analysis_errors import AnalysisError
from analysis.format.manifest import read_manifest
from analysis.format.run_folder import RunFolder
from diag.doctor.check import Check

QUIET_S: Final = 120.0
"""A run still marked "running" whose files did not change for this long was killed."""


def check_runs(runs: Path, now: float | None = None) -> Iterator[Check]:
    """Yield a warning for every run that never ended although nothing writes to it any more."""
    now = time.time() if now is None else now
    broken = 0
    for entry in sorted(path for path in runs.glob("*") if path.is_dir()):
        folder = RunFolder(entry)
        try:
            manifest = read_manifest(folder)
        except AnalysisError as error:
            broken += 1
            yield Check("unfinished runs", "warning", error.message, error.hint)
            continue
        if manifest is None or manifest.status != "running" or now - _last_change(entry) < QUIET_S:
            continue
        broken += 1
        fix = f"What it measured can be used: diag recommend {entry}"
        yield Check("unfinished runs", "warning", f"{entry.name} was stopped before its end", fix)
    if not broken:
        yield Check("unfinished runs", "ok", "none")


def _last_change(folder: Path) -> float:
    return max((path.stat().st_mtime for path in folder.rglob("*") if path.is_file()), default=0.0)
