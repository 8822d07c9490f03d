"""Files that some process has open, descriptors in text mode, and locks on bytes, as Windows has them."""

import contextlib
import errno
import fcntl
import os
import pathlib
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

O_BINARY: Final = 1 << 30
"""A flag that Linux does not have; it is taken out before Linux sees it."""
_TEXT: set[int] = set()
"""Descriptors that were opened without O_BINARY."""


def open_as_there(path: Any, flags: int, mode: int = 0o777) -> int:
    """os.open: in text mode unless told otherwise, and never of a folder."""
    if os.path.isdir(path):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))
    descriptor = os.open(path, flags & ~O_BINARY, mode)
    if flags & O_BINARY:
        _TEXT.discard(descriptor)
    else:
        _TEXT.add(descriptor)
    return descriptor


def as_they_are(descriptor: int) -> None:
    """Put a descriptor into binary mode."""
    _TEXT.discard(descriptor)


def write_as_there(descriptor: int, data: bytes) -> int:
    """os.write: in text mode each byte 10 becomes two; how many were given is returned."""
    if descriptor not in _TEXT:
        return os.write(descriptor, data)
    os.write(descriptor, bytes(data).replace(b"\n", b"\r\n"))
    return len(data)


def fsync_as_there(descriptor: int) -> None:
    """os.fsync: of what may be written only."""
    if fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    os.fsync(descriptor)


def close_as_there(descriptor: int) -> None:
    """os.close."""
    _TEXT.discard(descriptor)
    os.close(descriptor)


def replace_as_there(source: Any, target: Any) -> None:
    """os.replace: neither of a file that somebody has open, nor onto one."""
    for path in (source, target):
        refuse_where_open(path)
    os.replace(source, target)


def refuse_where_open(path: Any) -> None:
    """Raise PermissionError where any process has the file open: Python opens none for others to delete."""
    real = os.path.realpath(path)
    numbers = filter(str.isdecimal, os.listdir("/proc"))
    holder = next((number for number in numbers if real in _open_files(number)), None)
    if holder is not None:
        what = f"The process cannot access the file because it is being used by process {holder}"
        raise PermissionError(errno.EACCES, what, str(path))


def _open_files(number: str) -> set[str]:
    """What a process has open; nothing of one that has ended meanwhile, or is somebody else's."""
    found = set()
    folder = f"/proc/{number}/fd"
    with contextlib.suppress(OSError):
        for descriptor in os.listdir(folder):
            with contextlib.suppress(OSError):
                found.add(os.readlink(f"{folder}/{descriptor}"))
    return found


def refuse_to_delete(houses: tuple[str, ...]) -> None:
    """Have `Path.unlink` and `Path.write_text` be as there where the project's code asks."""
    unlink, write_text = pathlib.Path.unlink, pathlib.Path.write_text

    def asked_by_us() -> bool:
        name = str(sys._getframe(2).f_globals.get("__name__", ""))
        return name in houses or name.partition(".")[0] in houses

    def unlink_as_there(self: Path, missing_ok: bool = False) -> None:
        if asked_by_us():
            refuse_where_open(self)
        unlink(self, missing_ok)

    def write_text_as_there(
        self: Path,
        data: str,
        encoding: str | None = None,
        errors: str | None = None,
        newline: str | None = None,
    ) -> int:
        if asked_by_us() and newline is None:
            newline = "\r\n"
        return write_text(self, data, encoding, errors, newline)

    # B010: a type checker lets nobody assign to a method.
    setattr(pathlib.Path, "unlink", unlink_as_there)  # noqa: B010
    setattr(pathlib.Path, "write_text", write_text_as_there)  # noqa: B010


class Kernel32:
    """LockFileEx and UnlockFileEx, on Linux's OFD locks: per handle, and gone with it."""

    def __init__(self) -> None:
        self.last_error = 0
        self.LockFileEx = _WithTypes(self._lock)
        self.UnlockFileEx = _WithTypes(self._unlock)

    def _lock(self, handle: int, flags: int, reserved: int, low: int, high: int, place: Any) -> int:
        assert flags == 0x3, "exclusive, and at once"
        assert (reserved, low, high) == (0, 1, 0), "one byte"
        return self._set(handle, fcntl.F_WRLCK, place)

    def _unlock(self, handle: int, reserved: int, low: int, high: int, place: Any) -> int:
        assert (reserved, low, high) == (0, 1, 0), "one byte"
        return self._set(handle, fcntl.F_UNLCK, place)

    def _set(self, handle: int, kind: int, place: Any) -> int:
        where = place._obj
        start = where.offset_high << 32 | where.offset
        wanted = struct.pack("hhqqi4x", kind, os.SEEK_SET, start, 1, 0)
        try:
            fcntl.fcntl(handle, fcntl.F_OFD_SETLK, wanted)
        except BlockingIOError:
            self.last_error = 33
            return 0
        except PermissionError:  # some kernels say EACCES
            self.last_error = 33
            return 0
        return 1


class _WithTypes:
    """A function that one may tell the types of its arguments."""

    def __init__(self, function: Callable[..., int]) -> None:
        self._function = function
        self.argtypes: list[Any] = []
        self.restype: Any = None

    def __call__(self, *arguments: Any) -> int:
        assert len(arguments) == len(self.argtypes)
        return self._function(*arguments)
