"""Runs with workers: every row arrives once, a lost worker is said aloud."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from analysis.reading import read_samples
from analysis.record import RECORD_SIZE
from analysis.run_folder import Manifest, RunFolder, read_manifest
from diag.measuring.load import LoadOptions, run_load
from diag.sandbox.server import SandboxProcess, start_sandbox

pytestmark = pytest.mark.e2e

LOCUSTFILE = Path(__file__).resolve().parents[2] / "loadtests" / "actions.py"
ACTIONS = ("Get Account Balance", "Search Knowledge Articles")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with start_sandbox() as process:
        yield process


class Cluster:
    """A master and two workers that share no disk (each has a spool of its own)."""

    def __init__(self, folder: Path, sandbox: SandboxProcess, *master_arguments: str) -> None:
        self.folder = folder
        self.spools = [folder / f"spool-{number}" for number in (1, 2)]
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = str(probe.getsockname()[1])
        environment = {**os.environ, "HOME": str(folder), **sandbox.environment}
        base = [sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), "--headless", "--only-summary"]

        def start(*arguments: str) -> subprocess.Popen[str]:
            return subprocess.Popen(
                [*base, *arguments],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )

        actions = [part for name in ACTIONS for part in ("--action", name)]
        self.master = start(
            *("--master", "--master-bind-host", "127.0.0.1", "--master-bind-port", port),
            *("--expect-workers", "2", "--run-dir", str(folder / "run"), "--drain-s", "1"),
            *(*actions, *master_arguments),
        )
        self.workers = []
        for spool in self.spools:
            spool.mkdir()
            self.workers.append(start("--worker", "--master-port", port, "--spool", str(spool)))

    def manifest(self) -> Manifest:
        found = read_manifest(RunFolder(self.folder / "run"))
        assert found is not None
        return found

    def rows(self, where: str = "run") -> int:
        return sum(path.stat().st_size // RECORD_SIZE for path in (self.folder / where).rglob("*.seg"))

    def wait(self, condition: Callable[[], bool], limit_s: float = 60.0) -> None:
        end = time.monotonic() + limit_s
        while not condition():
            assert time.monotonic() < end, "waited too long"
            time.sleep(0.05)

    def end(self) -> str:
        output, _ = self.master.communicate(timeout=100)
        return output

    def kill(self) -> None:
        for process in (self.master, *self.workers):
            process.kill()
            process.communicate()


@pytest.fixture
def cluster(tmp_path: Path, sandbox: SandboxProcess) -> Iterator[Callable[..., Cluster]]:
    made = []

    def make(*arguments: str) -> Cluster:
        made.append(Cluster(tmp_path, sandbox, *arguments))
        return made[-1]

    yield make
    for one in made:
        one.kill()


def test_processes_share_the_load_and_every_row_is_there_once(
    tmp_path: Path, sandbox: SandboxProcess
) -> None:
    result = run_load(
        LoadOptions(
            run_dir=tmp_path / "run",
            run_time_s=3,
            rate=30,
            actions=ACTIONS,
            processes=2,
            env={**sandbox.environment, "HOME": str(tmp_path)},
        )
    )
    found = read_manifest(result.folder)
    table = read_samples([tmp_path / "run"]).table

    assert (result.exit_code, result.status) == (0, "complete"), result
    assert found is not None
    assert found.calls == len(table)
    assert 80 < len(table) < 300  # about 3 s at 2 x 30 calls/s in all, not per worker
    assert table["worker_id"].nunique() == 2
    assert table.groupby("worker_id", observed=True).size().min() > 20
    assert set(table["offered_rate"]) == {30.0}  # of both workers together
    assert not list((tmp_path / "run").glob(".here-*"))


def test_a_master_that_cannot_be_reached_for_a_while_gets_everything_later(
    cluster: Callable[..., Cluster],
) -> None:
    made = cluster("--run-time", "8s")
    made.wait(lambda: made.rows() > 20)
    made.master.send_signal(signal.SIGSTOP)
    time.sleep(4)
    behind = made.rows()
    made.wait(lambda: made.rows("spool-1") + made.rows("spool-2") > behind + 50)
    made.master.send_signal(signal.SIGCONT)
    output = made.end()

    assert made.master.returncode == 0, output
    assert made.manifest().status == "complete"
    table = read_samples([made.folder / "run"]).table
    assert made.manifest().calls == len(table) == made.rows()
    assert not any(list(spool.iterdir()) for spool in made.spools)  # all delivered, nothing kept


def test_a_lost_worker_makes_the_run_incomplete_and_the_rest_still_counts(
    cluster: Callable[..., Cluster],
) -> None:
    made = cluster("--run-time", "9s")
    made.wait(lambda: made.rows() > 60)
    lost, kept = made.workers
    lost.kill()
    output = made.end()

    assert made.master.returncode == 8, output
    found = made.manifest()
    assert found.status == "incomplete"
    assert "was lost" in str(found.status_reason)
    assert kept.wait(timeout=30) == 0
    left_behind = made.rows("spool-1")
    arrived = {path.stem: path.stat().st_size // RECORD_SIZE for path in (made.folder / "run").rglob("*.seg")}
    assert len(arrived) == 2
    assert left_behind - min(arrived.values()) < 2 * 2 * 20  # at most what came within the last seconds
    assert len(read_samples([made.folder / "run"]).table) == sum(arrived.values())
