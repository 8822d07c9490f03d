"""`diag check`: the exit code and what build servers read."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest

from diag.cli import run
from diag.exit_codes import ExitCode
from tests.support.source_files import ROOT
from tests.support.terminal_session import QUICK, action_named, samples
from tests.support.webhook_server import SECRET, webhook_server


@pytest.mark.slow
def test_check_exits_3_and_writes_what_build_servers_read(
    capsys: "pytest.CaptureFixture[str]", session: Path
) -> None:
    facts = session / "actions.json"
    facts.write_text('[{"action_id": "a1", "current_timeout_s": 5, "timeout_is_set": true}]')
    slow, quick = samples(session / "slow.csv", 3000), samples(session / "quick.csv", 1000)
    common = ["--actions", str(facts)]

    assert run(["check", str(slow), *common, "--fail-on", "unset"]) == ExitCode.OK
    capsys.readouterr()
    outside = run(["check", str(quick), *common, "--format", "json", "--junit", "out.xml"])
    body = json.loads(capsys.readouterr().out)
    slower = run(["check", str(slow), *common, "--baseline", str(quick), "--fail-on", "slower"])
    capsys.readouterr()
    faster = run(["check", str(quick), *common, "--baseline", str(slow), "--fail-on", "slower"])
    capsys.readouterr()
    annotated = run(["check", str(quick), *common, "--format", "github"])

    assert (outside, slower, faster, annotated) == (3, 3, 0, 3)
    assert body["failed"] == 1
    assert 'failures="1"' in (session / "out.xml").read_text()
    assert capsys.readouterr().out.startswith("::error title=diag check%3A outside::Get Customer (a1): ")


@pytest.mark.slow
def test_check_live_judges_by_the_timeouts_of_now(
    capsys: "pytest.CaptureFixture[str]", session: Path
) -> None:
    file = samples(session / "quick.csv", 3000, action_named(QUICK))
    arguments = ["check", str(file), "--live", "--only", QUICK, "--format", "json"]

    assert run(["set", QUICK, "--timeout", "9", "--yes", "--no-verify"]) == ExitCode.OK
    capsys.readouterr()
    assert run(arguments) == ExitCode.THRESHOLD
    (outside, unset) = json.loads(capsys.readouterr().out)["findings"]
    assert outside["message"].startswith("the timeout is 9 s, recommended is 5 s")
    assert (unset["rule"], unset["outcome"]) == ("unset", "passed")

    assert run(["set", QUICK, "--timeout", "5", "--yes", "--no-verify"]) == ExitCode.OK
    assert run(arguments) == ExitCode.OK
    capsys.readouterr()
    everything = [*arguments[:3], "--fail-on", "unset", "--format", "json"]
    assert run(everything) == ExitCode.THRESHOLD
    failing = [f for f in json.loads(capsys.readouterr().out)["findings"] if f["outcome"] == "failed"]
    assert {"Get Account Balance", "Run Credit Check"} == {f["action_name"] for f in failing}


@pytest.mark.slow
def test_a_nightly_check_tells_what_changed_and_counts_it_and_a_webhook_that_fails_changes_nothing(
    capsys: "pytest.CaptureFixture[str]", session: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts, file = session / "actions.json", samples(session / "quick.csv", 3000)
    monkeypatch.setenv("CI_JOB_URL", "https://gitlab.example/jobs/7")

    def night(timeout_s: int, *flags: str) -> int:
        stated = {"action_id": "a1", "current_timeout_s": timeout_s, "timeout_is_set": True}
        facts.write_text(json.dumps([stated]))
        return run(["check", str(file), "--actions", str(facts), "--metrics", "diag.prom", *flags])

    with webhook_server() as server:
        monkeypatch.setenv("HOOK", server.address)
        monkeypatch.setenv("DIAG_NOTIFY", "env:HOOK")
        nights = [night(seconds) for seconds in (5, 30, 30, 5, 5)]
        assert run(["check", "--notify", "env:HOOK"]) == ExitCode.USAGE  # there is no run
        quiet = night(30, "--notify", "none")
        server.status = 500
        failing = night(30)
        told = capsys.readouterr()

    assert (nights, quiet, failing) == ([0, 3, 3, 0, 0], 3, 3)
    assert [body["sentences"][0][:45] for body in server.bodies] == [
        "Get Customer: the timeout is 30 s, recommende",
        "Get Customer: its timeout fits now.",
        f"There is no run in {session}/runs yet."[:45],
        "Get Customer: the timeout is 30 s, recommende",
    ]
    assert "runs again" not in str(server.bodies)  # it was another check that failed
    assert server.bodies[0]["title"] == "diag check: 1 of 2 checks failed"
    assert server.bodies[0]["where"].endswith("(https://gitlab.example/jobs/7)")
    assert f"Warning: A message was not delivered: {server.host} answered with HTTP 500." in told.err
    assert (
        'diag_action_timeout_seconds{verb="check",action_id="a1",action_name="Get Customer"} 30'
        in (session / "diag.prom").read_text()
    )
    kept = (session / "runs" / "notified.json").read_text()
    assert SECRET not in told.out + told.err + kept


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--notify", "http://acme.example/secret-part"], "leads to acme.example by plain http"),
        (["--notify", "env:NO_SUCH"], "The variable NO_SUCH, which --notify names, is not set."),
        (["--metrics", "nowhere/diag.prom"], "The metrics cannot be written to nowhere/diag.prom"),
    ],
)
def test_a_flag_that_cannot_be_is_said_before_anything_is_judged(
    capsys: "pytest.CaptureFixture[str]", flags: list[str], said: str
) -> None:
    assert run(["check", "missing.csv", *flags]) == ExitCode.USAGE
    told = capsys.readouterr()
    assert said in told.err and "secret-part" not in told.err


@pytest.mark.slow
def test_an_address_that_was_typed_is_in_no_list_of_processes(session: Path) -> None:
    """While the webhook is told, the process is there to be looked at."""
    line = [sys.executable, "-m", "diag", "check"]  # there is no run, and that is told
    with webhook_server() as server:
        server.hold = threading.Event()
        typed = [*line, "--notify", f"slack={server.address}"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        with subprocess.Popen(typed, env=environment, stderr=subprocess.PIPE) as process:
            assert server.read.wait(150)
            words = psutil.Process(process.pid).cmdline()
            server.hold.set()
            _, said = process.communicate(timeout=60)

    assert process.returncode == ExitCode.USAGE
    assert SECRET in server.paths[0] and "There is no run" in server.bodies[0]["text"]
    assert words[-2:] == ["--notify", "slack=env:DIAG_NOTIFY_TYPED_1"]
    assert SECRET not in " ".join(words) + said.decode()
