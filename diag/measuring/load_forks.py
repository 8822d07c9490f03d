"""Loads that need not start Python: forked, one after the other, from a process that has imported all of it.

For a time-lapsed day only, whose windows come one upon the other (`loadtests/forked_load.py`)."""

import os
import select
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from analysis.machine.own_python import python_module
from analysis.machine.processes import start_apart
from analysis.plain_text import json_text

_MODULE: Final = "loadtests.forked_load"
_KILL: Final = 9
CAN_FORK: Final = hasattr(os, "fork")
"""Windows cannot: each load starts anew there."""


class ForkedLoad:
    """A load that was forked, with what `subprocess.Popen` tells of one."""

    def __init__(self, told: int) -> None:
        """`told`: the pipe that says its process id, then how it ended."""
        self._told = told
        self.returncode: int | None = None
        self.pid = _number(told, None)

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code. Raises subprocess.TimeoutExpired."""
        if self.returncode is None:
            self.returncode = _number(self._told, timeout)
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(_KILL)


class LoadForks:
    """Where loads are forked from; one at a time."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def start(self, arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> ForkedLoad:
        """Run Locust with these arguments; `environment`: what it has beside ours. Raises OSError where the
        process to fork from has ended."""
        assert self._process.stdin is not None and self._process.stdout is not None
        asked = {"arguments": list(arguments), "environment": dict(environment), "log": str(log)}
        self._process.stdin.write(json_text(asked).encode() + b"\n")
        self._process.stdin.flush()
        return ForkedLoad(self._process.stdout.fileno())


@contextmanager
def load_forks() -> Iterator[LoadForks]:
    """A process to fork loads from, for as long as the block lasts; it ends with this one, even if killed."""
    process = start_apart(python_module(_MODULE), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        yield LoadForks(process)
    finally:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.close()
        process.wait()
        process.stdout.close()


def _number(told: int, timeout: float | None) -> int:
    """Read one line. Raises subprocess.TimeoutExpired, OSError where the process that forks has ended."""
    if not select.select([told], [], [], timeout)[0]:
        raise subprocess.TimeoutExpired(_MODULE, timeout or 0.0)
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(told, 1)
        if not byte:
            raise OSError("the process that loads are forked from has ended")
        line += byte
    return int(line)
