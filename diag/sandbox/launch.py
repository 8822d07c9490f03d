"""Starts a sandbox in a process of its own, from any other program."""

import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from analysis.machine.own_python import python_module
from analysis.machine.processes import ask_to_end, start_apart
from diag.sandbox.sandbox_errors import SandboxError

_READY: Final = "sandbox ready "
_START_LIMIT_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class SandboxProcess:
    """A running sandbox."""

    base_url: str
    pid: int

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables that point every verb and the locustfile at it."""
        return {
            "GENESYSCLOUD_API_BASE": self.base_url,
            "GENESYSCLOUD_OAUTHCLIENT_ID": "sandbox",
            "GENESYSCLOUD_OAUTHCLIENT_SECRET": "sandbox",
        }


@contextmanager
def start_sandbox(
    port: int = 0,
    scenario: str = "demo",
    seed: int = 1,
    log_path: Path | None = None,
    state: Path | None = None,
    *,
    as_org: bool = False,
    platform: Path | None = None,
) -> Iterator[SandboxProcess]:
    """A sandbox for as long as the block lasts; it ends with this process, even if this process is killed.

    Port 0 takes a free one. What the sandbox writes to stderr goes to `log_path`; `state` is loaded if
    it exists and kept up to date. `as_org`: it asks to be treated as an org. Ctrl-C does not reach the
    sandbox: it lives until the block ends. Raises SandboxError with its own message when it does not start.
    """
    command = [
        *(*python_module("diag.sandbox"), "--exit-with-parent"),
        *("--port", str(port), "--scenario", scenario, "--seed", str(seed)),
        *(() if state is None else ("--state", str(state))),
        *(("--as-org",) if as_org else ()),
        *(() if platform is None else ("--platform", str(platform))),
    ]
    with ExitStack() as stack:
        # SIM115: closed by the stack, once the process that writes to it has ended.
        log: IO[bytes] = tempfile.TemporaryFile() if log_path is None else log_path.open("w+b")  # noqa: SIM115
        stack.callback(log.close)
        process = start_apart(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)
        stack.callback(_stop, process)
        yield SandboxProcess(_wait_until_ready(process, log), process.pid)


def _wait_until_ready(process: subprocess.Popen[bytes], log: IO[bytes]) -> str:
    assert process.stdout is not None
    watchdog = threading.Timer(_START_LIMIT_S, process.kill)
    watchdog.start()
    try:
        for line in process.stdout:
            text = line.decode().strip()
            if text.startswith(_READY):
                return text.removeprefix(_READY)
    finally:
        watchdog.cancel()
    process.wait()
    log.seek(0)
    stderr = log.read().decode(errors="replace").strip()
    message, _, hint = stderr.removeprefix("Error: ").partition("\n")
    raise SandboxError(
        message or f"the sandbox did not start within {_START_LIMIT_S:g} s", hint=hint.strip() or None
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    ask_to_end(process)
    try:
        process.wait(timeout=5.0)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()
