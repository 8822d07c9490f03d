"""`diag check`: the exit code and what build servers read."""

import json
from pathlib import Path

import pytest

from diag.cli import run
from diag.exit_codes import ExitCode
from tests.support.terminal_session import QUICK, action_named, samples


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
