"""What the room of the operating system does on Windows, as far as it is played: `proofs.run(FOLDER)`.

This file is played to like the project's code, so `os`, `signal` and their like are those of Windows here.
"""

import io
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from analysis.format.atomic_write import write_whole
from analysis.format.input_file import NotRegularError, open_own, open_regular
from analysis.machine.command_words import joined
from analysis.machine.files import others_may_read, put_in_place, sync_folder
from analysis.machine.locks import hold_file, holding_byte, try_to_hold_file
from analysis.machine.own_process import clock_that_goes_on, peak_memory_mb, waited_for_a_core_s, wake_on_time
from analysis.machine.ports import claim, is_taken
from analysis.machine.processes import (
    ask_to_end,
    how_ended,
    interrupt,
    is_running,
    start_apart,
    starter_is_gone,
    step_back,
)
from analysis.machine.streams import reader_is_gone, write_every_character
from diag.measuring.run_lock import is_locked, take_lock

_BYTE = (1 << 47) + 11


def run(folder: str) -> None:
    """Prove everything, each in a folder of its own; the first that fails ends the process."""
    for proof in (the_pretence_refuses, files, a_reader, locks, bytes_held, processes, ports, streams):
        place = Path(folder, proof.__name__)
        place.mkdir()
        proof(place)
        print("proven:", proof.__name__)


def the_pretence_refuses(folder: Path) -> None:
    """What POSIX does and Windows does not, is not done here."""
    assert (sys.platform, os.name) == ("win32", "nt")
    for module in ("fcntl", "resource", "termios", "pwd", "uvloop", "httptools"):
        assert _raises(ImportError, partial(__import__, module)), module
    missing: tuple[tuple[Any, str], ...] = (
        (os, "pread"), (os, "O_CLOEXEC"), (os, "O_NONBLOCK"), (os, "nice"), (os, "fork"),
        (os, "set_blocking"), (signal, "SIGKILL"), (signal, "pthread_sigmask"), (socket, "AF_UNIX"),
        (time, "clock_gettime"),
    )  # fmt: skip
    assert [name for module, name in missing if hasattr(module, name)] == []
    text = os.open(folder / "text", os.O_WRONLY | os.O_CREAT)
    os.write(text, b"a\n")
    os.close(text)
    assert (folder / "text").read_bytes() == b"a\r\n", "text mode"
    assert _raises(PermissionError, lambda: os.open(folder, os.O_RDONLY))
    with (folder / "text").open("rb") as held:
        assert _raises(PermissionError, lambda: os.replace(folder / "text", folder / "other"))
        assert _raises(PermissionError, lambda: (folder / "text").unlink())
        assert _raises(OSError, lambda: os.fsync(held.fileno()))
    assert _raises(ValueError, lambda: subprocess.Popen([sys.executable], start_new_session=True))
    assert _raises(OSError, lambda: subprocess.Popen([sys.executable], env={}))


def files(folder: Path) -> None:
    """Bytes stay as they are, line ends too, and a folder is called one."""
    rows = folder / "rows"
    descriptor = open_own(rows, os.O_WRONLY | os.O_APPEND)
    assert os.write(descriptor, b"\n\x1a\r\n") == 4
    os.close(descriptor)
    with open_regular(rows) as file:
        assert file.read() == b"\n\x1a\r\n"
    write_whole(folder / "text", "one\ntwo\n")
    assert (folder / "text").read_bytes() == b"one\ntwo\n"
    for opened in (lambda: open_regular(folder), lambda: open_own(folder, os.O_RDWR)):
        assert str(_raises(NotRegularError, opened)).startswith("[Errno 0] is a directory")
    sync_folder(folder)
    assert not others_may_read(rows)


def a_reader(folder: Path) -> None:
    """A file that somebody reads is replaced once it is closed, and an error names it if it is not."""
    path = folder / "text"
    write_whole(path, "old")
    held = path.open("rb")
    threading.Timer(0.1, held.close).start()
    write_whole(path, "new")
    assert held.closed
    with path.open("rb") as reader:
        error = _raises(OSError, lambda: write_whole(path, "never"))
        assert isinstance(error, OSError) and error.filename == str(path)
        assert reader.read() == b"new"
    assert [each.name for each in folder.iterdir()] == ["text"], "nothing is left beside it"
    put_in_place(path, folder / "moved")


def locks(folder: Path) -> None:
    """A run folder is held by one process, and let go however that ends."""
    held = take_lock(folder)
    assert held is not None
    assert take_lock(folder) is None and is_locked(folder)
    os.close(held)
    assert not is_locked(folder)
    other = _child("from diag.measuring.run_lock import take_lock; take_lock(Path(sys.argv[1]))", folder)
    assert is_locked(folder)
    other.kill()
    other.wait()
    assert not is_locked(folder)


