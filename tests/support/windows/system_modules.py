"""Modules of a Windows Python: those of this one, without what is missing there, with what differs."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Collection
from functools import cache
from types import ModuleType
from typing import Any, Final

import psutil

from tests.support.windows import held_files

CTRL_BREAK: Final = signal.SIGUSR1
"""The signal that plays Ctrl-Break: unless somebody takes it, it ends a process, as there."""
ENDED_BY_CTRL_BREAK: Final = 0xC000013A
# SIM905, twice: a hundred names, each in quotes on a line of its own, hide what is listed.
NOT_IN_OS: Final = frozenset(
    """pread pwrite preadv pwritev readv writev nice getpriority setpriority fork forkpty killpg getpgid
    getpgrp setsid setpgid getuid geteuid getgid getegid getgroups setuid uname set_blocking
    get_blocking mkfifo mknod sync fdatasync chown lchown fchown fchmod chroot wait wait3 wait4
    waitid register_at_fork posix_spawn posix_spawnp sysconf confstr pathconf statvfs fstatvfs
    getloadavg sched_getaffinity sched_setaffinity sched_yield sendfile pipe2 openpty login_tty
    ttyname tcgetpgrp lockf posix_fadvise posix_fallocate memfd_create ctermid O_CLOEXEC O_NONBLOCK
    O_NDELAY O_DIRECTORY O_NOFOLLOW O_SYNC O_DSYNC O_NOCTTY O_PATH O_ASYNC O_DIRECT O_ACCMODE
    O_NOATIME O_LARGEFILE O_TMPFILE WNOHANG WEXITSTATUS WIFSIGNALED WTERMSIG EX_OK""".split()  # noqa: SIM905
)
IN_SIGNAL: Final = frozenset({"SIGABRT", "SIGFPE", "SIGILL", "SIGINT", "SIGSEGV", "SIGTERM"})
NOT_IN_SIGNAL: Final = frozenset(
    """pthread_sigmask pthread_kill sigwait sigwaitinfo sigtimedwait sigpending alarm setitimer getitimer
    pause siginterrupt SIG_BLOCK SIG_UNBLOCK SIG_SETMASK ITIMER_REAL""".split()  # noqa: SIM905
)


class SystemModule(ModuleType):
    """A module of this Python, as it is now (gevent changes some): without what is missing there, and with
    what differs."""

    def __init__(self, real: ModuleType, missing: Collection[str] = (), **other: Any) -> None:
        super().__init__(real.__name__)
        vars(self).update(_real=real, _missing=frozenset(missing), **other)

    def __getattr__(self, name: str) -> Any:
        mine = vars(self)
        if name in mine["_missing"]:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r} on Windows")
        return getattr(mine["_real"], name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in vars(self):
            vars(self)[name] = value
        else:
            setattr(vars(self)["_real"], name, value)


class _Subprocess(SystemModule):
    CREATE_NEW_PROCESS_GROUP = 0x200
    CREATE_NO_WINDOW = 0x8000000

    @property
    def Popen(self) -> type[Any]:
        """A process as it is handled there, made of what `subprocess` is now."""
        return _popen(subprocess.Popen)


@cache
def _popen(base: type[Any]) -> type[Any]:
    class Popen(base):  # type: ignore[misc]  # of the real one, or gevent's
        """A process as Windows lets one handle it: it is ended by force, or by a Ctrl-Break to its group."""

        _code: int | None = None

        def __init__(self, command: Any, *arguments: Any, creationflags: int = 0, **named: Any) -> None:
            for name in ("preexec_fn", "pass_fds", "start_new_session", "process_group"):
                if named.get(name):
                    raise ValueError(f"{name} is not supported on Windows platforms")
            if named.get("env") is not None and "SystemRoot" not in named["env"]:
                raise OSError("a process without SystemRoot in its environment does not start on Windows")
            self._own_group = bool(creationflags & _Subprocess.CREATE_NEW_PROCESS_GROUP)
            super().__init__(command, *arguments, start_new_session=self._own_group, **named)

        @property
        def returncode(self) -> int | None:
            """How it ended: a signal is none of Windows' codes."""
            if self._code == -CTRL_BREAK:
                return ENDED_BY_CTRL_BREAK
            return 1 if self._code is not None and self._code < 0 else self._code

        @returncode.setter
        def returncode(self, code: int | None) -> None:
            self._code = code

        def send_signal(self, sig: int) -> None:
            """Only what Windows sends."""
            if sig == signal.SIGTERM:
                self.terminate()
            elif sig != CTRL_BREAK:
                raise ValueError(f"Unsupported signal: {sig}")
            elif not self._own_group:
                self.terminate()  # as os.kill does that fails: it goes on to TerminateProcess
                raise SystemError("<built-in function kill> returned a result with an exception set")
            elif self.poll() is None:
                super().send_signal(CTRL_BREAK)

        def terminate(self) -> None:
            """TerminateProcess: nothing is finished or saved, and the exit code is 1."""
            if self.poll() is None:
                super().send_signal(signal.SIGKILL)

        kill = terminate

    return Popen


