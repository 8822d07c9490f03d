"""What one operating system has and another lacks, or does otherwise, found in the code's syntax.

mypy knows which functions a system lacks (`make types` asks it for Windows, too); this also finds those that
are there and mean something else (`os.getppid`).
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.support.source_files import ROOT, imports_of, nodes_of, python_files

ROOM: Final = ROOT / "analysis" / "machine"
"""The one that may."""

_MODULES: Final = frozenset(
    """fcntl resource termios tty pty pwd grp posix syslog ctypes msvcrt winreg _winapi nt
    filelock portalocker shlex""".split()  # noqa: SIM905
)
_OF_MODULE: Final = {
    module: frozenset(names.split())
    for module, names in {
        "os": """pread pwrite preadv pwritev readv writev nice getpriority fork forkpty kill killpg getppid
            getpgid setsid setpgid getuid geteuid getgid getlogin uname name set_blocking mkfifo mknod sync
            fdatasync chmod chown umask rename replace link symlink readlink wait waitpid wait3 wait4
            register_at_fork posix_spawn sysconf statvfs getloadavg sched_getaffinity startfile
            O_CLOEXEC O_NONBLOCK O_BINARY O_NOINHERIT O_DIRECTORY O_NOFOLLOW O_SYNC O_DSYNC""",
        "sys": "platform getwindowsversion",
        "platform": "system uname win32_ver",
        "socket": "SO_LINGER SO_REUSEADDR SO_REUSEPORT SO_EXCLUSIVEADDRUSE AF_UNIX CMSG_LEN TCP_QUICKACK",
        "time": "clock_gettime clock_settime tzset pthread_getcpuclockid CLOCK_MONOTONIC CLOCK_BOOTTIME",
    }.items()
}
_OF_SIGNAL: Final = frozenset({"signal", "getsignal", "SIGINT", "SIG_IGN", "SIG_DFL"})
"""What of `signal` means the same everywhere."""
_OF_ANYTHING: Final = frozenset({"send_signal", "chmod", "symlink_to", "hardlink_to", "add_signal_handler"})
_KEYWORDS: Final = frozenset(
    {"start_new_session", "creationflags", "startupinfo", "preexec_fn", "process_group", "pass_fds", "umask"}
)


def system_words() -> dict[str, set[str]]:
    """Return what each file outside the room says of an operating system: `{"diag/x.py": {"os.nice"}}`."""
    outside = (path for path in python_files() if not path.is_relative_to(ROOM))
    found = {str(path.relative_to(ROOT)): set(_words(path)) for path in outside}
    return {name: words for name, words in found.items() if words}


def _words(path: Path) -> Iterator[str]:
    for name in imports_of(path):
        module, _, rest = name.partition(".")
        if module in _MODULES or rest in _OF_MODULE.get(module, ()):
            yield name
    for attribute in nodes_of(path, ast.Attribute):
        module = attribute.value.id if isinstance(attribute.value, ast.Name) else ""
        if attribute.attr in _OF_MODULE.get(module, ()) or (
            module == "signal" and attribute.attr not in _OF_SIGNAL
        ):
            yield f"{module}.{attribute.attr}"
        elif attribute.attr in _OF_ANYTHING:
            yield f".{attribute.attr}"
    for call in nodes_of(path, ast.Call):
        yield from (f"{given.arg}=" for given in call.keywords if given.arg in _KEYWORDS)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "replace" and len(call.args) == 1:
            yield ".replace(path)"  # of a text it takes two
    if '"/proc' in path.read_text(encoding="utf-8"):
        yield "/proc"
