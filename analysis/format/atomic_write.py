"""Write a file completely or not at all: after a full disk or a kill, the old file is still there."""

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from analysis.machine.files import open_descriptor, put_in_place, take_mode, wait_for_reader


@contextlib.contextmanager
def whole_file(path: Path, *, mode: int = 0o666) -> Iterator[Path]:
    """Give a new, empty file to write; when the block ends without an error it is on disk and becomes `path`.

    `mode` as for open(2), the umask applies. A link stays a link. Raises OSError that names `path`.
    """
    try:
        real = _resolved(path)
        temporary = real.with_name(f".{real.name}.{os.getpid()}.tmp")
        try:
            temporary.unlink(missing_ok=True)
            os.close(open_descriptor(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))
            yield temporary
            with temporary.open("rb+") as file:
                os.fsync(file.fileno())
            put_in_place(temporary, real)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def write_whole(path: Path, text: str, *, mode: int = 0o666) -> None:
    """Write `text` as UTF-8; `mode` as for open(2), the umask applies. Raises OSError that names `path`.

    Anything but a plain file (/dev/stdout, a pipe) is written to, never replaced; a link stays a link. A pipe
    that nobody reads is an error, not waited for.
    """
    try:
        if path.exists() and not path.is_file():
            _write_in_place(path, text)
            return
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    with whole_file(path, mode=mode) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="")


def replace_whole(path: Path, content: bytes) -> None:
    """Replace what is in a file that is there; its mode stays. Raises OSError that names `path`."""
    with whole_file(path) as temporary:
        temporary.write_bytes(content)
        take_mode(temporary, path)


def _resolved(path: Path) -> Path:
    """Follow links. Raises OSError for links in a circle."""
    circle = OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
    try:
        real = path.resolve()
    except RuntimeError:  # up to Python 3.12
        raise circle from None
    if real.is_symlink():  # from 3.13 on it stops somewhere in the circle
        raise circle
    return real


def _write_in_place(path: Path, text: str) -> None:
    try:
        descriptor = open_descriptor(path, os.O_WRONLY)
    except OSError as error:
        if error.errno == errno.ENXIO and path.is_fifo():
            raise OSError(errno.ENXIO, "A named pipe that nobody reads", str(path)) from error
        raise
    wait_for_reader(descriptor)  # it may be slow
    with open(descriptor, "w", encoding="utf-8", newline="") as file:
        file.write(text)