class _Process(psutil.Process):  # type: ignore[misc]  # psutil has no types
    def memory_info(self) -> Any:
        """With the peak that Windows counts; here what is used now."""
        used = super().memory_info()

        class WithPeak:
            peak_wset = used.rss

        return WithPeak


def system_modules() -> dict[str, ModuleType]:
    """Return the modules by the names that they are imported by."""
    kernel = held_files.Kernel32()
    libraries = {"kernel32": kernel, "winmm": _WinMM()}
    return {
        "os": SystemModule(
            os,
            NOT_IN_OS,
            name="nt",
            O_BINARY=held_files.O_BINARY,
            O_NOINHERIT=0,
            open=held_files.open_as_there,
            write=held_files.write_as_there,
            close=held_files.close_as_there,
            fsync=held_files.fsync_as_there,
            replace=held_files.replace_as_there,
            rename=held_files.replace_as_there,
            unlink=_unlink,
            remove=_unlink,
            getppid=lambda: 4,  # a launcher's, which never changes
        ),
        "sys": SystemModule(sys, platform="win32"),
        "signal": SystemModule(
            signal,
            NOT_IN_SIGNAL
            | {name for name in vars(signal) if name.startswith("SIG") and name.isupper() and "_" not in name}
            - IN_SIGNAL,
            SIGBREAK=CTRL_BREAK,
            CTRL_BREAK_EVENT=CTRL_BREAK,
            CTRL_C_EVENT=0,
        ),
        "subprocess": _Subprocess(subprocess),
        "socket": SystemModule(
            socket,
            frozenset({"AF_UNIX", "SO_REUSEPORT", "CMSG_LEN", "SCM_RIGHTS", "sethostname", "TCP_QUICKACK"}),
            SO_REUSEADDR=socket.SO_KEEPALIVE,  # it takes a port away from another there, and is not asked
            SO_EXCLUSIVEADDRUSE=socket.SO_REUSEADDR,
        ),
        "time": SystemModule(
            time, frozenset(name for name in vars(time) if "CLOCK_" in name or "clock_" in name) | {"tzset"}
        ),
        "ctypes": SystemModule(
            ctypes,
            WinDLL=lambda name, **_: libraries[name],
            get_last_error=lambda: kernel.last_error,
            WinError=lambda number: OSError(number, "of Windows"),
        ),
        "msvcrt": SystemModule(ModuleType("msvcrt"), get_osfhandle=lambda descriptor: descriptor),
        "psutil": SystemModule(psutil, Process=_Process, BELOW_NORMAL_PRIORITY_CLASS=5),
    }


def _unlink(path: Any) -> None:
    held_files.refuse_where_open(path)
    os.unlink(path)


class _WinMM:
    def timeBeginPeriod(self, milliseconds: int) -> int:
        """Timers stay as they are."""
        assert milliseconds == 1
        return 0
