"""Processes that are forked from one that has imported everything, one after the other; Windows has none.

The process that forks tells on a pipe, a line each, the id of the new one and, once it has ended, its exit
code (`Forker`); whoever asked for it reads both there (`ForkedChild`)."""

import os
import select
import signal
import subprocess
from collections.abc import Callable
from typing import Final

CAN_FORK: Final = hasattr(os, "fork")
_KILL: Final = 9


class Forker:
    """Forks as the system does: made before anything patches the functions for it (gevent does)."""

    def __init__(self) -> None:
        """Raises AttributeError on Windows."""
        self.parent = os.getpid()
        self._fork: Callable[[], int] = getattr(os, "fork")  # noqa: B009  # a type checker for Windows
        self._wait = os.waitpid

    def forked(self) -> bool:
        """Return True in a new process; False here, once that has ended and both its numbers were told."""
        pid = self._fork()
        if pid == 0:
            return True
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(self._wait(pid, 0)[1]), flush=True)
        return False


class ForkedChild:
    """A process that was forked for us, with what `subprocess.Popen` tells of one."""

    def __init__(self, told: int) -> None:
        """`told`: the pipe. Raises OSError where the process that forks has ended."""
        self._told = told
        self._returncode: int | None = None
        self.pid = _number(told, None)

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code. Raises subprocess.TimeoutExpired, OSError as when it was made."""
        if self._returncode is None:
            self._returncode = _number(self._told, timeout)
        return self._returncode

    def send_signal(self, number: int, /) -> None:
        """Send a signal, unless it has ended."""
        if self._returncode is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(_KILL)


def _number(told: int, timeout: float | None) -> int:
    if not select.select([told], [], [], timeout)[0]:
        raise subprocess.TimeoutExpired("a process that was forked", timeout or 0.0)
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(told, 1)
        if not byte:
            raise OSError("the process that forks others has ended")
        line += byte
    return int(line)
