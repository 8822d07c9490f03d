"""The manifest of a run whose samples are read; samples can be judged without one."""

from analysis.analysis_errors import UnreadableSamplesError
from analysis.format.manifest import Manifest, read_manifest
from analysis.format.run_folder import RunFolder
from analysis.skipped_input import SkippedInput


def manifest_of(folder: RunFolder) -> tuple[Manifest | None, tuple[SkippedInput, ...]]:
    """Return the manifest, or None and what was missing or unreadable."""
    try:
        manifest = read_manifest(folder)
    except UnreadableSamplesError as error:
        return None, (SkippedInput(str(folder.manifest), None, error.message),)
    if manifest is not None:
        return manifest, ()
    why = "missing: what was measured, where, and which actions can be configured is not known"
    return None, (SkippedInput(str(folder.manifest), None, why),)
