"""Adds rows that a worker kept on its own disk to their run, when they could not be delivered during it.

A worker's files only ever grow, and what the master has of them is their beginning
(`loadtests.workers.row_transfer`). So each kept file that is longer replaces the run's; doing it twice
changes nothing.
"""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from analysis.format.atomic_write import whole_file
from analysis.format.call_record import RECORD_SIZE, SEGMENT_SUFFIX
from analysis.format.input_file import check_regular, open_regular
from analysis.format.manifest import read_manifest, write_manifest
from analysis.format.run_folder import WORKER_SUFFIXES, RunFolder, is_worker_id
from diag.errors import UsageError

_CHUNK: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ImportedRows:
    """What became of one worker: rows in the run before, and now."""

    worker_id: str
    before: int
    now: int


def import_rows(run: RunFolder, kept: Path) -> tuple[ImportedRows, ...]:
    """Add to `run` what `kept` (a worker's `diag-rows-...` folder) has more of; the manifest notes it.

    Raises UsageError when `kept` holds no rows or they are not of this run; then nothing is changed.
    """
    if not run.segments.is_dir():
        raise UsageError(f"{run.path} is not the folder of a run.")
    files = [
        path
        for path in sorted(RunFolder(kept).segments.glob("*"))
        if path.suffix in WORKER_SUFFIXES and is_worker_id(path.stem)
    ]
    if not any(path.suffix == SEGMENT_SUFFIX for path in files):
        raise UsageError(
            f"{kept} holds no rows of a worker.", hint="Give the folder the worker named: diag-rows-..."
        )
    for path in files:
        try:
            check_regular(path)
        except OSError as error:
            why = (error.strerror or type(error).__name__).lower()
            raise UsageError(f"{path} cannot be read: {why}.", hint="Move it away, and try again.") from None
        if not _one_begins_the_other(path, run.segments / path.name):
            raise UsageError(
                f"{path} is not of the run {run.path}: that has other rows of a worker of this name.",
                hint="Give the run the worker took part in, or read both: diag recommend RUN FOLDER",
            )
    imported = []
    for path in files:
        there = run.segments / path.name
        before = _size(there)
        if _size(path) > before:
            _put_in_place(path, there)
        if path.suffix == SEGMENT_SUFFIX:
            now = _size(there) // RECORD_SIZE
            imported.append(ImportedRows(path.stem, before // RECORD_SIZE, now))
    _note_in_manifest(run, [each for each in imported if each.now > each.before])
    return tuple(imported)


def _note_in_manifest(run: RunFolder, imported: list[ImportedRows]) -> None:
    manifest = read_manifest(run)
    if manifest is None or not imported:
        return
    calls = sum(_size(path) // RECORD_SIZE for path in run.segments.glob(f"*{SEGMENT_SUFFIX}"))
    notes = (
        f"worker {each.worker_id}: {each.now - each.before:,} rows were added later" for each in imported
    )
    write_manifest(run, replace(manifest, calls=calls, notes=(*manifest.notes, *notes)))


def _one_begins_the_other(one: Path, other: Path) -> bool:
    if not other.exists():
        return True
    left = min(_size(one), _size(other))
    with open_regular(one) as first, open_regular(other) as second:
        while left > 0:
            chunk = min(left, _CHUNK)
            if first.read(chunk) != second.read(chunk):
                return False
            left -= chunk
    return True


def _put_in_place(path: Path, there: Path) -> None:
    """Copy whole and replace at once: a reader never sees half of it."""
    with whole_file(there) as temporary:
        shutil.copyfile(path, temporary)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
