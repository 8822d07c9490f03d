"""`diag scan` and `diag doctor` as processes against the sandbox."""

import json
from pathlib import Path
from typing import Any

import pytest

from diag.genesys.client import GenesysClient
from diag.genesys.drafts import draft_fingerprint
from diag.target import sandbox_connection
from tests.support.running_sandbox import RunningSandbox, StartSandbox
from tests.support.verb_process import diag

pytestmark = pytest.mark.e2e


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


def test_doctor_names_the_file_of_facts_and_goes_on_where_it_cannot_be_used(
    sandbox: RunningSandbox, tmp_path: Path
) -> None:
    facts = tmp_path / "platform.toml"
    facts.write_text('format_version = 1\nlearnt_on = "org"\n')
    aside = diag(sandbox, tmp_path, "doctor")
    facts.write_text("format_version = 9\n")
    broken = diag(sandbox, tmp_path, "doctor")

    assert (
        "warning platform facts: platform.toml was learnt on an org, so it is not used here" in aside.stdout
    )
    assert aside.returncode == 0
    assert "failed  platform facts: platform.toml has format_version 9" in broken.stdout
    assert broken.returncode == 1 and "ok      token" in broken.stdout


def test_doctor_finds_and_removes_the_draft_a_killed_probe_left(
    start_sandbox: StartSandbox, tmp_path: Path
) -> None:
    box = start_sandbox()
    action_id = box.action_id("Get Customer by Phone")
    drafts = f"/api/v2/integrations/actions/{action_id}/draft"
    with box.client() as http, GenesysClient(sandbox_connection(box.base_url)) as client:
        http.post(drafts).raise_for_status()
        made = draft_fingerprint(client.read_draft(action_id), "ab")
        note = tmp_path / "runs" / "20260101T000000Z-abc123" / "drafts.json"
        note.parent.mkdir(parents=True)
        entry: dict[str, Any] = {
            "action_id": action_id,
            "action_name": "Get Customer by Phone",
            "state": "open",
        }
        entry |= {"salt": "ab", "fingerprints": [made]}
        note.write_text(json.dumps({"format_version": 1, "api_base": box.base_url, "drafts": [entry]}))
        found = diag(box, tmp_path, "doctor")
        assert found.returncode == 0
        (line,) = [line for line in found.stdout.splitlines() if "left drafts" in line]
        assert line.startswith("warning") and line.endswith("Fix: diag doctor --remove-drafts")
        assert http.get(drafts).status_code == 200  # looking changes nothing
        client.patch_draft_timeout(client.read_draft(action_id), 7)
        kept = diag(box, tmp_path, "doctor", "--remove-drafts", "--yes")
        assert "was left: it is not what diag made" in kept.stdout
        assert http.get(drafts).status_code == 200
        entry["fingerprints"] = [draft_fingerprint(client.read_draft(action_id), "ab")]
        note.write_text(json.dumps({"format_version": 1, "api_base": box.base_url, "drafts": [entry]}))
        removed = diag(box, tmp_path, "doctor", "--remove-drafts", "--yes")
        assert "the draft of Get Customer by Phone was deleted" in removed.stdout
        assert http.get(drafts).status_code == 404
    assert "left drafts: none" in diag(box, tmp_path, "doctor").stdout


def test_scan_and_doctor_without_permissions_or_actions(start_sandbox: StartSandbox, tmp_path: Path) -> None:
    forbidden = start_sandbox("missing-permissions")
    doctor = diag(forbidden, tmp_path, "doctor")
    assert doctor.returncode == 0  # enough to measure; a change would need more
    assert "integrations:action:edit: missing: no timeout can be changed" in doctor.stdout
    flows = diag(forbidden, tmp_path, "scan", "--flows")
    assert flows.returncode == 5 and "architect:flow:view" in flows.stderr
    empty = diag(start_sandbox("empty-org"), tmp_path, "scan")
    assert empty.returncode == 0 and "no data actions" in empty.stderr


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
