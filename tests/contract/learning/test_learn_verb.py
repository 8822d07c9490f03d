"""`diag doctor --learn` as it is typed, against a real sandbox."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from diag.cli import run
from diag.exit_codes import ExitCode
from diag.genesys.client import GenesysClient
from diag.platform_facts.platform_file import read_platform
from diag.target import sandbox_connection
from tests.support.forks import FORKS, nothing
from tests.support.learning import org_text
from tests.support.running_sandbox import RunningSandbox, StartSandbox
from tests.support.typed_answers import type_in
from tests.support.verb_process import run_diag
from tests.support.waiting import wait_until

SLOW = "Slow"


@pytest.fixture(scope="module")
def running(start_module_sandbox: StartSandbox, tmp_path_factory: pytest.TempPathFactory) -> RunningSandbox:
    path = tmp_path_factory.mktemp("org") / "org.toml"
    path.write_text(org_text())
    return start_module_sandbox(path)


@pytest.fixture(autouse=True)
def session(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, running: RunningSandbox) -> Path:
    """An empty project folder whose credentials lead to the sandbox."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name, value in running.environment.items():
        monkeypatch.setenv(name, value)
    return tmp_path


def client_of(running: RunningSandbox) -> GenesysClient:
    return GenesysClient(sandbox_connection(running.base_url))


@pytest.mark.slow
def test_what_is_learnt_is_written_said_and_told_to_programs(
    session: Path, capsys: pytest.CaptureFixture[str], running: RunningSandbox
) -> None:
    assert run(["doctor", "--learn", SLOW, "--yes", "--format", "json"]) == ExitCode.OK
    told: dict[str, Any] = json.loads(capsys.readouterr().out)

    found = {fact["fact"]: fact["value"] for fact in told["facts"]}
    assert found.items() >= {"patch_config": "replace", "timeout_form": "success_false"}.items()
    assert found["analytics_timeout_words"] == {"error_type": "TIMEOUT", "response_status": "504"}
    assert told["requests"] <= 60 and told["left_drafts"] == []
    facts = read_platform(session / "platform.toml")
    assert facts.learnt_on == "sandbox"
    assert facts.patch_config is not None and facts.patch_config.value == "replace"
    text = (session / "platform.toml").read_text()
    assert not [named for named in ("Slow", "custom_-_", "127.0.0.1", "Sandbox") if named in text]

    running.switch(patch_config="merge")
    assert run(["doctor", "--learn", SLOW, "--yes"]) == ExitCode.OK
    running.switch(patch_config="replace")
    shown = capsys.readouterr()
    assert "left out its success template, and it was kept: PATCH merges" in shown.out
    assert "Changed: A PATCH keeps what it leaves out of the configuration. On " in shown.err
    assert "Nothing that is published is changed." in shown.err and "Next: diag observe" in shown.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--learn"], "Possible: 'Slow', 'Quick'"),
        (["--learn", "Slwo", "--yes"], "There is no action 'Slwo'"),
        (["--learn", "Writes", "--yes"], "sends a POST, which may change data"),
        (["--learn", SLOW], "there is no terminal to ask on"),
        (["--learn", SLOW, "--slow-url", "http://example.com/", "--yes"], "is no address for --slow-url"),
        (["--learn", SLOW, "--slow-url", "https://e.com/${input.id}", "--yes"], "is no address"),
        (["--learn", SLOW, "--remove-drafts"], "are two things"),
        (["--long"], "--long says something of --learn"),
        (["--learn", SLOW, "--yes", "-o", "mine.toml"], "was learnt on an org"),
        (["--learn", SLOW, "--yes", "-o", "nowhere/p.toml"], "nowhere/p.toml cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is(
    session: Path,
    running: RunningSandbox,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    told: str,
) -> None:
    (session / "mine.toml").write_text('format_version = 1\nlearnt_on = "org"\n')
    assert run(["doctor", *arguments]) == ExitCode.USAGE

    assert told in " ".join(capsys.readouterr().err.split())
    with client_of(running) as client:
        assert client.draft_ids() == frozenset()
    assert not (session / "runs").exists() and not (session / "platform.toml").exists()


