"""A soak that is killed goes on by the same command: the remaining windows, no row twice, no row lost."""

import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from analysis.coverage.time_coverage import time_coverage
from analysis.format.manifest import Manifest, read_manifest
from analysis.format.run_folder import RunFolder
from analysis.samples.read_samples import read_samples
from diag.sandbox.launch import SandboxProcess
from tests.support.forks import Forked
from tests.support.load_run import at_home, ended_whole, is_whole, rows_in
from tests.support.locust_process import fork_locust
from tests.support.sandbox_control import ask
from tests.support.sandbox_process import start_sandbox
from tests.support.verb_process import fork
from tests.support.waiting import wait_until

pytestmark = pytest.mark.e2e

EVERY_S, WINDOW_S = 1.8, 0.7
LATE_S = 0.9
"""A call may be a little late on a busy machine, and still is no call of another window."""
WORKLOAD = """
[run]
mode = "soak"
rate = 60
[soak]
every = "1.8s"
window = "0.7s"
total = "{total}"
[[action]]
name = "Get Account Balance"
"""


class Soak:
    """One command, started again and again."""

    def __init__(self, folder: Path, sandbox: SandboxProcess) -> None:
        self.folder, self.sandbox = folder, sandbox
        self.process: Forked | None = None
        self.set_total("10m")

    def set_total(self, total: str) -> None:
        (self.folder / "soak.toml").write_text(WORKLOAD.format(total=total))

    @property
    def environment(self) -> dict[str, str]:
        return at_home(self.folder, self.sandbox.environment)

    def start(self, *more: str, workload: bool = True) -> Forked:
        """Run the locustfile, without making a report."""
        what = ("--workload", "soak.toml") if workload else ("--mode", "soak")
        self.process = fork_locust(*what, *more, folder=self.folder, environment=self.environment)
        return self.process

    def measure(self) -> "subprocess.CompletedProcess[str]":
        """Run the verb to its end; the same soak."""
        return fork(("measure", "soak.toml"), self.folder, self.environment, load_too=True)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.communicate()

    @property
    def run(self) -> RunFolder:
        (found,) = (self.folder / "runs").iterdir()  # one folder, however often it was started
        return RunFolder(found)

    def manifest(self) -> Manifest:
        found = read_manifest(self.run)
        assert found is not None
        return found

    def rows(self) -> int:
        return rows_in(self.folder / "runs")


@pytest.fixture
def soak(tmp_path: Path) -> Iterator[Soak]:
    with start_sandbox() as sandbox:
        made = Soak(tmp_path, sandbox)
        yield made
        if made.process is not None:
            made.process.kill()
            made.process.communicate()


def test_a_soak_that_was_killed_twice_goes_on_where_it_was(soak: Soak) -> None:
    soak.start()
    wait_until(lambda: soak.rows() >= 5, "the first window")
    soak.kill()  # within a window
    assert soak.manifest().status == "running"
    first = soak.rows()

    soak.start()
    wait_until(lambda: soak.rows() > first + 5, "rows after it went on")

    def between_windows() -> bool:
        phase = (time.time() - soak.manifest().created_at) % EVERY_S
        return WINDOW_S + 0.4 < phase < EVERY_S - 0.1

    wait_until(between_windows, "a pause between windows")
    soak.kill()
    second = soak.rows()
    assert second > first

    process = soak.start()
    wait_until(lambda: soak.rows() > second + 90, "two windows more")  # 42 calls a window, give or take
    process.send_signal(signal.SIGINT)
    output = "".join(process.communicate(timeout=90))
    assert process.returncode == 130, output
    assert "the soak was interrupted and went on" in output

    process = soak.start("--run-dir", str(soak.run.path), "--action", "Get User Presence", workload=False)
    output = "".join(process.communicate(timeout=90))
    assert (process.returncode, "holds a soak of other actions" in output) == (2, True), output

    soak.set_total("1s")  # over long ago
    done = soak.measure()
    assert ended_whole(done.returncode, soak.manifest()), done.stderr
    assert "Continuing the soak" in done.stdout + done.stderr

    found = soak.manifest()
    assert is_whole(found)
    assert sum("the soak was interrupted and went on" in note for note in found.notes) >= 2
    detail = read_samples([soak.run.path], detail=True).table
    assert found.calls == len(detail) == soak.rows()
    assert detail["correlation_id"].dropna().is_unique
    answered = ask(soak.sandbox.base_url, "truth/calls", limit=50_000)["calls"]
    lost = {call["correlation_id"] for call in answered} - set(detail["correlation_id"])
    assert len(lost) <= 30  # in flight at the two kills: 60 calls/s of about 0.12 s
    since = detail["started_at"] - found.created_at
    assert (since % EVERY_S < WINDOW_S + LATE_S).all()  # the windows are those of the first start
    assert (since // EVERY_S).nunique() >= 4
    assert time_coverage(detail["started_at"].to_numpy()).span_s == pytest.approx(since.max() - since.min())
    assert detail["run_id"].nunique() == 1
