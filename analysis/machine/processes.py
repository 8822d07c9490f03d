"""Processes: begun apart from this terminal, interrupted, watched, and put behind others."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import IO, Final, Protocol

if sys.platform == "win32":
    INTERRUPTS: Final = (signal.SIGINT, signal.SIGBREAK)
    """Signals by which a person, or the process that began this one (`interrupt`), asks it to end."""
    ENDINGS: Final = (signal.SIGINT, signal.SIGBREAK)
    """Signals that ask a process to end; there is no other that Windows sends."""
else:
    INTERRUPTS: Final = (signal.SIGINT,)
    ENDINGS: Final = (signal.SIGINT, signal.SIGTERM)


class Interruptible(Protocol):
    """A process that somebody started, whether by `subprocess` or otherwise."""

    def send_signal(self, number: int, /) -> None:
        """Send a signal, unless it has ended."""

    def terminate(self) -> None:
        """Ask it to end."""


def start_apart(
    command: Sequence[str],
    *,
    stdin: int = subprocess.DEVNULL,
    stdout: int | IO[bytes] = subprocess.DEVNULL,
    stderr: int | IO[bytes] = subprocess.DEVNULL,
    env: Mapping[str, str] | None = None,
    outlives: bool = False,
) -> subprocess.Popen[bytes]:
    """Start a process that a Ctrl-C in this terminal does not reach; `interrupt` and `ask_to_end` do.

    `outlives`: it goes on when this terminal is closed, and is not interrupted by anybody. On Windows that
    takes a console of its own, which is not shown. `env` as for subprocess.Popen. Raises OSError.
    """
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | (subprocess.CREATE_NO_WINDOW if outlives else 0)
        return subprocess.Popen(
            command, stdin=stdin, stdout=stdout, stderr=stderr, env=env, creationflags=flags
        )
    else:
        return subprocess.Popen(
            command, stdin=stdin, stdout=stdout, stderr=stderr, env=env, start_new_session=True
        )


def interrupt(process: Interruptible, number: int = signal.SIGINT) -> None:
    """Send a process of `start_apart` a signal of ENDINGS, which it may take its time with.

    On Windows it is Ctrl-Break, whatever the number: Ctrl-C is not sent to a group. Where there is no console
    to send it by, the process is ended; CPython has ended it by then, and says SystemError
    (https://github.com/python/cpython/issues/58689).
    """
    if sys.platform == "win32":
        try:
            process.send_signal(signal.CTRL_BREAK_EVENT)
        except (OSError, SystemError):
            process.terminate()
    else:
        process.send_signal(number)


def ask_to_end(process: Interruptible) -> None:
    """Ask a process of `start_apart` to end; it may take its time."""
    interrupt(process, ENDINGS[-1])


def how_ended(returncode: int) -> str | None:
    """Return what ended a process that did not end by itself: `SIGKILL`; None where it did.

    On Windows a process that another ended leaves an exit code of its own like any other; only the system's
    codes tell.
    """
    if sys.platform == "win32":
        return f"Windows (0x{returncode & 0xFFFF_FFFF:08X})" if returncode & 0x8000_0000 else None
    else:
        return signal.Signals(-returncode).name if returncode < 0 else None


def starter_is_gone(starter_pid: int) -> bool:
    """Return whether the process that started this one has ended.

    On Windows a process keeps the number of its parent, which may be the launcher of a virtual environment
    anyway: there the process of that number is looked at. One that began after this one is another.
    """
    if sys.platform == "win32":
        import psutil

        try:
            return bool(psutil.Process(starter_pid).create_time() > psutil.Process().create_time())
        except psutil.NoSuchProcess:
            return True
        except psutil.AccessDenied:  # it is there, and somebody else's
            return False
    else:
        return os.getppid() != starter_pid


def parent_pid() -> int:
    """Return the number of the process that forked this one."""
    return os.getppid()


def is_running(pid: int) -> bool:
    """Return whether a process is there and has not ended."""
    import psutil

    try:
        return psutil.Process(pid).status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True


def step_back(places: int) -> None:
    """Put this process behind others: by so many places of nice(2); on Windows by one class of priority."""
    if sys.platform == "win32":
        import psutil

        with contextlib.suppress(psutil.AccessDenied):
            psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
    else:
        os.nice(places)
