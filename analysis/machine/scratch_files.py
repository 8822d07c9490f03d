"""Files for what does not fit into memory: they have no name, so that nothing is left of them however this
process ends, and are read as if they were memory."""

import mmap
import os
import sys
import tempfile
import weakref
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import IO, Final

_SAID_BY: Final = ("TMPDIR", "TEMP", "TMP")
"""By which a person says where temporary files go, in the order in which `tempfile` asks."""
_IN_MEMORY: Final = frozenset({"tmpfs", "ramfs"})
_ON_DISK: Final = Path("/var/tmp")
"""For large ones, where /tmp is kept in memory (file-hierarchy(7))."""
_MAPPED: Final[weakref.WeakSet[mmap.mmap]] = weakref.WeakSet()


class ScratchFile:
    """Bytes are added at its end, then mapped once. It is gone when nobody uses it, or the process ends."""

    def __init__(self) -> None:
        """Raises OSError where no such file can be made."""
        self._file: IO[bytes] = tempfile.TemporaryFile(  # noqa: SIM115  # it is open until it is mapped
            buffering=0, prefix="diag-", dir=scratch_folder()
        )
        self.size = 0

    def add(self, data: memoryview) -> None:
        """Write at the end. Raises OSError, also where the disk is full: before anything is mapped, because a
        process that touches a page without a place on the disk is killed."""
        left = data.cast("B")
        while left:
            written = self._file.write(left)
            left = left[written:]
            self.size += written

    def mapped(self) -> mmap.mmap:
        """Return what was written, to be read only, and close the file; there must be a byte at least."""
        try:
            mapping = mmap.mmap(self._file.fileno(), self.size, access=mmap.ACCESS_READ)
        finally:
            self.close()
        _MAPPED.add(mapping)
        return mapping

    def close(self) -> None:
        """Forget what was written, unless it is mapped."""
        self._file.close()

    def __del__(self) -> None:
        """Close it where nobody did: an array that was not finished."""
        if hasattr(self, "_file"):
            self._file.close()


def let_go() -> None:
    """Have no page of mapped files in this process: whoever needs one again gets it from the file, mostly out
    of the system's cache. Else they would stay as long as there is memory for them."""
    if sys.platform != "win32":  # there the system takes them back by itself
        for mapping in list(_MAPPED):
            mapping.madvise(mmap.MADV_DONTNEED)


def scratch_folder() -> Path:
    """Return where such files go: where TMPDIR says, else the usual folder unless that is kept in memory.

    Raises OSError where no folder can be written to.
    """
    usual = Path(tempfile.gettempdir())
    if any(os.environ.get(name) for name in _SAID_BY) or not _is_in_memory(usual):
        return usual
    return _ON_DISK if os.access(_ON_DISK, os.W_OK) and not _is_in_memory(_ON_DISK) else usual


def _is_in_memory(folder: Path) -> bool:
    kinds, real = mounted(), folder.resolve()
    return next((kinds[one] for one in (real, *real.parents) if one in kinds), "") in _IN_MEMORY


@cache
def mounted() -> Mapping[Path, str]:
    """Return of which kind the file system at each place is. Asked once: a long table takes many files."""
    import psutil

    return {Path(each.mountpoint): each.fstype for each in psutil.disk_partitions(all=True)}
