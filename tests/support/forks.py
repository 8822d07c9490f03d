"""Processes of tests, forked from one that has imported everything.

Starting Python and importing pandas, scipy and matplotlib takes three seconds of a core, Locust one, the
sandbox half a second, and tests start hundreds. What differs from `python -m ...` is only that.
"""

import atexit
import contextlib
import os
import pickle
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Final

from tests.support.fork_server import NUMBER

ROOT: Final = Path(__file__).resolve().parents[2]


class Forked:
    """A process that was forked, as `subprocess.Popen` has one; `outputs` are ends of pipes to read."""

    def __init__(self, told: int, *outputs: int) -> None:
        self._told, self._outputs = told, outputs
        self.returncode: int | None = None
        self.pid = self._number()

    def poll(self) -> int | None:
        """Return the exit code once it has ended."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code; raises subprocess.TimeoutExpired."""
        if self.returncode is None:
            if not _readable([self._told], timeout):
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0.0)
            self.returncode = self._number()
            os.close(self._told)
        return self.returncode

    def communicate(self, timeout: float = 60.0) -> tuple[str, ...]:
        """Return what was written to each of `outputs`, once nobody holds them open and it has ended."""
        until = time.monotonic() + timeout
        written = dict.fromkeys(self._outputs, b"")
        is_open = list(self._outputs)
        while is_open:
            ready = _readable(is_open, until - time.monotonic())
            if not ready:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout)
            for output in ready:
                more = os.read(output, 1 << 16)
                written[output] += more
                if not more:
                    os.close(output)
                    is_open.remove(output)
        self._outputs = ()
        self.wait(max(0.0, until - time.monotonic()))
        return tuple(text.decode() for text in written.values())

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def _number(self) -> int:
        data = os.read(self._told, NUMBER.size)
        if len(data) < NUMBER.size:
            raise RuntimeError("the process that forks others has ended")
        (number,) = NUMBER.unpack(data)
        return int(number)


def _readable(descriptors: list[int], timeout: float | None) -> list[int]:
    return select.select(descriptors, [], [], None if timeout is None else max(0.0, timeout))[0]


class Forks:
    """Where processes are forked from: a server that starts with the first of them and imports `preload`."""

    def __init__(self, preload: str, environment: Mapping[str, str] | None = None) -> None:
        self._preload, self._environment = preload, environment
        self._address: str | None = None

    @property
    def address(self) -> str:
        """The socket of its server."""
        if self._address is None:
            self._address = _start_server(self._preload, self._environment)
        return self._address

    def share(self, address: str) -> None:
        """Use the server of another process from now on."""
        self._address = address

    def begin(self) -> None:
        """Start its server now, unless it runs: processes forked from this one share it, too."""
        _ = self.address

    def start(
        self,
        function: Callable[..., None],
        *arguments: object,
        folder: Path,
        environment: Mapping[str, str],
        streams: tuple[int, int, int],
        outputs: tuple[int, ...] = (),
    ) -> Forked:
        """Run a function of a module; `streams`, closed here, are its stdin, stdout and stderr."""
        told = self.ask(function, *arguments, folder=folder, environment=environment, streams=streams)
        return Forked(told, *outputs)

    def run(
        self,
        function: Callable[..., None],
        *arguments: object,
        folder: Path,
        environment: Mapping[str, str],
        limit_s: float,
    ) -> subprocess.CompletedProcess[bytes]:
        """Run a function of a module to its end; raises subprocess.TimeoutExpired."""
        with TemporaryFile() as out, TemporaryFile() as err:
            streams = (nothing(), os.dup(out.fileno()), os.dup(err.fileno()))
            process = self.start(
                function, *arguments, folder=folder, environment=environment, streams=streams
            )
            try:
                code = process.wait(limit_s)
            finally:
                process.kill()
            written = [os.pread(file.fileno(), os.fstat(file.fileno()).st_size, 0) for file in (out, err)]
        return subprocess.CompletedProcess([function.__name__, *map(str, arguments)], code, *written)

    def ask(
        self,
        function: Callable[..., None],
        *arguments: object,
        folder: Path,
        environment: Mapping[str, str],
        streams: tuple[int, int, int],
    ) -> int:
        """Do the same; return the pipe that tells its number and how it ended."""
        told, tell = os.pipe()
        with TemporaryFile() as request, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
            pickle.dump((function, arguments, folder, dict(environment)), request)
            request.seek(0)
            server.connect(self.address)
            socket.send_fds(server, [b"."], [request.fileno(), *streams, tell])
        for descriptor in {tell, *streams}:
            os.close(descriptor)
        return told


def nothing() -> int:
    """Return a descriptor from which nothing comes, and where all that is written vanishes."""
    return os.open(os.devnull, os.O_RDWR)


def _start_server(preload: str, environment: Mapping[str, str] | None) -> str:
    folder = TemporaryDirectory(prefix="diag-forks-")
    address = f"{folder.name}/requests"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as requests:
        requests.bind(address)
        server = subprocess.Popen(
            [sys.executable, "-m", "tests.support.fork_server", str(requests.fileno()), preload],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=[requests.fileno()],
        )

    def end() -> None:
        server.kill()
        server.wait()
        folder.cleanup()

    atexit.register(end)
    return address


FORKS: Final = Forks("tests.support.preload")
"""For a verb or the sandbox."""
LOCUSTS: Final = Forks("tests.support.preload_locust")
"""For the load: Locust patches the process that imports it."""
