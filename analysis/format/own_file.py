"""Opening what diag writes to in place (a journal, a lock, rows): a regular file, or an error at once.

The counterpart of `analysis.format.input_file`: where a pipe lies instead, opening would wait for its reader
for ever, and a device would swallow what must be kept.
"""

import errno
import os
from pathlib import Path

from analysis.format.input_file import check_kind, check_regular


def open_own(path: Path, flags: int, mode: int = 0o644) -> int:
    """Return the descriptor of a regular file, made where it is missing; `flags` and `mode` as for open(2).

    Raises OSError that names `path`; NotRegularError for anything but a regular file.
    """
    try:
        descriptor = os.open(path, flags | os.O_CREAT | os.O_NONBLOCK | os.O_CLOEXEC, mode)
    except OSError as error:
        if error.errno in (errno.ENXIO, errno.EISDIR):
            check_regular(path)  # says what it is instead
        raise
    try:
        check_kind(os.fstat(descriptor).st_mode, path)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor
