"""Runs with workers: every row arrives once, a lost worker is said aloud."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from analysis.format.run_folder import RunFolder, read_manifest
from analysis.samples.read_samples import read_samples
from diag.measuring.load_process import LoadOptions, run_load
from diag.sandbox.launch import SandboxProcess
from tests.support.load_run import at_home, ended_whole, is_whole, locust_line
from tests.support.sandbox_process import start_sandbox

pytestmark = pytest.mark.e2e

ACTIONS = ("Get Account Balance", "Search Knowledge Articles")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with start_sandbox() as process:
        yield process


def test_processes_share_the_load_and_every_row_is_there_once(
    tmp_path: Path, sandbox: SandboxProcess
) -> None:
    result = run_load(
        LoadOptions(
            run_dir=tmp_path / "run",
            run_time_s=60,
            rate=50,
            calls_per_action=100,
            actions=ACTIONS,
            processes=2,
            env={**sandbox.environment, "HOME": str(tmp_path)},
        )
    )
    found = read_manifest(result.folder)
    table = read_samples([tmp_path / "run"]).table

    assert found is not None
    assert is_whole(found), result
    assert result.status == found.status
    assert found.calls == len(table)
    assert len(table) < 400  # 2 x 100 calls in all, not per worker
    each = table.groupby(["worker_id", "action_id"], observed=True).size()
    assert len(each) == 4
    assert each.min() >= 50
    assert set(table["offered_rate"]) == {50.0}  # of both workers together
    assert not list((tmp_path / "run").glob(".here-*"))


def test_two_runs_that_fork_their_workers_do_not_share_them(tmp_path: Path, sandbox: SandboxProcess) -> None:
    # Bare Locust, as README has it: measure gives each run a port of its own anyway.
    line = locust_line("--processes", "2", "--rate", "20", "--calls-per-action", "60", "--run-time", "60s")
    line += [word for action in ACTIONS for word in ("--action", action)]
    environment = at_home(tmp_path, sandbox.environment)
    runs = [
        subprocess.Popen(
            [*line, "--run-dir", str(tmp_path / name)],
            env=environment,
            cwd=tmp_path,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "two")
    ]
    said = [run.communicate(timeout=120)[1] for run in runs]

    for name, run, text in zip(("one", "two"), runs, said, strict=True):
        found = read_manifest(RunFolder(tmp_path / name))
        assert found is not None, text
        assert ended_whole(run.returncode, found), text
        assert found.calls is not None and found.calls >= 2 * 60
        assert len(list((tmp_path / name / "segments").glob("*.seg"))) == 2
