"""The windows of a campaign: run folders that `diag tune` makes one after the other below its own."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from analysis.format.run_folder import RunFolder
from analysis.format.whole_records import holds_records

CAMPAIGN_NAME: Final = "campaign.json"
WINDOWS_NAME: Final = "windows"


def windows_below(campaign: Path) -> tuple[RunFolder, ...]:
    """Return the windows of a campaign's folder that have begun, in their order."""
    below = campaign / WINDOWS_NAME
    folders = sorted(below.iterdir(), key=lambda path: path.name) if below.is_dir() else []
    return tuple(RunFolder(path) for path in folders if path.is_dir() and has_begun(RunFolder(path)))


def has_begun(folder: RunFolder) -> bool:
    """Return whether a window has begun: it has a manifest, or a call."""
    return os.path.lexists(folder.manifest) or holds_records(folder)


def report_of(folder: RunFolder) -> Path:
    """Return where the report of a run lies; of a window, that of its campaign."""
    campaign = folder.path.parent.parent
    of_campaign = folder.path.parent.name == WINDOWS_NAME and (campaign / CAMPAIGN_NAME).is_file()
    return RunFolder(campaign).report if of_campaign else folder.report


def with_windows(inputs: Iterable[Path]) -> tuple[Path, ...]:
    """Return the inputs, the windows that have begun in place of a campaign's folder."""
    found: list[Path] = []
    for path in inputs:
        found += [window.path for window in _windows_of(path)] or [path]
    return tuple(found)


def campaigns_in(inputs: Iterable[Path]) -> tuple[frozenset[str], ...]:
    """Return the run ids of the windows of each campaign's folder among the inputs."""
    found = (frozenset(window.path.name for window in _windows_of(path)) for path in inputs)
    return tuple(windows for windows in found if windows)


def _windows_of(path: Path) -> tuple[RunFolder, ...]:
    return windows_below(path) if (path / CAMPAIGN_NAME).is_file() else ()
