"""A rehearsed org with every unknown turned to its nastier side: learn, measure, observe, set, undo."""

from pathlib import Path

import pytest

from diag.cli import run
from diag.exit_codes import ExitCode
from diag.platform_facts.platform_file import read_platform
from tests.support import sandbox_control
from tests.support.running_sandbox import StartSandbox
from tests.support.walked_org import walking

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


def test_the_hostile_platform(
    start_sandbox: StartSandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    running = start_sandbox("hostile-platform")
    sandbox_control.count_as_org(running.base_url)
    walked = walking(running, tmp_path, monkeypatch)
    before = walked.published()
    slow = "Often too slow"

    assert run(["doctor", "--learn", slow, "--yes"]) == ExitCode.OK
    learnt = read_platform(tmp_path / "platform.toml")
    assert learnt.stale_form is not None and learnt.stale_form.value == "408"
    walked.load("--action", slow, "--time", "4s", "--rate", "4")
    assert run(["observe", "--days", "1", "-o", "production.json"]) == ExitCode.OK
    assert run(["set", "Healthy", "--timeout", "7", "--yes", "--no-verify"]) == ExitCode.OK
    assert run(["undo", "--yes", "--no-verify"]) == ExitCode.OK
    assert walked.published() == before
