"""A sandbox in a process of its own, as `diag.sandbox.launch` starts one, without a start of Python."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from diag.sandbox.launch import SandboxProcess
from diag.sandbox.launch import start_sandbox as start_process
from tests.support.forks import FORKS, nothing

READY = b"sandbox ready "
STOP_LIMIT_S = 5.0


@contextmanager
def start_sandbox(scenario: str = "demo", seed: int = 1) -> Iterator[SandboxProcess]:
    """A sandbox for as long as the block lasts, and no longer than this process.

    Raises SandboxError with the sandbox's own message when it does not start.
    """
    arguments = ("--exit-with-parent", "--port", "0", "--scenario", scenario, "--seed", str(seed))
    stdin, lifeline = os.pipe()
    ready, stdout = os.pipe()
    with contextlib.ExitStack() as stack:
        stack.callback(os.close, lifeline)
        stack.callback(os.close, ready)
        streams = (stdin, stdout, nothing())
        process = FORKS.start(_run, arguments, folder=Path.cwd(), environment=os.environ, streams=streams)
        line = _line(ready)
        if not line.startswith(READY):  # started once more, the long way: that tells why
            with start_process(scenario=scenario, seed=seed) as started:
                yield started
            return
        try:
            yield SandboxProcess(line.removeprefix(READY).decode(), process.pid)
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(STOP_LIMIT_S)
            process.kill()


def _line(fd: int) -> bytes:
    found = b""
    while not found.endswith(b"\n") and (more := os.read(fd, 4096)):
        found += more
    return found.strip()


def _run(arguments: tuple[str, ...]) -> None:
    from diag.sandbox.__main__ import main

    os.setsid()
    sys.argv = ["diag.sandbox", *arguments]
    main()
