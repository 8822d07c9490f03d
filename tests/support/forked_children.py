"""What a forked verb or load starts by `python -m` is forked, too, from a process that has imported it.

`diag.measuring.after_run`, which follows every run (pandas: a second of a core), and the load of a verb.
Everything else is started as ever, and so is whatever `locust_line` and `verb_process.start` start.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self
from unittest import mock

from diag.measuring import after_run
from tests.support.forks import FORKS, LOCUSTS, Forked, Forks


class Child(Forked):
    """A process that was forked, with what `subprocess` expects of one besides."""

    def __init__(self, told: int, line: list[str]) -> None:
        super().__init__(told)
        self.args = line

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.wait()

    def communicate(self, *_: object, **__: object) -> tuple[None, None]:  # type: ignore[override]
        """Wait for its end: it says everything to where it was told."""
        self.wait()
        return None, None


def fork_children(forks: str | None, locusts: str | None) -> None:
    """Fork from now on what this process starts; without the address of a server, it is really started."""
    _forking(forks, locusts).start()


@contextmanager
def forked_loads() -> Iterator[None]:
    """The loads that this process starts are forked, for as long as the block lasts."""
    with _forking(FORKS.address, LOCUSTS.address):
        yield


def _forking(forks: str | None, locusts: str | None) -> "mock._patch[Callable[..., object]]":
    start = subprocess.Popen

    def popen(line: list[str], **how: Any) -> object:
        match [word for word in line if word != "-P"]:
            case [sys.executable, "-m", "diag.measuring.after_run", *arguments] if forks:
                return _fork(_of(FORKS, forks), after_run.main, arguments, line, how)
            case [sys.executable, "-m", "locust", *arguments] if locusts:
                return _fork(_of(LOCUSTS, locusts), be_locust, [tuple(arguments), forks], line, how)
        return start(line, **how)

    return mock.patch.object(subprocess, "Popen", popen)


def be_locust(arguments: tuple[str, ...], forks: str | None, report: bool = False) -> None:
    """Be Locust with these arguments in a process forked for it; `report`: as where a person starts it."""
    from gevent import reinit
    from locust.main import main

    reinit()  # its event loop is a copy of that of the process it was forked from
    fork_children(forks, None)
    ours = [] if report else ["--parent-pid", str(os.getppid())]  # whoever started the load writes the report
    sys.argv = ["locust", *arguments, *ours]
    main()  # type: ignore[no-untyped-call]


def _of(server: Forks, address: str) -> Forks:
    server.share(address)
    return server


def _fork(
    server: Forks, function: Callable[..., None], arguments: list[Any], line: list[str], how: dict[str, Any]
) -> Child:
    stdin, stdout, stderr = (how.get(name) for name in ("stdin", "stdout", "stderr"))
    streams = (_stream(stdin, 0), _stream(stdout, 1), _stream(stderr, 2))
    environment = how.get("env") or os.environ
    told = server.ask(
        _in_session, function, *arguments, folder=Path.cwd(), environment=environment, streams=streams
    )
    return Child(told, line)


def _in_session(function: Callable[..., None], *arguments: object) -> None:
    os.setsid()
    function(*arguments)


def _stream(given: Any, number: int) -> int:
    if given is subprocess.DEVNULL:
        return os.open(os.devnull, os.O_RDWR)
    return os.dup(number if given is None else given.fileno())
