"""`diag export` and `diag register` against the sandbox: there and back again."""

import json
from pathlib import Path

import pytest

from tests.support.running_sandbox import RunningSandbox, StartSandbox
from tests.support.verb_process import diag

pytestmark = pytest.mark.e2e


def test_an_exported_action_is_registered_under_another_name(
    start_sandbox: StartSandbox, tmp_path: Path
) -> None:
    box = start_sandbox()
    exported = diag(box, tmp_path, "export", "Create Support Ticket", "-o", "ticket.json")
    assert exported.returncode == 0, exported.stderr
    body = json.loads((tmp_path / "ticket.json").read_text())
    assert (
        body["contract"]["input"]["inputSchema"]["properties"]["subject"]
        and body["config"]["timeoutSeconds"] == 5
    )

    for how in ("--dry-run", "--yes"):
        taken = diag(box, tmp_path, "register", "ticket.json", "--integration", "CRM", how)
        assert taken.returncode == 2 and "already" in taken.stderr
    body["name"] = "Create Ticket Copy"
    (tmp_path / "ticket.json").write_text(json.dumps(body))
    unsure = diag(box, tmp_path, "register", "ticket.json", "--yes")
    assert unsure.returncode == 2 and "--integration" in unsure.stderr
    policy = diag(
        box, tmp_path, "register", "ticket.json", "--integration", "CRM", DIAG_NAME_PREFIX="custom_"
    )
    assert policy.returncode == 2 and "does not begin with 'custom_'" in policy.stderr
    (tmp_path / "diag.toml").write_text('name_prefix = "acme_"\n')
    by_file = diag(box, tmp_path, "register", "ticket.json", "--integration", "CRM")
    assert by_file.returncode == 2 and "does not begin with 'acme_'" in by_file.stderr
    (tmp_path / "diag.toml").unlink()
    dry = diag(box, tmp_path, "register", "ticket.json", "--integration", "CRM", "--dry-run")
    assert dry.returncode == 0 and json.loads(dry.stdout)["name"] == "Create Ticket Copy"
    unapproved = diag(box, tmp_path, "register", "ticket.json", "--integration", "CRM")
    assert unapproved.returncode == 2 and "--yes" in unapproved.stderr

    done = diag(box, tmp_path, "register", "ticket.json", "--integration", "CRM", "--timeout", "7", "--yes")
    assert done.returncode == 0, done.stderr
    again = diag(box, tmp_path, "export", done.stdout.strip())
    body["config"]["timeoutSeconds"] = 7
    assert json.loads(again.stdout) == body
    history = diag(box, tmp_path, "history")
    assert history.returncode == 0 and "Create Ticket Copy" in history.stdout


def test_a_draft_from_toml(start_sandbox: StartSandbox, tmp_path: Path) -> None:
    box = start_sandbox()
    (tmp_path / "a.toml").write_text(
        'name = "From TOML"\nintegration = "Billing"\n'
        '[config.request]\nrequestUrlTemplate = "https://x/${input.id}"\nrequestType = "GET"\n'
        '[contract.input.inputSchema]\ntype = "object"\nproperties.id.type = "string"\n'
        '[contract.output.successSchema]\ntype = "object"\n'
    )
    done = diag(box, tmp_path, "register", "a.toml", "--draft", "--yes")
    assert done.returncode == 0, done.stderr
    with box.client() as http:
        draft = http.get(
            f"/api/v2/integrations/actions/{done.stdout.strip()}/draft?includeConfig=true"
        ).json()
    assert draft["name"] == "From TOML" and draft["config"]["timeoutSeconds"] == 30


def test_bad_files_are_usage_errors_with_every_fault(sandbox: RunningSandbox, tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text('{"name": 3, "config": {}, "contract": {}}')
    done = diag(sandbox, tmp_path, "register", "bad.json", "--yes")
    assert done.returncode == 2 and "$.name" in done.stderr and "$.config" in done.stderr
    assert "Traceback" not in done.stderr
    assert diag(sandbox, tmp_path, "register", "absent.json").returncode == 2
    missing = diag(sandbox, tmp_path, "export", "no-such-action")
    assert missing.returncode == 2 and "There is no action 'no-such-action'" in missing.stderr
