"""Loads that need not start Python: forked, one after the other, from a process that has imported all of it.

For a time-lapsed day only, whose windows come one upon the other (`loadtests/forked_load.py`)."""

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from analysis.machine.forks import ForkedChild
from analysis.machine.own_python import python_module
from analysis.machine.processes import start_apart
from analysis.plain_text import json_text
from diag.errors import DiagError

_LINE: Final = python_module("loadtests.forked_load")


class ForksGoneError(DiagError):
    """The process to fork loads from has ended, whatever ended it; a load that it had forked ends, too."""

    category = "incomplete"

    def __init__(self) -> None:
        super().__init__(
            f"The process that starts loads has ended ({' '.join(_LINE[-2:])}).",
            hint="Run the command again: it goes on where it stopped.",
        )


class LoadForks:
    """Where loads are forked from; one at a time."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def start(self, arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> ForkedChild:
        """Run Locust with these arguments; `environment`: what it has beside ours. Raises ForksGoneError."""
        assert self._process.stdin is not None and self._process.stdout is not None
        asked = {"arguments": list(arguments), "environment": dict(environment), "log": str(log)}
        try:
            self._process.stdin.write(json_text(asked).encode() + b"\n")
            self._process.stdin.flush()
            return ForkedChild(self._process.stdout.fileno())
        except OSError:
            raise ForksGoneError from None


@contextmanager
def load_forks() -> Iterator[LoadForks]:
    """A process to fork loads from, for as long as the block lasts.

    It ends with this one, even if killed; a load that it has forked then goes on to its own end.
    """
    process = start_apart(_LINE, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        yield LoadForks(process)
    finally:
        assert process.stdin is not None and process.stdout is not None
        with suppress(OSError):  # it has ended, with a line of ours unread
            process.stdin.close()
        process.wait()
        process.stdout.close()
