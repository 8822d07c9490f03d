"""`diag watch` against the sandbox: a backend that became slower after a change, and one that did not."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from diag.cli import run
from diag.clocks.wall_clock import WallClock
from diag.exit_codes import ExitCode
from tests.support.sandbox_process import start_sandbox
from tests.support.terminal_session import action_named, history
from tests.support.typed_answers import type_in
from tests.support.webhook_server import webhook_server

SLOWER = "Look Up Orders"
STEADY = "Get Balance"
GENEROUS = "Find Store"
DAYS_AGO_S = 6 * 86_400


@pytest.fixture(scope="module")
def demo_environment() -> Iterator[dict[str, str]]:
    """The scenario of this module in place of the demo."""
    with start_sandbox("degraded") as sandbox:
        yield sandbox.environment


def changed_days_ago(session: Path, action: str, before_s: int, after_s: int) -> None:
    """The timeout as it is now, as the result of a change that diag made six days ago."""
    for timeout_s in (before_s, after_s):
        assert run(["set", action, "--timeout", str(timeout_s), "--yes", "--no-verify"]) == ExitCode.OK
    journal = session / "runs" / "journal.jsonl"
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    for line in lines:
        if line["action_name"] == action:
            line["at"] -= DAYS_AGO_S
    journal.write_text("".join(json.dumps(line) + "\n" for line in lines))


def test_nothing_to_watch_is_a_plain_sentence(capsys: "pytest.CaptureFixture[str]") -> None:
    assert run(["watch"]) == ExitCode.OK
    assert capsys.readouterr().out == "Nothing to watch: no change of diag is in force in this org.\n"


@pytest.mark.slow
def test_a_promise_that_holds_is_one_line(capsys: "pytest.CaptureFixture[str]", session: Path) -> None:
    changed_days_ago(session, STEADY, 5, 3)
    capsys.readouterr()
    for _ in range(2):  # the second look reads what it has kept
        assert run(["watch", STEADY]) == ExitCode.OK
        told = capsys.readouterr()
        assert told.out.startswith("1 changed timeout as promised: no proof of more than 1 % cut off in ")
        assert told.out.count("\n") == 1
        assert "SANDBOX" in told.err
    assert (session / "runs" / "production.sqlite").exists()


@pytest.mark.slow
def test_a_timeout_far_too_long_is_advice_and_no_alarm(
    capsys: "pytest.CaptureFixture[str]", session: Path
) -> None:
    changed_days_ago(session, GENEROUS, 30, 20)
    capsys.readouterr()
    assert run(["watch"]) == ExitCode.OK
    assert "timeout of 20 s is far above what production needs" in capsys.readouterr().err


@pytest.mark.slow
def test_a_broken_promise_exits_3_and_is_undone_when_asked(
    capsys: "pytest.CaptureFixture[str]", session: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed_days_ago(session, SLOWER, 5, 3)
    entry = history(capsys)[0]["entry"]
    with webhook_server() as server:
        for _ in range(2):  # as from cron: told once
            line = ["watch", "--notify", server.address, "--metrics", "diag.prom"]
            assert run(line) == ExitCode.THRESHOLD
            told = capsys.readouterr()
    (body,) = server.bodies
    assert body["title"].startswith("SANDBOX: diag watch: 1 promise broken in ")
    assert "were cut off at its timeout of 3 s" in body["sentences"][0]
    assert (
        "flows of these callers went on without its answer. diag has changed nothing;" in body["sentences"][0]
    )
    assert f"Next: diag undo {entry}" in body["sentences"][0]
    assert "false alarm" not in body["sentences"][0]  # for whoever judges it at a terminal
    assert f'action_name="{SLOWER}"}} 1\n' in (session / "diag.prom").read_text()
    assert told.out.startswith(f"{SLOWER}: ")
    assert "were cut off at its timeout of 3 s; at most 1 % was promised" in told.out
    assert f"Next: diag undo {entry}" in told.err

    assert run(["watch", "--format", "json"]) == ExitCode.THRESHOLD
    body = json.loads(capsys.readouterr().out)
    assert (body["broken"], body["promises"][0]["timeout_s"]) == (1, 3)
    assert body["promises"][0]["next_command"] == f"diag undo {entry}"

    (session / "diag.toml").write_text("[profile.acme]\nprotected = false\n")
    assert run(["watch", "--profile", "acme"]) == ExitCode.THRESHOLD
    told = capsys.readouterr()
    assert f"Next: diag undo {entry} --profile acme, or look for another number: diag observe" in told.err
    assert "A false alarm comes about once in 2,850 hours with executions of an action" in told.out

    assert run(["watch", "--undo"]) == ExitCode.USAGE  # nobody approved
    capsys.readouterr()
    with monkeypatch.context() as terminal:
        type_in(terminal, "no\n")
        assert run(["watch", "--undo", "--format", "json"]) == ExitCode.USAGE
    told = capsys.readouterr()
    plan, question, answered = told.err.partition("Apply to org")
    assert SLOWER in plan and "3 s -> 5 s" in plan and question and "Not approved" in answered
    assert action_named(SLOWER).timeout_s == 3
    with webhook_server() as server:
        line = ["watch", "--undo", "--yes", "--no-verify", "--notify", server.address]
        assert run(line) == ExitCode.THRESHOLD
    assert action_named(SLOWER).timeout_s == 5
    assert [body["title"].split(" in ")[0] for body in server.bodies] == [
        "SANDBOX: diag watch: 1 promise broken",
        "SANDBOX: diag watch: 1 change undone",
    ]
    assert server.bodies[0]["sentences"][0].endswith(
        "diag is undoing the change; another message says when it is done."
    )
    assert server.bodies[1]["sentences"] == [
        f"{SLOWER}: the change that broke its promise was undone. Its timeout is 5 s again."
    ]
    assert history(capsys)[0]["undoes"] == entry
    assert run(["watch"]) == ExitCode.OK  # taken back: nothing is promised any more


@pytest.mark.slow
def test_a_timeout_changed_by_someone_else_is_said(
    capsys: "pytest.CaptureFixture[str]", session: Path
) -> None:
    changed_days_ago(session, STEADY, 5, 3)
    journal = session / "runs" / "journal.jsonl"
    kept = journal.read_text()
    assert run(["set", STEADY, "--timeout", "7", "--yes", "--no-verify"]) == ExitCode.OK
    journal.write_text(kept)
    capsys.readouterr()
    assert run(["watch"]) == ExitCode.OK
    told = capsys.readouterr()
    assert "its timeout is 7 s now, diag set 3 s: someone else changed it since" in told.err
    assert "as promised" not in told.out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["Nobody"], "No change of diag is in force for an action 'Nobody'."),
        (["--every", "soon"], "Invalid --every 'soon'."),
        (["--every", "10s"], "Invalid --every '10s'."),
        (["--every", "1h", "--once"], "not both"),
    ],
)
def test_bad_input_is_a_usage_error(
    capsys: "pytest.CaptureFixture[str]", arguments: list[str], told: str
) -> None:
    assert run(["watch", *arguments]) == ExitCode.USAGE
    assert told in capsys.readouterr().err


def test_a_damaged_store_is_one_sentence(capsys: "pytest.CaptureFixture[str]", session: Path) -> None:
    changed_days_ago(session, STEADY, 5, 3)
    (session / "runs" / "production.sqlite").write_bytes(b"noise" * 500)
    assert run(["watch"]) == ExitCode.ERROR
    assert "production.sqlite is damaged" in capsys.readouterr().err


@pytest.mark.slow
def test_every_goes_on_through_failures_until_a_promise_breaks(
    capsys: "pytest.CaptureFixture[str]", session: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed_days_ago(session, STEADY, 5, 3)
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr("diag.clocks.target_clock.clock_of", lambda _: WallClock(sleep=pause))
    assert run(["watch", "--every", "1h"]) == ExitCode.INTERRUPTED
    assert pauses == [3600.0, 3600.0]
