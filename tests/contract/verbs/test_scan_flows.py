"""`diag scan --flows` and `--flows-from`: which steps are shown, and what is said where they cannot be."""

import json
from pathlib import Path

import pytest

from diag.cli import run
from diag.exit_codes import ExitCode
from tests.support.flow_files import ARCHY, as_i3, configuration, data_step, task
from tests.support.running_sandbox import StartSandbox


def scan(
    start_sandbox: StartSandbox, monkeypatch: pytest.MonkeyPatch, scenario: str, *arguments: str
) -> ExitCode:
    for name, value in start_sandbox(scenario).environment.items():
        monkeypatch.setenv(name, value)
    return ExitCode(run(["scan", *arguments]))


def test_flows_and_steps_are_shown_with_the_timeout_that_bites(
    start_sandbox: StartSandbox,
    session: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert scan(start_sandbox, monkeypatch, "flows", "--flows", "--format", "json") == ExitCode.OK

    body = json.loads(capsys.readouterr().out)
    flows = {flow["flow_name"]: flow for flow in body["flows"]}
    assert [flow["longest_wait_s"] for flow in body["flows"]] == [25, 20, 10, 5, 5]
    (card,) = flows["Card services"]["steps"]
    assert (card["follows_action"], card["own_timeout_s"], card["timeout_s"]) == (False, 10, 20)
    assert (card["bites"], card["wait_s"], card["silence_at_least_s"]) == ("step", 10, 6)
    assert (card["failure"], card["timeout"], card["has_next"]) == ("not wired", "wired", True)
    assert flows["Order status"]["repeats"] == ["Repeat Find orders"]
    assert {entry["flow"] for entry in body["flows_not_read"]} >= {"Too deep", "Not yet published"}
    assert body["warnings"] == []
    (kept,) = (session / "runs").glob("flows-*.json")
    assert "secret" not in kept.read_text().lower() and "prompt" not in kept.read_text().lower()


def test_a_table_for_people_says_what_is_not_known(
    start_sandbox: StartSandbox,
    session: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert scan(start_sandbox, monkeypatch, "flows", "--flows") == ExitCode.OK

    shown = capsys.readouterr()
    assert 'up to 25 s, more in each further round of "Repeat Find orders"' in shown.out
    assert "its own 30.5 s" in shown.out and "the action's 20 s" in shown.out
    assert "which is not known" in shown.err
    assert "Not read: Not yet published: it was never published, so no caller reaches it" in shown.err


def test_flows_come_from_files_where_the_org_does_not_show_them(
    start_sandbox: StartSandbox,
    session: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    files = session / "flows"
    files.mkdir()
    action = start_sandbox("flows").action_id("Get Customer")
    (files / "a.i3InboundFlow").write_bytes(as_i3(configuration(task("T", data_step(action_id=action)))))
    (files / "b.yaml").write_text(ARCHY.replace("Web Services:", "Web Services Data Actions:"))
    (files / "c.json").write_text("[1]")

    code = scan(start_sandbox, monkeypatch, "flows", "--flows-from", "flows", "--format", "json")

    body = json.loads(capsys.readouterr().out)
    assert code == ExitCode.OK
    assert [(flow["file"], flow["longest_wait_s"]) for flow in body["flows"]] == [
        ("b.yaml", 25),
        ("a.i3InboundFlow", 20),
    ]
    assert [step["action_name"] for step in body["flows"][0]["steps"]] == ["Get Customer", "Get Orders"]
    assert [step["timeout_s"] for step in body["flows"][0]["steps"]] == [20, 5]
    assert body["flows_not_read"] == [{"flow": "c.json", "why": "it is not a JSON object"}]


@pytest.mark.parametrize(
    ("missing", "code", "said"),
    [
        (["architect:flow:view"], ExitCode.OK, "steps of the flows left empty"),
        (["architect:dependencyTracking:view"], ExitCode.OK, "flows of each action left empty"),
        (["architect:flow:view", "architect:dependencyTracking:view"], ExitCode.AUTH, "architect:flow:view"),
    ],
)
def test_each_missing_permission_is_named_and_the_rest_is_shown(
    start_sandbox: StartSandbox,
    session: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    missing: list[str],
    code: ExitCode,
    said: str,
) -> None:
    scenario = session / "mine.toml"
    shipped = Path(__file__).parents[3] / "diag" / "sandbox" / "scenarios" / "flows.toml"
    scenario.write_text(f"without_permissions = {json.dumps(missing)}\n{shipped.read_text()}")

    assert scan(start_sandbox, monkeypatch, str(scenario), "--flows") == code
    assert said in capsys.readouterr().err


def test_a_change_says_what_it_moves_once_the_flows_were_read(
    start_sandbox: StartSandbox,
    session: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert scan(start_sandbox, monkeypatch, "flows", "--flows", "--format", "csv") == ExitCode.OK
    capsys.readouterr()

    assert run(["set", "Get Customer", "--timeout", "5", "--dry-run"]) == ExitCode.OK

    said = capsys.readouterr().err
    assert 'flows   flow "Card services", step "Look up the card": calls that its own 10 s ended' in said
    assert "Failure is not wired and Timeout is wired" in said
    assert 'FLOWS flow "Main menu": the longest wait for actions is 20 s now, 5 s with this plan' in said