def bytes_held(folder: Path) -> None:
    """Bytes far away are held side by side, the same one after the other; what is held can be read."""
    path = folder / "file"
    first, second = (open_own(path, os.O_RDWR) for _ in range(2))
    hold_file(first)
    assert not try_to_hold_file(second)
    assert path.read_bytes() == b""
    seen: list[str] = []

    def wait_for_it() -> None:
        with holding_byte(second, _BYTE):
            seen.append("mine")

    with holding_byte(first, _BYTE), holding_byte(second, _BYTE + 1):
        waiting = threading.Thread(target=wait_for_it)
        waiting.start()
        waiting.join(0.1)
        assert not seen
    waiting.join(10.0)
    assert seen == ["mine"]


def processes(folder: Path) -> None:
    """A process is interrupted by Ctrl-Break, ended by force, and knows when its starter is gone."""
    patient = "import signal; signal.signal(signal.SIGBREAK, lambda *_: sys.exit(7))"
    taken = _child(patient, folder, apart=True)
    interrupt(taken)
    assert (taken.wait(), how_ended(7)) == (7, None)
    asked = _child("pass", folder, apart=True)
    ask_to_end(asked)
    assert how_ended(asked.wait()) == "Windows (0xC000013A)"
    unreachable = _child("pass", folder)
    interrupt(unreachable)
    assert unreachable.wait() == 1, "where Ctrl-Break cannot be sent, by force"
    assert not is_running(unreachable.pid) and is_running(os.getpid())

    real_parent = psutil.Process().ppid()
    assert os.getppid() != real_parent, "a launcher lies between"
    assert not starter_is_gone(real_parent)
    assert starter_is_gone(unreachable.pid)
    younger = _child("pass", folder)
    assert starter_is_gone(younger.pid), "its number was given to a process that began later"
    younger.kill()
    younger.wait()
    step_back(5)
    assert peak_memory_mb() > 10.0
    assert waited_for_a_core_s() is None
    assert clock_that_goes_on() is time.perf_counter
    with warnings.catch_warnings(record=True) as said:
        wake_on_time()
        warnings.warn("libuv only supports millisecond timer resolution; ...", stacklevel=1)
    assert not said


def ports(folder: Path) -> None:
    """A port that is taken is not taken away."""
    with socket.socket() as first, socket.socket() as second:
        for one in (first, second):
            claim(one)
        first.bind(("127.0.0.1", 0))
        first.listen()
        error = _raises(OSError, lambda: second.bind(first.getsockname()))
    assert isinstance(error, OSError) and is_taken(error)
    assert is_taken(PermissionError(13, "an attempt was made to access a socket in a forbidden way"))


def streams(folder: Path) -> None:
    """Redirected output is UTF-8 with plain line ends."""
    raw = io.BytesIO()
    redirected = io.TextIOWrapper(raw, encoding="cp1252", newline="\r\n")
    before, sys.stdout = sys.stdout, redirected
    write_every_character()
    print("zażółć ≥ 订单")
    sys.stdout.flush()
    sys.stdout = before
    assert raw.getvalue() == "zażółć ≥ 订单\n".encode()
    broken = OSError(22, "Invalid argument")
    assert not reader_is_gone(broken), "of something else"
    sys.stdout = _NobodyReads(raw, encoding="utf-8")
    assert reader_is_gone(broken) and not reader_is_gone(OSError(22, "so", "file"))
    sys.stdout = before
    assert joined(("diag", "set", "Get it", "it's 5 $")) == "diag set \"Get it\" 'it''s 5 $'"


class _NobodyReads(io.TextIOWrapper):
    def flush(self) -> None:
        raise OSError(22, "Invalid argument")


def _raises(kind: type[Exception], attempt: Callable[[], object]) -> Exception | None:
    try:
        made = attempt()
    except kind as error:
        return error
    if isinstance(made, AbstractContextManager):
        made.__exit__(None, None, None)
    return None


def _child(source: str, folder: Path, *, apart: bool = False) -> "subprocess.Popen[bytes]":
    """Start a process that does as `source` says, tells us, and waits for ever."""
    wait = "print('ready', flush=True); threading.Event().wait()"
    text = f"import sys, threading; from pathlib import Path; {{}}; {wait}".format(
        source.replace("SIGBREAK", "SIGUSR1")
    )
    command = [sys.executable, "-c", text, str(folder)]
    if apart:
        child = start_apart(command, stdout=subprocess.PIPE)
    else:
        child = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    return child
