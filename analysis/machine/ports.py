"""Ports that this machine's processes listen on."""

import errno
import socket
import struct
import sys
from typing import Final

_RESET_ON_CLOSE: Final = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
"""`struct linger`: on, for no time at all; of shorts on Windows."""


def claim(listener: socket.socket) -> None:
    """Have a socket take a port that nobody listens on, also one that was left a moment ago.

    SO_REUSEADDR says that on POSIX. On Windows it would take another process's port away, and the right word
    is SO_EXCLUSIVEADDRUSE
    (https://learn.microsoft.com/windows/win32/winsock/using-so-reuseaddr-and-so-exclusiveaddruse).
    """
    if sys.platform == "win32":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
    else:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)


def is_taken(error: OSError) -> bool:
    """Return whether a port could not be taken because another process has it, or Windows keeps it back."""
    return error.errno == errno.EADDRINUSE or (sys.platform == "win32" and error.errno == errno.EACCES)


def reset_on_close(connection: socket.socket) -> None:
    """Have a connection be reset when it is closed; nothing still in a buffer is sent."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
