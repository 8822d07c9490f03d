"""Where campaigns are kept in the runs' folder: tune, tune-2 and so on, each under the next number."""

import re
from pathlib import Path
from typing import Final

from diag.campaign.folder import CampaignFolder
from diag.errors import UsageError

_USUAL_NAME: Final = "tune"
_NUMBERED: Final = re.compile(r"tune-([2-9]|[1-9][0-9]{1,5})")


def usual_folder(runs: Path) -> Path:
    """Return where the first campaign is kept."""
    return runs / _USUAL_NAME


def campaigns(runs: Path) -> list[Path]:
    """Return the folders in which a campaign was begun, in the order of their numbers."""
    numbers = sorted(
        number
        for path in (runs.iterdir() if runs.is_dir() else ())
        if (number := _number(path.name)) is not None and CampaignFolder(path).campaign.exists()
    )
    return [_folder(runs, number) for number in numbers]


def free_folder(runs: Path) -> Path:
    """Return where the next campaign begins: behind all that were begun, so that none changes its place."""
    begun = campaigns(runs)
    if not begun:
        return usual_folder(runs)
    number = (_number(begun[-1].name) or 1) + 1
    while not _is_free(_folder(runs, number)):
        number += 1
    return _folder(runs, number)


def another_folder(runs: Path) -> Path:
    """Return a folder for a campaign beside the one in the usual place, whether that was begun or not."""
    free = free_folder(runs)
    return _folder(runs, 2) if free == usual_folder(runs) else free


def _is_free(path: Path) -> bool:
    """Whether nothing was begun there; a command that was not approved leaves a lock."""
    try:
        return not path.exists() or CampaignFolder(path).saved() is None
    except UsageError:
        return False


def _number(name: str) -> int | None:
    if name == _USUAL_NAME:
        return 1
    found = _NUMBERED.fullmatch(name)
    return None if found is None else int(found[1])


def _folder(runs: Path, number: int) -> Path:
    return usual_folder(runs) if number == 1 else runs / f"{_USUAL_NAME}-{number}"
