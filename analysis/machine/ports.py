"""Ports that this machine's processes listen on."""

import errno
import socket
import sys


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
