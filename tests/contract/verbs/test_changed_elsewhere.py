"""`diag history --org` and the mark in `diag scan`: what others changed, and who, where the org tells."""

import json
import os
from pathlib import Path
from typing import Any

import httpx
import pytest

from diag.cli import run
from diag.exit_codes import ExitCode
from tests.support import sandbox_control
from tests.support.learning import QUICK as QUICK_ONE
from tests.support.learning import org_text
from tests.support.running_sandbox import StartSandbox
from tests.support.terminal_session import QUICK, action_named

USUAL = {
    "service": "Integrations",
    "entity": "Action",
    "timeout_property": "config.timeoutSeconds",
    "tells_values": True,
    "takes_future": True,
}


@pytest.fixture(autouse=True)
def usual_audits() -> None:
    sandbox_control.switch(os.environ["GENESYSCLOUD_API_BASE"], audits=USUAL)


def change_as(user: str, timeout_s: int, name: str = QUICK) -> None:
    """Someone else sets the timeout in the platform's own pages."""
    base = os.environ["GENESYSCLOUD_API_BASE"]
    headers = {"Authorization": f"Bearer {sandbox_control.log_in(base)}", "x-sandbox-user": user}
    uri = f"{base}/api/v2/integrations/actions/{action_named(name).id}"
    with httpx.Client(headers=headers, trust_env=False, verify=False, timeout=30) as client:
        action = client.get(uri, params={"includeConfig": True}).json()
        config = {**action["config"], "timeoutSeconds": timeout_s}
        for part, name in (("request", "requestTemplate"), ("response", "successTemplate")):
            text = client.get(f"{uri}/templates/{name.lower()}.vm").text
            config[part] = {**config[part], name: text}
            config[part].pop(f"{name}Uri", None)
        client.patch(uri, json={"version": action["version"], "config": config}).raise_for_status()


def scanned(capsys: "pytest.CaptureFixture[str]") -> dict[str, Any]:
    capsys.readouterr()
    assert run(["scan", "--name", QUICK, "--format", "json"]) == ExitCode.OK
    body: dict[str, Any] = json.loads(capsys.readouterr().out)
    return body


def of_org(capsys: "pytest.CaptureFixture[str]", *flags: str) -> dict[str, Any]:
    capsys.readouterr()
    assert run(["history", "--org", "--action", QUICK, "--format", "json", *flags]) == ExitCode.OK
    body: dict[str, Any] = json.loads(capsys.readouterr().out)
    return body


@pytest.mark.slow
def test_who_changed_a_timeout_after_diag_is_told(capsys: "pytest.CaptureFixture[str]") -> None:
    assert run(["set", QUICK, "--timeout", "7", "--yes", "--no-verify"]) == ExitCode.OK
    (action,) = scanned(capsys)["actions"]
    assert action["set_elsewhere"] is None
    change_as("Anna Admin", 11)

    (action,) = scanned(capsys)["actions"]
    mark = action["set_elsewhere"]
    assert (mark["set_s"], mark["now_s"], mark["who"]) == (7, 11, "Anna Admin")
    assert mark["at"] >= mark["set_at"] - 1

    assert run(["scan", "--name", QUICK]) == ExitCode.OK
    told = capsys.readouterr()
    assert "by Anna Admin on" in told.out and "1 timeout is no longer what diag set" in told.err

    newest, own = of_org(capsys, "--limit", "2")["changes"]
    assert (newest["before"], newest["after"], newest["who"], newest["via"]) == (
        "7 s",
        "11 s",
        "Anna Admin",
        None,
    )
    assert (own["after"], own["in_org"]) == ("7 s", True) and own["via"] is not None

    assert run(["set", QUICK, "--timeout", "7", "--yes", "--no-verify"]) == ExitCode.OK
    assert scanned(capsys)["actions"][0]["set_elsewhere"] is None


@pytest.mark.slow
def test_an_org_that_tells_less_is_believed_no_further(capsys: "pytest.CaptureFixture[str]") -> None:
    base = os.environ["GENESYSCLOUD_API_BASE"]
    assert run(["set", QUICK, "--timeout", "8", "--yes", "--no-verify"]) == ExitCode.OK
    change_as("Ben", 12)

    sandbox_control.switch(base, audits={"tells_values": False, "service": "Bridge", "entity": "DataAction"})
    assert of_org(capsys)["changes"][0]["before"] == "not told"
    sandbox_control.switch(base, audits={"takes_future": False})
    assert scanned(capsys)["actions"][0]["set_elsewhere"]["who"] == "Ben"

    sandbox_control.switch(base, audits={"entity": ""})
    body = scanned(capsys)
    assert body["actions"][0]["set_elsewhere"]["who"] is None
    assert body["not_read"][-1]["why"] == "the org's list of audited entities names no data actions"
    told = of_org(capsys)
    assert told["org_not_read"] and {row["in_org"] for row in told["changes"]} == {False}


@pytest.mark.slow
def test_a_client_that_may_not_read_audits_is_told_so_and_shown_what_diag_did(
    session: Path,
    start_sandbox: StartSandbox,
    monkeypatch: pytest.MonkeyPatch,
    capsys: "pytest.CaptureFixture[str]",
) -> None:
    (session / "org.toml").write_text(org_text(extra='without_permissions = ["audits:audit:view"]'))
    for name, value in start_sandbox(session / "org.toml").environment.items():
        monkeypatch.setenv(name, value)
    assert run(["set", QUICK_ONE, "--timeout", "7", "--yes", "--no-verify"]) == ExitCode.OK
    change_as("Anna Admin", 11, QUICK_ONE)
    capsys.readouterr()

    assert run(["history", "--org", "--format", "json"]) == ExitCode.OK
    told = json.loads(capsys.readouterr().out)
    assert "audits:audit:view" in told["org_not_read"]
    assert [(row["after"], row["in_org"]) for row in told["changes"]] == [("7 s", False)]

    assert run(["history", "--org"]) == ExitCode.OK
    shown = capsys.readouterr()
    assert "Only what diag did is listed: " in shown.err and "audits:audit:view" in shown.err
    assert "journal" in shown.out and "Anna" not in shown.out

    assert run(["scan", "--name", QUICK_ONE, "--format", "json"]) == ExitCode.OK
    scanned_now = json.loads(capsys.readouterr().out)
    mark = scanned_now["actions"][0]["set_elsewhere"]
    assert (mark["set_s"], mark["now_s"], mark["who"]) == (7, 11, None)
    assert "audits:audit:view" in scanned_now["not_read"][-1]["why"]

    assert run(["doctor"]) == ExitCode.OK
    assert "diag scan and history --org cannot say who changed a timeout" in " ".join(
        capsys.readouterr().out.split()
    )
