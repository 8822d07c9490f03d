"""`diag apply PLAN`: once, stale, in part, stopped and finished."""

import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from diag.apply_dialog.apply_flow import kept_plan
from diag.changes.journal.journal import Journal
from diag.changes.journal.journal_line import Author, PlannedAction, first_line, first_line_of_creation
from diag.changes.plans.plan import OrgIdentity
from diag.changes.plans.plan_file import plan_digest, read_plan, write_plan
from diag.cli import run
from diag.exit_codes import ExitCode
from tests.support.terminal_session import OTHER, history, saved_plan

pytestmark = pytest.mark.usefixtures("as_org")


def test_a_saved_plan_is_applied_once_and_refused_when_stale(
    capsys: "pytest.CaptureFixture[str]", session: Path
) -> None:
    saved_plan(OTHER, 6, session / "six.json")
    saved_plan(OTHER, 8, session / "eight.json")

    assert run(["apply", "six.json", "--yes", "--no-verify"]) == ExitCode.OK
    assert run(["apply", "six.json", "--yes", "--no-verify"]) == ExitCode.OK
    assert "applied before" in capsys.readouterr().err
    assert run(["apply", "eight.json", "--yes", "--no-verify"]) == ExitCode.STALE

    told = capsys.readouterr().err
    assert "timeout: planned 5 s, present 6 s" in told
    assert "set to 6 s by sandbox at" in told
    assert [entry["outcome"] for entry in history(capsys)] == ["refused", "applied"]


@pytest.mark.slow
def test_some_applied_and_some_refused_is_partial(
    capsys: "pytest.CaptureFixture[str]", session: Path
) -> None:
    saved_plan("*Lo[oy]*", 9, session / "plan.json")  # Look Up Open Orders, Get Loyalty Points
    assert run(["set", "Look Up Open Orders", "--timeout", "5", "--yes", "--no-verify"]) == ExitCode.OK

    stopped = run(["apply", "plan.json", "--yes", "--no-verify"])
    went_on = run(["apply", "plan.json", "--yes", "--no-verify", "--on-error", "continue"])

    assert stopped == ExitCode.STALE
    assert went_on == ExitCode.PARTIAL
    told = capsys.readouterr().err
    assert "not tried: stopped after 'Look Up Open Orders'" in told
    assert "1 of 2 changes was applied, 1 was not (1 refused)." in told


def test_a_plan_for_another_org_is_refused(capsys: "pytest.CaptureFixture[str]", session: Path) -> None:

    saved_plan(OTHER, 11, session / "plan.json")
    plan = read_plan(session / "plan.json")
    write_plan(replace(plan, org=replace(plan.org, org_id="other", org_name="Other")), session / "plan.json")

    assert run(["apply", "plan.json", "--yes"]) == ExitCode.USAGE
    assert "This plan is for org 'Other'" in capsys.readouterr().err


@pytest.mark.slow
def test_ctrl_c_says_how_to_go_on(
    session: Path, start_sandbox: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    own = start_sandbox()  # nothing other tests left behind may make the test call quick
    for name, value in own.environment.items():
        monkeypatch.setenv(name, value)
    own.arm({"kind": "slow", "path": "/test$", "for_s": 20})
    command = [sys.executable, "-m", "diag", "set", "Look Up Open Orders", "--timeout", "9", "--yes"]
    with subprocess.Popen(command, cwd=session, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("Applying"):
                break
        process.send_signal(signal.SIGINT)
        told = process.stderr.read()

    assert process.wait(60) == ExitCode.INTERRUPTED, told
    (kept,) = (session / "runs" / "plans").iterdir()
    assert f"to finish it: diag apply {kept.relative_to(session)}" in told.replace("\n", " ")
    assert run(["apply", str(kept), "--yes", "--no-verify"]) == ExitCode.OK


def test_history_names_the_plan_that_finishes_what_was_stopped(
    capsys: "pytest.CaptureFixture[str]", session: Path
) -> None:
    saved_plan(OTHER, 12, session / "plan.json")
    plan = read_plan(session / "plan.json")
    kept = kept_plan(session / "runs", plan_digest(plan))
    write_plan(plan, kept)
    begun = first_line(plan.changes[0], plan, plan_digest(plan), Author("sandbox", "apply-1"), 0.0)
    begun = replace(begun, entry="20261121T231245Z-a1b2c3")
    Journal(session / "runs" / "journal.jsonl").append(begun)

    assert run(["history"]) == 0
    told = capsys.readouterr()
    assert "UNFINISHED" in told.out
    assert f"stopped half-way. Next: diag apply {kept.relative_to(session)}" in told.err.replace("\n", " ")
    assert run(["apply", str(kept), "--yes", "--no-verify"]) == ExitCode.OK
    assert [entry["outcome"] for entry in history(capsys)] == ["applied"]


@pytest.mark.parametrize(("name", "asked"), [("It's new", """ --name 'It'"'"'s new'"""), ("New\x1b[2J", "")])
def test_history_and_doctor_say_what_to_do_about_a_creation_that_was_stopped(
    capsys: "pytest.CaptureFixture[str]", session: Path, name: str, asked: str
) -> None:
    org = OrgIdentity("o", "Sandbox", "127.0.0.1", sandbox=True)
    begun = first_line_of_creation(PlannedAction(name, 5, "d" * 64), org, Author("sandbox", "a"), 0.0)
    Journal(session / "runs" / "journal.jsonl").append(begun)
    todo = f"diag scan{asked} shows whether it exists; if not, register it again (diag register FILE)"

    assert run(["history"]) == 0
    assert f"stopped half-way. {todo}\n" in capsys.readouterr().err
    assert run(["doctor"]) == 0
    assert todo in capsys.readouterr().out
