"""The locustfile as people run it: a real process against a real sandbox."""

import json
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from analysis.samples.read_samples import read_samples
from diag.clocks.target_clock import clock_of
from diag.measuring.load_process import LoadOptions, run_load
from diag.measuring.run_progress import RunProgress
from diag.sandbox.launch import SandboxProcess
from diag.target import Target, sandbox_connection
from tests.support.forked_children import forked_loads
from tests.support.forks import Forked
from tests.support.load_run import at_home, ended_whole, is_whole, manifest_in, rows_in
from tests.support.locust_process import fork_locust, locust_line, run_locust
from tests.support.sandbox_control import ask
from tests.support.sandbox_process import start_sandbox
from tests.support.waiting import wait_until

pytestmark = pytest.mark.e2e

QUICK = ("Get Account Balance", "Search Knowledge Articles")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with start_sandbox() as process:
        yield process


@pytest.fixture
def locust(tmp_path: Path, sandbox: SandboxProcess) -> Iterator[Callable[..., Forked]]:
    started = []

    def start(*arguments: str, actions: Sequence[str] = QUICK, **environment: str) -> Forked:
        process = fork_locust(
            *("--run-dir", str(tmp_path / "run"), *chosen(actions), *arguments),
            folder=tmp_path,
            environment=at_home(tmp_path, {**sandbox.environment, **environment}),
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def chosen(actions: Sequence[str]) -> list[str]:
    return [part for action in actions for part in ("--action", action)]


def wait_for_rows(tmp_path: Path, count: int) -> None:
    wait_until(lambda: rows_in(tmp_path) >= count, f"{count} rows")


def test_a_run_ends_by_itself_with_every_call_recorded(tmp_path: Path, sandbox: SandboxProcess) -> None:
    line = ("--run-dir", "run", "--run-time", "3s", "--rate", "30", *chosen(QUICK))
    done = subprocess.run(
        locust_line(*line, report=True),
        cwd=tmp_path,
        env=at_home(tmp_path, sandbox.environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    found = manifest_in(tmp_path)
    assert ended_whole(done.returncode, found), done.stderr
    assert "SANDBOX" in done.stdout + done.stderr
    samples = read_samples([tmp_path / "run"]).table
    assert is_whole(found)
    assert found.sandbox
    assert found.model == "open"
    assert sorted(fact.action_name or "" for fact in found.actions) == sorted(QUICK)
    assert found.calls == len(samples) == rows_in(tmp_path)
    assert 100 < len(samples) < 280  # 3 s at 2 x 30 calls/s
    assert (samples["outcome"] == "ok").mean() > 0.9
    assert (samples["started_at"] >= samples["scheduled_at"]).all()
    # The last lines are those of `diag measure`: after Locust's own, the verdicts and what to do now.
    assert "Report: run/report.html" in done.stderr
    table, _, sentences = done.stdout.partition("\n\n")
    assert table.split()[:5] == ["action", "now", "recommended", "verdict", "p99"]
    assert all(f"{name}: " in sentences for name in QUICK)
    assert "actions cannot be judged yet" in sentences and "diag measure --action" in sentences
    assert done.stderr.rindex("Response time percentiles") < done.stderr.rindex("Report: ")
    assert "Get Account Balance" in (tmp_path / "run" / "report.html").read_text()
    for path in (tmp_path / "run").rglob("*"):  # neither inputs nor the token, anywhere
        assert path.is_dir() or not any(secret in path.read_bytes() for secret in (b"load-test-", b"Bearer"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_a_whole_folder_and_no_call_is_lost(
    tmp_path: Path, locust: Callable[..., Forked], number: signal.Signals
) -> None:
    process = locust("--rate", "20", "--drain-s", "0.2", actions=["Run Credit Check", "Get Account Balance"])
    wait_for_rows(tmp_path, 20)
    process.send_signal(number)
    output = "".join(process.communicate(timeout=60))

    assert process.returncode == 130, output
    found = manifest_in(tmp_path)
    samples = read_samples([tmp_path / "run"]).table
    assert found.status == "interrupted"
    assert found.calls == len(samples)
    cut = samples[samples["outcome"] == "client_timeout"]
    assert len(cut) > 0  # the slow calls in flight, kept at the time they had taken
    assert (cut["latency_ms"] < 60_000).all()
    assert set(samples["offered_rate"]) == {20.0}  # as offered when they were sent, not at the end: 0


def test_kill_minus_nine_keeps_every_finished_call(tmp_path: Path, locust: Callable[..., Forked]) -> None:
    process = locust("--rate", "50")
    wait_for_rows(tmp_path, 100)
    process.kill()
    process.wait()

    assert manifest_in(tmp_path).status == "running"
    assert len(read_samples([tmp_path / "run"]).table) == rows_in(tmp_path) >= 100


def test_an_org_without_a_workload_is_refused(tmp_path: Path, locust: Callable[..., Forked]) -> None:
    process = locust(
        "--run-time", "2s", GENESYSCLOUD_OAUTHCLIENT_ID="7b3c", GENESYSCLOUD_ACCESS_TOKEN="some-token"
    )
    output = "".join(process.communicate(timeout=60))

    assert process.returncode == 2, output
    assert "diag init" in output
    assert "some-token" not in output
    assert not (tmp_path / "run").exists()


def test_wrong_credentials_end_with_five(tmp_path: Path, locust: Callable[..., Forked]) -> None:
    process = locust("--run-time", "2s", GENESYSCLOUD_OAUTHCLIENT_SECRET="not-the-secret")
    output = "".join(process.communicate(timeout=60))

    assert process.returncode == 5, output
    assert "not-the-secret" not in output
    assert "Traceback" not in output


def test_a_probe_calls_a_draft_and_leaves_none_behind(tmp_path: Path, sandbox: SandboxProcess) -> None:
    seen: list[RunProgress] = []
    options = LoadOptions(
        run_dir=tmp_path / "run",
        run_time_s=3,
        actions=("Create Support Ticket", "Get User Presence"),
        probe=True,
        env={**sandbox.environment, "HOME": str(tmp_path), "DIAG_LOAD_DRAIN_S": "1"},
    )
    with forked_loads():
        result = run_load(options, seen.append)

    assert result.exit_code == 0, result
    assert result.status == "complete"
    samples = read_samples([tmp_path / "run"]).table
    assert set(samples["target"]) == {"draft"}
    assert set(samples["timeout_s"]) == {60}
    assert [one.what for one in manifest_in(tmp_path).left_out] == ["Get User Presence"]
    drafts = json.loads((tmp_path / "run" / "drafts.json").read_text())["drafts"]
    assert [draft["state"] for draft in drafts] == ["deleted"]
    assert seen[-1].calls == len(samples)


def test_an_unknown_action_is_a_usage_error_with_the_nearest_name(
    tmp_path: Path, sandbox: SandboxProcess
) -> None:
    options = LoadOptions(
        run_dir=tmp_path / "run", run_time_s=2, actions=("Get Acount Balance",), env=sandbox.environment
    )
    with forked_loads():
        result = run_load(options)

    assert result.exit_code == 2
    assert result.refusal is not None
    assert "Get Account Balance" in str(result.refusal.hint)


BROKEN = """
from locust import events
from loadtests.action_user import ActionStream
from loadtests.run.locust_events import LocustEvents
from loadtests.steering.session import Session

def boom(self):
    raise AttributeError("boom")

setattr(Session, METHOD, boom)
locust_events = LocustEvents()
locust_events.register(events)

class DataActions(ActionStream):
    locust_events = locust_events
"""


@pytest.mark.parametrize("method", ["finish", "write_second"])
def test_a_mistake_of_ours_ends_the_run_instead_of_hanging(
    tmp_path: Path, sandbox: SandboxProcess, method: str
) -> None:
    file = tmp_path / "broken_actions.py"
    file.write_text(BROKEN.replace("METHOD", repr(method)))
    line = ("--run-time", "2s", "--run-dir", str(tmp_path / "run"), "--action", QUICK[0], "--drain-s", "0")
    environment = at_home(tmp_path, sandbox.environment)
    done = run_locust(*line, folder=tmp_path, environment=environment, files=str(file))

    assert done.returncode == 1, done.stderr
    found = manifest_in(tmp_path)
    assert found.status == "incomplete"
    assert "boom" in str(found.status_reason)
    assert rows_in(tmp_path) > 0


def test_rows_and_manifest_carry_the_time_of_a_sandbox_whose_day_is_time_lapsed(tmp_path: Path) -> None:
    with start_sandbox("day") as lapsed:
        clock = clock_of(Target(sandbox_connection(lapsed.base_url), sandbox=True))
        clock.sleep(7200.0)
        line = ("--run-dir", "run", "--calls-per-action", "3", "--rate", "30", *chosen(["Get Customer"]))
        found = run_locust(*line, folder=tmp_path, environment=at_home(tmp_path, lapsed.environment))
        calls = ask(lapsed.base_url, "truth/calls")["calls"]
    table = read_samples([tmp_path / "run"]).table
    manifest = manifest_in(tmp_path)

    assert found.returncode == 0, found.stderr
    assert list(table["started_at"]) == pytest.approx([call["started_at"] for call in calls], abs=1.0)
    assert list(table["latency_ms"]) == pytest.approx([call["served_ms"] for call in calls], abs=400.0)
    assert manifest.created_at <= table["started_at"].min() and manifest.ended_at is not None
    assert 0.0 < manifest.ended_at - table["started_at"].max() < 60.0
