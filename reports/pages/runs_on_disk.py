"""What the index of runs is made from: each run folder's manifest and its last recommendations."""

import os
from pathlib import Path

from analysis.analysis_errors import AnalysisError, UnreadableSamplesError
from analysis.format.input_file import InputFile
from analysis.format.manifest import read_manifest
from analysis.format.run_folder import RunFolder
from analysis.verdicts.analysis_json import analysis_from_json
from analysis.verdicts.recommendation import Analysis
from reports.pages.index_page import IndexedRun


def indexed_runs(runs: Path, index_folder: Path | None = None) -> tuple[IndexedRun, ...]:
    """Return every run below the folder `runs`; what cannot be read is listed with the reason.

    No samples are read: a run shows what `diag recommend` last wrote into it. Report links are relative
    to the folder the index will lie in, `runs` unless another is given.
    """
    if not runs.is_dir():
        return ()
    folders = sorted(entry for entry in runs.iterdir() if entry.is_dir())
    return tuple(
        _indexed(RunFolder(path), index_folder or runs)
        for path in folders
        if (path / "manifest.json").exists() or (path / "segments").is_dir()
    )


def _indexed(folder: RunFolder, index_folder: Path) -> IndexedRun:
    report = None
    if folder.report.exists():
        report = Path(os.path.relpath(folder.report, index_folder)).as_posix()
    try:
        manifest = read_manifest(folder)
    except AnalysisError as error:
        return IndexedRun(folder.path.name, None, None, report, error.message)
    analysis, why_not = _analysis(folder)
    return IndexedRun(folder.path.name, manifest, analysis, report, why_not)


def _analysis(folder: RunFolder) -> tuple[Analysis | None, str | None]:
    if not os.path.lexists(folder.recommendations):
        return None, f"run: diag recommend {folder.path.name}"
    try:
        return analysis_from_json(InputFile(folder.recommendations, UnreadableSamplesError).json()), None
    except AnalysisError as error:
        return None, error.message
