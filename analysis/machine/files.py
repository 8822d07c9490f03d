"""Files: opened as they are, on the disk for good, and put in another's place."""

import errno
import os
import stat
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

_AS_THEY_ARE: Final[int] = getattr(os, "O_BINARY", 0)
"""Windows would write two bytes for every byte 10 of a record."""
_WITHOUT_WAITING: Final[int] = getattr(os, "O_NONBLOCK", 0)
"""A named pipe is waited for otherwise; those of Windows are no paths that one meets."""
_PATIENCE_S: Final = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64)

_T = TypeVar("_T")


def open_descriptor(path: Path, flags: int, mode: int = 0o666) -> int:
    """Return a descriptor; bytes stay as they are, and nothing is waited for. `flags`, `mode` as for open(2).

    No child inherits it (os.open sees to that itself). Raises OSError; for a folder that cannot be opened
    IsADirectoryError, which Windows calls a missing permission.
    """
    return _patiently(lambda: os.open(path, flags | _AS_THEY_ARE | _WITHOUT_WAITING, mode), path)


def wait_for_reader(descriptor: int) -> None:
    """Have writes to a pipe, opened without waiting, wait from now on."""
    if sys.platform != "win32":
        os.set_blocking(descriptor, True)


def put_in_place(new: Path, old: Path) -> None:
    """Have `new` become `old`, which may be there. Raises OSError.

    Windows refuses while another process has the old one open to read it, for a moment, so it is asked again.
    """
    _patiently(lambda: os.replace(new, old), old)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk. Raises OSError.

    Windows opens no folder for that; NTFS has names in its own journal.
    """
    if sys.platform != "win32":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def others_may_read(path: Path) -> bool:
    """Return whether its mode lets others than the owner read a file; on Windows no mode tells.

    Raises OSError.
    """
    return sys.platform != "win32" and bool(path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH))


def take_mode(new: Path, old: Path) -> None:
    """Give `new` the mode of `old`. Raises OSError.

    On Windows that is only whether it may be written to, and a file that may not could not replace another.
    """
    if sys.platform != "win32":
        new.chmod(stat.S_IMODE(old.stat().st_mode))


def _patiently(attempt: Callable[[], _T], path: Path) -> _T:
    """Return what an attempt returns. Windows refuses for the moment in which another process replaces a
    file, or has it open: there it is made again, for a second."""
    if sys.platform == "win32":
        for pause_s in _PATIENCE_S:
            try:
                return attempt()
            except PermissionError:
                if path.is_dir():
                    raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path)) from None
            time.sleep(pause_s)
    return attempt()
