"""One load at a time in a run folder: a lock that the system lets go however its process ends."""

import os
from pathlib import Path
from typing import Final

from analysis.format.input_file import open_own
from analysis.machine.locks import try_to_hold_file

LOCK_NAME: Final = ".lock"


def take_lock(folder: Path) -> int | None:
    """Return the descriptor that holds the folder, None while another process does. Raises OSError.

    Keep it open as long as the run goes on; `kill -9` lets it go, too.
    """
    descriptor = open_own(folder / LOCK_NAME, os.O_RDWR)
    if try_to_hold_file(descriptor):
        return descriptor
    os.close(descriptor)
    return None


def is_locked(folder: Path) -> bool:
    """Return whether a load is at work in this folder now."""
    if not (folder / LOCK_NAME).exists():
        return False
    descriptor = take_lock(folder)
    if descriptor is None:
        return True
    os.close(descriptor)
    return False
