"""`diag scan` and `diag doctor` as processes against the sandbox."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import RunningSandbox

pytestmark = pytest.mark.e2e


def diag(
    box: RunningSandbox, folder: Path, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("GENESYSCLOUD_", "DIAG_"))
    }
    return subprocess.run(
        [sys.executable, "-m", "diag", *arguments],
        env={**clean, **box.environment, "HOME": str(folder), **environment},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_scan_as_json_agrees_with_the_sandboxes_truth(sandbox: RunningSandbox, tmp_path: Path) -> None:
    done = diag(sandbox, tmp_path, "scan", "--format", "json", "--sort", "timeout")
    assert done.returncode == 0, done.stderr
    rows = {row["action_id"]: row for row in json.loads(done.stdout)["actions"]}
    for action_id, true in sandbox.truth()["actions"].items():
        assert rows[action_id]["action_name"] == true["name"]
        if rows[action_id]["configurable"]:
            assert rows[action_id]["timeout_s"] == true["timeout_s"]
    timeouts = [row["timeout_s"] for row in rows.values() if row["timeout_s"] is not None]
    assert timeouts == sorted(timeouts)
    assert any(not row["configurable"] and row["not_configurable_reason"] for row in rows.values())


def test_scan_filters_and_a_wrong_filter_is_a_usage_error(sandbox: RunningSandbox, tmp_path: Path) -> None:
    done = diag(sandbox, tmp_path, "scan", "--where", "timeout<=3 and configurable", "--format", "csv")
    lines = done.stdout.splitlines()
    assert lines[0].startswith("name,timeout_s") and len(lines) > 1
    assert all(int(line.split(",")[1]) <= 3 for line in lines[1:])
    wrong = diag(sandbox, tmp_path, "scan", "--where", "timeuot<=3")
    assert wrong.returncode == 2 and "timeuot" in wrong.stderr and "Fix:" in wrong.stderr
    assert diag(sandbox, tmp_path, "scan", "--sort", "nothing").returncode == 2


def test_doctor_is_content_with_the_sandbox(sandbox: RunningSandbox, tmp_path: Path) -> None:
    done = diag(sandbox, tmp_path, "doctor", "--format", "json")
    assert done.returncode == 0, done.stdout + done.stderr
    body = json.loads(done.stdout)
    names = {check["name"]: check["status"] for check in body["checks"]}
    assert body["ok"] and names["region"] == names["token"] == names["organization"] == "ok"
    assert names["permission integrations:action:edit"] == "ok"
    text = diag(sandbox, tmp_path, "doctor")
    assert text.returncode == 0 and "Ready" in text.stderr and "SANDBOX" in text.stderr


@pytest.mark.parametrize(
    ("environment", "code", "said"),
    [
        ({"GENESYSCLOUD_OAUTHCLIENT_SECRET": "not-it"}, 5, "does not accept the OAuth client"),
        ({"GENESYSCLOUD_API_BASE": "http://127.0.0.1:9"}, 1, "refuses the connection"),
        ({"GENESYSCLOUD_API_BASE": "http://api.example.com"}, 1, "plain http"),
        ({"GENESYSCLOUD_API_BASE": "", "GENESYSCLOUD_REGION": "mars-1"}, 1, "not a Genesys Cloud region"),
        ({"GENESYSCLOUD_OAUTHCLIENT_SECRET": ""}, 5, "GENESYSCLOUD_OAUTHCLIENT_SECRET is missing"),
    ],
)
def test_doctor_says_what_is_wrong_and_each_failed_line_ends_with_the_fix(
    sandbox: RunningSandbox, tmp_path: Path, environment: dict[str, str], code: int, said: str
) -> None:
    done = diag(sandbox, tmp_path, "doctor", **environment)
    assert done.returncode == code, done.stdout + done.stderr
    failed = [line for line in done.stdout.splitlines() if line.startswith("failed")]
    assert failed and said in failed[0]
    assert all(". Fix: " in line for line in failed)
    assert "Traceback" not in done.stderr and "not-it" not in done.stdout + done.stderr
