"""Runs with workers: every row arrives once, a lost worker is said aloud."""

import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from analysis.format.manifest import read_manifest
from analysis.format.run_folder import RunFolder
from analysis.samples.read_samples import read_samples
from diag.measuring.load_process import LoadOptions, run_load
from diag.sandbox.launch import SandboxProcess
from tests.support.forked_children import forked_loads
from tests.support.load_run import at_home, ended_whole, free_port, is_whole
from tests.support.locust_process import HEADLESS, fork_locust
from tests.support.sandbox_process import start_sandbox
from tests.support.waiting import wait_until

pytestmark = pytest.mark.e2e

ACTIONS = ("Get Account Balance", "Search Knowledge Articles")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with start_sandbox() as process:
        yield process


def test_processes_share_the_load_and_every_row_is_there_once(
    tmp_path: Path, sandbox: SandboxProcess
) -> None:
    options = LoadOptions(
        run_dir=tmp_path / "run",
        run_time_s=60,
        rate=50,
        calls_per_action=100,
        actions=ACTIONS,
        processes=2,
        env={**sandbox.environment, "HOME": str(tmp_path)},
    )
    with forked_loads():
        result = run_load(options)
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
    # Bare Locust, as README has it (measure gives each run a port of its own anyway): one run headless, the
    # other from the page of Locust's web UI, whose tab has to show what its workers sent.
    line = ["--processes", "2", "--rate", "20", "--calls-per-action", "60", "--run-time", "60s"]
    line += [word for action in ACTIONS for word in ("--action", action)]
    port = free_port()
    page = ("--web-host", "127.0.0.1", "--web-port", str(port))
    runs = {
        name: fork_locust(
            *(*line, "--run-dir", str(tmp_path / name)),
            folder=tmp_path,
            environment=at_home(tmp_path, sandbox.environment),
            mode=mode,
        )
        for name, mode in (("one", HEADLESS), ("two", page))
    }
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, verify=False, timeout=10) as web:
        wait_until(lambda: started_from(web), "the web UI and its workers")
        wait_until(lambda: sum(int(str(row["calls"])) for row in tab(web)[1][:-1]) >= 40, "calls in the tab")
        assert web.post("/stop", data={"now": "yes"}).status_code == 200
        wait_until(lambda: tab(web)[0] not in ("running", "spawning"), "the page to ask no more")
        *each, whole = tab(web)[1]
    runs["two"].send_signal(signal.SIGINT)
    said = {name: run.communicate(timeout=120)[1] for name, run in runs.items()}

    for name, fewest in (("two", 40), ("one", 2 * 60)):
        found, text = read_manifest(RunFolder(tmp_path / name)), said[name]
        assert found is not None, text
        assert ended_whole(runs[name].wait(), found), text
        assert found.calls is not None and found.calls >= fewest
        assert len(list((tmp_path / name / "segments").glob("*.seg"))) == 2
    recorded = len(read_samples([tmp_path / "two"]).table)
    assert recorded == whole["calls"] == sum(int(str(row["calls"])) for row in each)
    assert {row["inputs"] for row in each} == {"invented"}
    assert "; complete" in str(whole["state"]) or "; invalid" in str(whole["state"])


def started_from(web: httpx.Client) -> bool:
    """Start the run from the page, as soon as there is one and both workers are ready."""
    try:
        if len(web.get("/stats/requests").json().get("workers", ())) < 2:
            return False
        return bool(web.post("/swarm", data={"user_count": "1", "spawn_rate": "1"}).json()["success"])
    except httpx.HTTPError:
        return False


def tab(web: httpx.Client) -> tuple[str, list[dict[str, object]]]:
    """What Locust's page is given: the state, and the rows of the tab "Data actions"."""
    body = web.get("/stats/requests").json()
    return body["state"], body.get("extended_stats", [{"data": []}])[0]["data"]