def test_who_is_asked_sees_the_actions_and_the_plan_though_the_answer_is_json(
    session: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It asked for the number of an action that it did not show, and for approval of a hidden plan."""
    type_in(monkeypatch, "1\nno\n")

    assert run(["doctor", "--learn", "--format", "json"]) == ExitCode.USAGE

    shown = capsys.readouterr()
    order = ("   1  Slow", "Its number", "would be asked", "Nothing that is published", "Learn this from")
    places = [shown.err.find(each) for each in order]
    assert -1 not in places and places == sorted(places) and shown.out == ""
    assert "Not approved; nothing was done." in shown.err
    assert not (session / "runs").exists() and not (session / "platform.toml").exists()


def test_an_open_draft_is_somebodys(running: RunningSandbox, capsys: pytest.CaptureFixture[str]) -> None:
    with client_of(running) as client:
        action_id = running.action_id("Quick")
        client.create_draft(action_id)
        theirs = client.read_draft(action_id)

        assert run(["doctor", "--learn", "Quick", "--yes"]) == ExitCode.USAGE
        assert "already has an open draft" in capsys.readouterr().err
        assert client.read_draft(action_id) == theirs
        client.delete_draft(action_id)


@pytest.mark.slow
def test_the_edge_is_found(running: RunningSandbox, capsys: pytest.CaptureFixture[str]) -> None:
    running.switch(edge_timeout_s=1.6)  # so a busy machine may be 0.9 s late
    slow = f"{running.base_url}/sandbox/slow/30"
    line = ["doctor", "--learn", "Quick", "--slow-url", slow, "--long", "--yes", "--format", "json"]
    assert run(line) == ExitCode.OK
    running.switch(edge_timeout_s=0)

    found = {fact["fact"]: fact["value"] for fact in json.loads(capsys.readouterr().out)["facts"]}
    assert (found["edge_timeout_s"], found["timeout_form"]) == (2, "success_false")


@pytest.mark.slow
def test_a_session_that_was_killed_is_cleared_by_doctor(
    session: Path, running: RunningSandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    streams = (nothing(), nothing(), nothing())
    arguments = ("doctor", "--learn", SLOW, "--yes")
    killed = FORKS.start(run_diag, arguments, folder=session, environment=os.environ, streams=streams)
    with client_of(running) as client:
        action_id = running.action_id(SLOW)
        before = client.read_published(action_id)
        wait_until(lambda: client.get_draft(action_id) is not None, "the draft")
        killed.kill()
        killed.wait(60)

        assert run(["doctor"]) == ExitCode.OK
        assert "left a draft on Slow (learn-" in " ".join(capsys.readouterr().out.split())
        assert run(["doctor", "--remove-drafts", "--yes"]) == ExitCode.OK
        assert "the draft of Slow was deleted" in capsys.readouterr().out
        assert client.get_draft(action_id) is None
        assert client.read_published(action_id) == before


@pytest.mark.slow
def test_a_later_doctor_looks_for_the_test_calls_again(
    session: Path, running: RunningSandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    running.switch(analytics={"lag_s": 3600})
    assert run(["doctor", "--learn", SLOW, "--yes"]) == ExitCode.OK
    assert "The test calls are looked for again by: diag doctor" in capsys.readouterr().err
    assert read_platform(session / "platform.toml").analytics_count_tests is None

    running.switch(analytics={"lag_s": 0})
    (session / "platform.toml").rename(session / "kept.toml")
    marked = next((session / "runs").glob("learn-*/marked_calls.json"))
    noted = marked.read_text()
    (session / "platform.toml").write_text('format_version = 1\nlearnt_on = "org"\n')
    assert run(["doctor"]) == ExitCode.OK
    assert "is now of an org, so it is written nowhere" in " ".join(capsys.readouterr().out.split())
    assert "analytics" not in (session / "platform.toml").read_text()

    (session / "kept.toml").rename(session / "platform.toml")
    marked.write_text(noted)
    assert run(["doctor"]) == ExitCode.OK
    assert "1 of 1 test calls are there" in capsys.readouterr().out
    counted = read_platform(session / "platform.toml").analytics_count_tests
    assert counted is not None and counted.value is True
    assert run(["doctor"]) == ExitCode.OK
    assert "test calls of --learn" not in capsys.readouterr().out
