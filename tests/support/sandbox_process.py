"""A sandbox in a process of its own, as `diag.sandbox.launch` starts one, without a start of Python."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

from diag.sandbox.launch import SandboxProcess
from diag.sandbox.launch import start_sandbox as start_process
from tests.support.forks import FORKS

READY = b"sandbox ready "
STOP_LIMIT_S = 5.0


@contextmanager
def start_sandbox(scenario: str = "demo", seed: int = 1) -> Iterator[SandboxProcess]:
    """A sandbox for as long as the block lasts, and no longer than this process.

    Raises SandboxError with the sandbox's own message when it does not start.
    """
    arguments = ("--exit-with-parent", "--port", "0", "--scenario", scenario, "--seed", str(seed))
    lifeline, held = FORKS.Pipe(duplex=False)
    ready, announced = FORKS.Pipe(duplex=False)
    process = FORKS.Process(target=_run, args=(arguments, lifeline, announced), daemon=True)
    with held, ready:
        process.start()
        lifeline.close()
        announced.close()
        line = _line(ready.fileno())
        if not line.startswith(READY):  # started once more, the long way: that tells why
            with start_process(scenario=scenario, seed=seed) as started:
                yield started
            return
        assert process.pid is not None
        try:
            yield SandboxProcess(line.removeprefix(READY).decode(), process.pid)
        finally:
            process.terminate()
            process.join(STOP_LIMIT_S)
            process.kill()
            process.join()


def _line(fd: int) -> bytes:
    found = b""
    while not found.endswith(b"\n") and (more := os.read(fd, 4096)):
        found += more
    return found.strip()


def _run(arguments: tuple[str, ...], lifeline: Connection, announced: Connection) -> None:
    """Become the sandbox: its session, its streams."""
    from diag.sandbox.__main__ import main

    os.setsid()
    for fd, connection in ((0, lifeline), (1, announced)):
        os.dup2(connection.fileno(), fd)
        connection.close()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    sys.stdin, sys.stdout = os.fdopen(0, closefd=False), os.fdopen(1, "w", closefd=False)
    sys.argv = ["diag.sandbox", *arguments]
    main()
