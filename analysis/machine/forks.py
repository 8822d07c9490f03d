"""Processes that are forked from one that has imported everything, one after the other; Windows has none.

The process that forks tells on a pipe, a line each, the id of the new one and, once it has ended, its exit
code (`Forker`); whoever asked for it reads both there (`ForkedChild`)."""

import atexit
import os
import select
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable
from typing import Final, NoReturn

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


def take_streams(*streams: int) -> None:
    """Make these descriptors stdin, stdout and stderr of a process that was forked, and close them.

    Python's own were made for what the process that forks wrote to: a file can seek, a terminal cannot.
    """
    for number, descriptor in enumerate(streams):
        os.dup2(descriptor, number)
    for descriptor in set(streams):
        os.close(descriptor)
    sys.stdin = os.fdopen(0, closefd=False)
    sys.stdout = os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, errors="backslashreplace", closefd=False)


def run_and_exit(main: Callable[[], object]) -> NoReturn:
    """Run it, and end as Python would, but for taking all modules apart, which takes long."""
    code: object = 0
    try:
        main()
    except SystemExit as end:
        code = end.code
    except BaseException:
        traceback.print_exc()
        code = 1
    if isinstance(code, str):
        print(code, file=sys.stderr)
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


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
