"""Locks on files that are open: of one process at a time, and let go however that process ends.

filelock and portalocker lock a file as a whole. That does not do here: the journal is read while it is
locked, which Windows refuses for bytes that are, and an apply holds one action of many. So POSIX is asked
as ever, and Windows, in filelock's way (`LockFileEx`), for one byte that nobody reads.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

if sys.platform == "win32":
    import time

    from analysis.machine.windows_locks import lock_byte, unlock_byte
else:
    import fcntl

BEHIND_EVERY_FILE: Final = 1 << 62
"""The byte that stands for a file as a whole on Windows."""
ASK_EVERY_S: Final = 0.02
"""A lock that Windows waits for could not be interrupted by Ctrl-C."""


def hold_file(descriptor: int) -> None:
    """Hold an open file against other processes, once they let it go; until it is closed. Raises OSError."""
    if sys.platform == "win32":
        _hold_byte(descriptor, BEHIND_EVERY_FILE)
    else:
        fcntl.flock(descriptor, fcntl.LOCK_EX)


def try_to_hold_file(descriptor: int) -> bool:
    """Hold an open file until it is closed; return False, at once, where another holds it. Raises OSError."""
    if sys.platform == "win32":
        return lock_byte(descriptor, BEHIND_EVERY_FILE)
    else:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def holding_byte(descriptor: int, offset: int) -> Iterator[None]:
    """Hold one byte of an open file, whether it is there or not, against other processes. Raises OSError."""
    if sys.platform == "win32":
        _hold_byte(descriptor, offset)
        try:
            yield
        finally:
            unlock_byte(descriptor, offset)
    else:
        fcntl.lockf(descriptor, fcntl.LOCK_EX, 1, offset)
        try:
            yield
        finally:
            fcntl.lockf(descriptor, fcntl.LOCK_UN, 1, offset)


if sys.platform == "win32":

    def _hold_byte(descriptor: int, offset: int) -> None:
        while not lock_byte(descriptor, offset):
            time.sleep(ASK_EVERY_S)
