"""Workers behind a network that fails: rows wait on their disk, arrive once, or can be added later."""

import select
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from analysis.format.manifest import Manifest
from analysis.format.run_folder import RunFolder
from analysis.samples.read_samples import read_samples
from diag.measuring.import_rows import import_rows
from diag.sandbox.launch import SandboxProcess
from tests.support.forks import Forked
from tests.support.load_run import at_home, free_port, manifest_in, rows_in
from tests.support.locust_process import fork_locust
from tests.support.sandbox_control import ask
from tests.support.sandbox_process import start_sandbox
from tests.support.verb_process import fork
from tests.support.waiting import wait_until

pytestmark = pytest.mark.e2e


class Wire:
    """A TCP proxy that can be cut: connections break at once, new ones are refused until it is mended."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._ends: dict[socket.socket, socket.socket] = {}
        self._whole = True
        self._closed = False
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._carry, daemon=True)
        self._thread.start()

    def cut(self) -> None:
        with self._lock:
            self._whole = False
            for end in self._ends:
                end.close()
            self._ends.clear()

    def mend(self) -> None:
        with self._lock:
            self._whole = True

    def close(self) -> None:
        self._closed = True
        self._thread.join()
        self.cut()
        self._listener.close()

    def _carry(self) -> None:
        while not self._closed:
            with self._lock:
                readable, _, _ = select.select([self._listener, *self._ends], [], [], 0.02)
                for end in readable:
                    if end is self._listener:
                        self._accept()
                    elif end in self._ends:
                        self._pass_on(end)
            time.sleep(0.005)

    def _accept(self) -> None:
        near, _ = self._listener.accept()
        if not self._whole:
            near.close()
            return
        try:
            far = socket.create_connection(("127.0.0.1", self._target))
        except OSError:
            near.close()
            return
        self._ends |= {near: far, far: near}

    def _pass_on(self, end: socket.socket) -> None:
        other = self._ends[end]
        try:
            data = end.recv(1 << 16)
            other.sendall(data)
        except OSError:
            data = b""
        if not data:
            for one in (end, other):
                self._ends.pop(one, None)
                one.close()


class Hosts:
    """A master and two workers, each worker with a disk of its own and a wire of its own to the master."""

    def __init__(self, folder: Path, sandbox: SandboxProcess, *arguments: str, deliver_s: int) -> None:
        self.folder, self.sandbox = folder, sandbox
        port = free_port()
        self.master = self._start(
            "master",
            *("--master", "--master-bind-host", "127.0.0.1", "--master-bind-port", str(port)),
            *("--expect-workers", "2", "--run-dir", str(folder / "run"), "--drain-s", "1"),
            *("--action", "Get Account Balance", "--rate", "50", *arguments),
        )
        self.wires = [Wire(port), Wire(port)]
        self.spools = [folder / "spool-0", folder / "spool-1"]
        self.workers = []
        for number, (wire, spool) in enumerate(zip(self.wires, self.spools, strict=True)):
            spool.mkdir()
            options = ("--master-port", wire.port, "--spool", spool, "--deliver-within", deliver_s)
            self.workers.append(self._start(f"worker-{number}", "--worker", *map(str, options)))

    def _start(self, name: str, *arguments: str) -> Forked:
        environment = at_home(self.folder, self.sandbox.environment)
        log = self.folder / f"{name}.log"
        return fork_locust(*arguments, folder=self.folder, environment=environment, log=log)

    def log(self, name: str = "master") -> str:
        return (self.folder / f"{name}.log").read_text()

    def arrived(self) -> int:
        return rows_in(self.folder / "run")

    def kept(self, number: int) -> int:
        return rows_in(self.spools[number])

    def calls(self) -> set[str]:
        """The correlation ids of the calls that the sandbox answered."""
        found = ask(self.sandbox.base_url, "truth/calls", limit=50_000)["calls"]
        return {call["correlation_id"] for call in found if call["outcome"] == "ok"}

    def manifest(self) -> Manifest:
        return manifest_in(self.folder)

    def close(self) -> None:
        for process in (self.master, *self.workers):
            process.kill()
            process.wait()
        for wire in self.wires:
            wire.close()


@pytest.fixture
def hosts(tmp_path: Path) -> Iterator[Callable[..., Hosts]]:
    made: list[Hosts] = []
    with start_sandbox() as sandbox:

        def make(*arguments: str, deliver_s: int = 60) -> Hosts:
            made.append(Hosts(tmp_path, sandbox, *arguments, deliver_s=deliver_s))
            return made[-1]

        yield make
        for one in made:
            one.close()


def test_a_network_that_is_down_for_a_while_delays_rows_and_loses_none(hosts: Callable[..., Hosts]) -> None:
    made = hosts()
    wait_until(lambda: made.arrived() > 40, "the first rows")

    for wire in made.wires:  # all workers at once, and for longer than Locust has patience
        wire.cut()
    kept = [made.kept(0), made.kept(1)]
    wait_until(lambda: made.log().count("has been silent for 5 s") == 2, "the silence to be noticed")
    assert all(made.kept(one) > kept[one] + 30 for one in (0, 1))  # they went on
    # Not before: what had passed the wire when it was cut, a busy master writes down a moment later.
    arrived, kept = made.arrived(), [made.kept(0), made.kept(1)]
    wait_until(lambda: all(made.kept(one) > kept[one] + 30 for one in (0, 1)), "calls while alone")
    assert made.arrived() == arrived
    waiting = made.kept(0) + made.kept(1)
    for wire in made.wires:
        wire.mend()
    wait_until(lambda: made.arrived() >= waiting, "the rows that waited")
    wait_until(lambda: made.log().count("is back") == 2, "the workers to be back")
    made.master.send_signal(signal.SIGINT)
    assert made.master.wait(timeout=90) == 130, made.log()

    assert made.manifest().status == "interrupted"  # and not incomplete: every worker's count was met
    detail = read_samples([made.folder / "run"], detail=True).table
    answered = detail.loc[detail["outcome"] == "ok", "correlation_id"]
    assert made.manifest().calls == len(detail) == made.arrived()
    assert answered.is_unique
    assert set(answered) >= made.calls()
    wait_until(lambda: all(worker.poll() is not None for worker in made.workers), "the workers to end")
    assert [worker.returncode for worker in made.workers] == [0, 0]
    assert not any(list(spool.iterdir()) for spool in made.spools)


def test_lost_workers_are_named_and_their_rows_can_be_brought_in(hosts: Callable[..., Hosts]) -> None:
    made = hosts("--lost-after", "3")
    wait_until(lambda: made.arrived() > 40, "the first rows")
    made.wires[0].cut()  # one is lost, and comes back
    wait_until(lambda: "is lost; the others go on" in made.log(), "the lost worker to be noticed")
    arrived, alone = made.arrived(), made.kept(0)
    wait_until(lambda: made.arrived() > arrived + 30, "rows of the other worker")
    wait_until(lambda: made.kept(0) > alone + 30, "calls of the worker that is alone")
    made.wires[0].mend()
    wait_until(lambda: "is back" in made.log(), "the worker to come back")

    for wire in made.wires:
        wire.cut()
    kept_by = [made.kept(0), made.kept(1)]
    wait_until(lambda: all(made.kept(one) > kept_by[one] + 30 for one in (0, 1)), "calls while alone")
    for worker in made.workers:
        worker.kill()
        worker.wait()

    assert made.master.wait(timeout=90) == 8, made.log()
    arrived = made.arrived()  # not before the master has ended: see above
    found = made.manifest()
    assert found.status == "incomplete"
    assert str(found.status_reason).count("was lost: its first") == 2
    assert found.calls == arrived
    kept = [next(spool.iterdir()) for spool in made.spools]
    for folder in kept:
        assert str(folder) in str(found.status_reason)  # where the others lie

    add = [part for folder in kept for part in ("--add-rows", str(folder))]
    line = ("report", "run", "--format", "text", *add)
    brought = fork(line, made.folder, at_home(made.folder, {}))
    assert brought.returncode == 0, brought.stderr
    assert brought.stderr.count("rows added") == 2
    assert made.arrived() == made.kept(0) + made.kept(1) > arrived + 40
    detail = read_samples([made.folder / "run"], detail=True).table
    assert len(detail) == made.manifest().calls == made.arrived()
    answered = detail.loc[detail["outcome"] == "ok", "correlation_id"]
    assert answered.is_unique
    assert len(made.calls() - set(answered)) <= 20  # in flight at the kills: 50 calls/s of about 0.12 s


def test_workers_whose_master_is_gone_keep_their_rows_and_say_where(hosts: Callable[..., Hosts]) -> None:
    made = hosts(deliver_s=1)
    wait_until(lambda: made.arrived() > 40, "the first rows")
    made.master.kill()
    made.master.wait()
    arrived = made.arrived()
    wait_until(
        lambda: all(made.kept(one) > arrived / 2 + 30 for one in (0, 1)),
        "calls while alone",
    )
    for worker in made.workers:
        worker.send_signal(signal.SIGTERM)

    for number, worker in enumerate(made.workers):
        assert worker.wait(timeout=90) == 8, made.log(f"worker-{number}")
        assert str(made.spools[number]) in made.log(f"worker-{number}")
        assert "diag report RUN --add-rows" in made.log(f"worker-{number}")
    assert made.manifest().status == "running"

    for spool in made.spools:
        import_rows(RunFolder(made.folder / "run"), next(spool.iterdir()))
    detail = read_samples([made.folder / "run"], detail=True).table
    answered = detail.loc[detail["outcome"] == "ok", "correlation_id"]
    assert len(detail) == made.kept(0) + made.kept(1)
    assert answered.is_unique
    assert set(answered) >= made.calls()
